import { describe, expect, test } from 'vitest';
import type { ArmReply, Json } from '../../../src/arm/call.ts';
import { jobIdOf } from '../../../src/arm/backupJob.ts';
import { readAcceptance, readPoll, type PollReading } from '../../../src/arm/longRunning.ts';

const status =
  'https://management.azure.com/subscriptions/s/providers/p/operationsStatus/op-1?api-version=2019-05-13-preview&t=1';
const result =
  'https://management.azure.com/subscriptions/s/providers/p/operationResults/op-1?api-version=2019-05-13-preview&t=1';
const reply = (code: number, headers: Record<string, string> = {}, body?: Json): ArmReply => ({
  status: code,
  headers,
  body,
});
const both = { 'azure-asyncoperation': status, location: result, 'retry-after': '60' };

describe('an acceptance says what to follow', () => {
  test('both headers: the wanted one is polled, the other kept', () => {
    expect(readAcceptance(reply(202, both), 'status')).toEqual({
      kind: 'running',
      pollUrl: status,
      which: 'status',
      otherUrl: result,
      operationId: 'op-1',
      waitSeconds: 60,
    });
    expect(readAcceptance(reply(202, both, {}), 'result')).toMatchObject({
      pollUrl: result,
      which: 'result',
      otherUrl: status,
    });
  });

  test('the other header serves where the wanted one is missing', () => {
    expect(readAcceptance(reply(202, { location: result }), 'status')).toEqual({
      kind: 'running',
      pollUrl: result,
      which: 'result',
      operationId: 'op-1',
    });
    expect(
      readAcceptance(reply(201, { 'azure-asyncoperation': status }, { id: 'x' }), 'result'),
    ).toMatchObject({
      pollUrl: status,
      which: 'status',
    });
  });

  test('a header that came twice counts once', () => {
    expect(readAcceptance(reply(202, { location: `${result}, ${result}` }), 'result')).toMatchObject({
      pollUrl: result,
    });
  });

  test('the operation id is told from a base64 segment, a relative URL and a second question mark', () => {
    const idOf = (location: string) => readAcceptance(reply(202, { location }), 'result');
    expect(idOf('/subscriptions/s/operationResults/MGQ0%3D%3D?api-version=1')).toMatchObject({
      operationId: 'MGQ0==',
    });
    expect(idOf('https://h/backupOperationResults/op-2?fabricName=Azure?api-version=1')).toMatchObject({
      operationId: 'op-2',
    });
    expect(idOf('https://h/x/%E0%A4%A')).toMatchObject({ operationId: '%E0%A4%A' });
  });

  test.each([
    [200, {}],
    [200, { location: result }],
    [201, {}],
    [201, { location: result }],
    [204, {}],
    [204, both],
  ])('%i with %j is finished', (code, headers: Record<string, string>) => {
    expect(readAcceptance(reply(code, headers), 'status')).toEqual({ kind: 'finished' });
  });

  test('a 200 that names a status document still runs', () => {
    expect(readAcceptance(reply(200, { 'azure-asyncoperation': status }), 'status')).toMatchObject({
      kind: 'running',
    });
  });

  test.each([[{}], [{ 'azure-asyncoperation': '' }], [{ 'retry-after': '60' }]])(
    'a 202 with %j is lost, never a success',
    (headers: Record<string, string>) => {
      expect(readAcceptance(reply(202, headers), 'status')).toMatchObject({
        kind: 'lost',
        failure: { code: 'AcceptanceLost' },
      });
    },
  );
});

describe('a poll of the status document', () => {
  const read = (body: Json | undefined, code = 200) => readPoll(reply(code, {}, body), 'status');

  test.each(['InProgress', 'Inprogress', 'Accepted', 'Invalid', 'SomethingNew'])('%s is running', (word) => {
    expect(read({ status: word })).toEqual({ kind: 'running', status: word });
  });

  test.each<[Json | undefined]>([[{}], [undefined], [null], [[]], [{ status: 7 }], [{ status: null }]])(
    '%j says no ending, so it runs until the deadline',
    (body) => expect(read(body).kind).toBe('running'),
  );

  test.each(['Succeeded', 'succeeded', 'SUCCEEDED'])('%s has succeeded', (word) => {
    expect(read({ status: word, endTime: '0001-01-01T00:00:00' })).toMatchObject({
      kind: 'succeeded',
      status: word,
    });
  });

  test('an error beside Succeeded is handed on', () => {
    expect(read({ status: 'Succeeded', error: { code: 'X', message: 'm' } })).toMatchObject({
      kind: 'succeeded',
      error: { code: 'X', message: 'm' },
    });
    expect(read({ status: 'Succeeded', error: null })).not.toHaveProperty('error');
  });

  test('a failed operation answers 200 and has failed', () => {
    expect(
      read({ status: 'Failed', error: { code: 'UserErrorBackupOperationInProgress', message: 'm' } }),
    ).toMatchObject({
      kind: 'failed',
      failure: { code: 'UserErrorBackupOperationInProgress', class: 'adopt' },
    });
  });

  test.each([
    ['Failed', 'OperationFailed'],
    ['CANCELED', 'OperationCanceled'],
    ['Cancelled', 'OperationCanceled'],
  ])('%s without a reason is %s', (word, code) => {
    expect(read({ status: word, error: {} })).toMatchObject({ kind: 'failed', failure: { code } });
  });

  test.each([400, 401, 404, 409, 429, 500, 503, 302])('HTTP %i says nothing about the operation', (code) => {
    expect(read({ error: { code: 'X', message: 'm' } }, code)).toMatchObject({
      kind: 'unreadable',
      httpStatus: code,
    });
  });
});

describe('a poll of the result', () => {
  const read = (code: number, body?: Json, headers?: Record<string, string>): PollReading =>
    readPoll(reply(code, headers, body), 'result');

  test('202 is running, and may bring a freshly signed URL', () => {
    expect(read(202)).toEqual({ kind: 'running' });
    expect(read(202, {}, both)).toEqual({ kind: 'running', waitSeconds: 60, nextUrl: result });
  });

  test('204 and 200 are endings', () => {
    expect(read(204)).toEqual({ kind: 'succeeded', body: undefined });
    expect(read(200, { name: 'c', properties: { status: 'Registered' } })).toEqual({
      kind: 'succeeded',
      body: { name: 'c', properties: { status: 'Registered' } },
    });
  });

  test('a poll header on a result is not a new operation', () => {
    expect(read(200, { objectType: 'OperationJobExtendedInfo', jobId: '/j' }, both)).toMatchObject({
      kind: 'succeeded',
    });
  });

  test('a status document at the result URL is read as one', () => {
    expect(
      read(200, { id: '/x', name: 'x', status: 'Inprogress', startTime: '2026-05-12T08:15:30Z' }).kind,
    ).toBe('running');
    expect(read(200, { status: 'Failed', error: { code: 'X' } }).kind).toBe('failed');
  });

  test('a resource that has a status of its own is a result', () => {
    expect(read(200, { type: 'x/y', status: 'Inactive', properties: {} }).kind).toBe('succeeded');
  });

  test.each([400, 409, 412])('HTTP %i is the operation’s own failure', (code) => {
    expect(
      read(code, { error: { code: 'UserErrorOperationFailedForSAPASEDatabase', message: 'm' } }),
    ).toMatchObject({
      kind: 'failed',
      failure: { code: 'UserErrorOperationFailedForSAPASEDatabase', class: 'user' },
    });
  });

  test('throttling that answers 400 is a poll that could not be read', () => {
    expect(read(400, { error: { code: 'ResourceRequestsThrottled', message: 'm' } }).kind).toBe('unreadable');
  });

  test.each([401, 403, 404, 408, 429, 500, 502, 504])('HTTP %i is a poll that could not be read', (code) => {
    expect(read(code)).toMatchObject({ kind: 'unreadable', httpStatus: code });
  });
});

test.each<[Json | undefined, string | undefined]>([
  [
    {
      properties: {
        objectType: 'OperationStatusJobExtendedInfo',
        jobId: '6b2f2f0e-0000-4000-8000-000000000001',
      },
    },
    '6b2f2f0e-0000-4000-8000-000000000001',
  ],
  [{ objectType: 'OperationJobExtendedInfo', jobId: '/subscriptions/s/jobs/j' }, '/subscriptions/s/jobs/j'],
  [
    {
      properties: { objectType: 'OperationStatusJobsExtendedInfo', jobIds: ['a', 'b'], failedJobsError: {} },
    },
    'a',
  ],
  [{ properties: { jobId: null } }, undefined],
  [{ properties: null }, undefined],
  [{ objectType: 'OperationJobExtendedInfo' }, undefined],
  [undefined, undefined],
  ['text', undefined],
])('the job of %j is %s', (body, jobId) => {
  expect(jobIdOf(body)).toBe(jobId);
});

describe('an acceptance that was not one', () => {
  test.each([300, 404, 500])('of %i is lost, with the failure that the service names', (code) => {
    const refused = reply(code, both, { error: { code: 'Odd', message: 'No.' } });
    expect(readAcceptance(refused, 'status')).toMatchObject({ kind: 'lost', failure: { code: 'Odd' } });
  });

  test('of 202 without a way to follow it is lost: it may have been applied', () => {
    const headers = { 'x-ms-correlation-request-id': 'c', 'x-ms-request-id': 'r' };
    expect(readAcceptance(reply(202, headers), 'status')).toEqual({
      kind: 'lost',
      failure: {
        code: 'AcceptanceLost',
        message: 'The service accepted the request (202) and named no operation to follow.',
        correlationId: 'c',
        class: 'adopt',
      },
    });
    const named = (given: Record<string, string>) =>
      (readAcceptance(reply(202, given), 'status') as { failure: object }).failure;
    expect(named({ 'x-ms-request-id': 'r' })).toMatchObject({ correlationId: 'r' });
    expect(named({})).not.toHaveProperty('correlationId');
  });

  test('the other name of the status header serves as well, an empty header names nothing', () => {
    expect(readAcceptance(reply(200, { 'operation-location': status }), 'status')).toMatchObject({
      ...{ kind: 'running', pollUrl: status, which: 'status' },
    });
    expect(readAcceptance(reply(202, { location: ' ' }), 'result').kind).toBe('lost');
    expect(readAcceptance(reply(202, { location: `${result}, HTTPS://other/x` }), 'result')).toMatchObject({
      pollUrl: result,
    });
  });

  test('a status document beside a location is kept with its other URL, also on a 201', () => {
    expect(readAcceptance(reply(201, both), 'status')).toMatchObject({ pollUrl: status, otherUrl: result });
  });
});

describe('what a poll says, told exactly', () => {
  test('of a result that is there', () => {
    expect(readPoll(reply(200, {}, { id: 'x' }), 'result')).toEqual({ kind: 'succeeded', body: { id: 'x' } });
    expect(readPoll(reply(204), 'status')).toEqual({ kind: 'succeeded', body: undefined });
  });

  test('of a status that ended well, with its body', () => {
    const body = { status: 'Succeeded', properties: { jobId: 'j' } };
    expect(readPoll(reply(200, {}, body), 'status')).toEqual({
      kind: 'succeeded',
      status: 'Succeeded',
      body,
    });
  });

  test.each([
    ['Failed', 'OperationFailed'],
    ['canceled', 'OperationCanceled'],
    ['Cancelled', 'OperationCanceled'],
  ])('of a status %s without a reason', (word, code) => {
    expect(readPoll(reply(200, {}, { status: word }), 'status')).toEqual({
      kind: 'failed',
      status: word,
      failure: { code, message: `The operation ended ${word} without a reason.`, class: 'user' },
    });
  });

  test('of what runs: its word, its wait, and a fresh URL of a result alone', () => {
    const headers = { location: result, 'retry-after': '30' };
    expect(readPoll(reply(202, headers, { status: 'InProgress' }), 'result')).toEqual({
      ...{ kind: 'running', status: 'InProgress', waitSeconds: 30, nextUrl: result },
    });
    expect(readPoll(reply(202, headers), 'status')).toEqual({ kind: 'running', waitSeconds: 30 });
    const body = { status: 'InProgress', startTime: 'x' };
    expect(readPoll(reply(200, headers, body), 'result')).toEqual({
      ...{ kind: 'running', status: 'InProgress', waitSeconds: 30 },
    });
  });

  test.each([
    [{ status: 'Failed' }, 'failed'],
    [{ status: 'Failed', properties: {}, startTime: 'x' }, 'failed'],
    [{ status: 'Failed', properties: {}, endTime: 'x' }, 'failed'],
    [{ status: 'Failed', properties: {} }, 'succeeded'],
    [{ status: 'Failed', type: 'a/b' }, 'succeeded'],
    [{ status: 'Failed', type: 'a/b', startTime: 'x' }, 'succeeded'],
  ])('of %j at a result URL: %s', (body: Json, kind) => {
    expect(readPoll(reply(200, {}, body), 'result').kind).toBe(kind);
  });

  test.each([
    [400, 'result', 'failed'],
    [409, 'result', 'failed'],
    [499, 'result', 'failed'],
    [399, 'result', 'unreadable'],
    [500, 'result', 'unreadable'],
    [401, 'result', 'unreadable'],
    [403, 'result', 'unreadable'],
    [404, 'result', 'unreadable'],
    [408, 'result', 'unreadable'],
    [425, 'result', 'unreadable'],
    [429, 'result', 'unreadable'],
    [400, 'status', 'unreadable'],
    [300, 'status', 'unreadable'],
  ] as const)('that is refused with %i, of a %s: %s', (code, which, kind) => {
    const reading = readPoll(reply(code, {}, { error: { code: 'UserErrorX', message: 'No.' } }), which);
    expect(reading).toMatchObject({ kind, failure: { code: 'UserErrorX' } });
    if (kind === 'unreadable') expect(reading).toMatchObject({ httpStatus: code });
  });
});

test('a server’s fault at a result URL is no ending of the operation, whatever code it carries', () => {
  const body = { error: { code: 'ResourceNotFound', message: 'No.' } };
  expect(readPoll(reply(499, {}, body), 'result').kind).toBe('failed');
  expect(readPoll(reply(500, {}, body), 'result').kind).toBe('unreadable');
});

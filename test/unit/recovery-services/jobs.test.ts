import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/arm/call.ts';
import { cancelJob, jobWaitSeconds, readJob, readStarter } from '../../../src/recovery-services/jobs.ts';
import { context, reply, vaultId } from './replies.ts';

const jobId = '0d0d0d0d-0000-4000-8000-000000000001';
const input = { vaultId, jobId, waitSeconds: 60 };

const job = (differs: JsonObject): JsonObject => ({
  name: jobId,
  properties: {
    jobType: 'AzureIaaSVMJob',
    operation: 'Backup',
    status: 'InProgress',
    startTime: '2026-08-22T01:58:46.7411507Z',
    duration: 'PT1M13.5S',
    ...differs,
  },
});

const read = (differs: JsonObject) => readJob.read(reply(job(differs)), input, context);

test('a running job waits, and shows its phases in the words of the service', () => {
  const extendedInfo = {
    tasksList: [
      { taskId: 'Take Snapshot', status: 'Completed' },
      { taskId: 'Transfer data to vault', status: 'InProgress' },
    ],
    progressPercentage: 40,
  };
  expect(read({ extendedInfo })).toEqual({
    kind: 'waiting',
    waitSeconds: 60,
    detail: {
      id: jobId,
      status: 'InProgress',
      progress: 'Take Snapshot: Completed, Transfer data to vault: InProgress, 40 %',
      startedAt: '2026-08-22T01:58:46.741Z',
    },
  });
});

test.each(['InProgress', 'Cancelling', 'Queued', ''])('the status "%s" is no ending', (status) => {
  expect(read({ status }).kind).toBe('waiting');
});

test.each([
  ['Completed', 'completed'],
  ['CompletedWithWarnings', 'completedWithWarnings'],
  ['Failed', 'failed'],
  ['Cancelled', 'cancelled'],
])('the status %s ends the job %s', (status, ended) => {
  expect(read({ status, endTime: '2026-08-22T02:00:00Z' })).toMatchObject({
    kind: 'done',
    result: { ended },
  });
});

describe('errors of a job', () => {
  test('are read with number, words and recommendations', () => {
    const errorDetails = [
      {
        errorCode: 400136,
        errorString: 'The machine is gone.',
        recommendations: ['Stop protection.', 'Delete data.'],
      },
      { errorCode: 7, errorString: 'And more.' },
    ];
    expect(read({ status: 'Failed', errorDetails })).toMatchObject({
      result: {
        failure: {
          code: '400136',
          message: 'The machine is gone.',
          advice: 'The virtual machine does not exist any more. Stop protection. Delete data.',
        },
        warnings: ['7: And more.'],
      },
    });
  });

  test('of a job that completed are warnings', () => {
    const errorDetails = [{ errorCode: 400446, errorString: 'Crash-consistent.' }];
    const reading = read({ status: 'CompletedWithWarnings', errorDetails });
    expect(reading).toMatchObject({
      result: { warnings: [expect.stringContaining('400446: Crash-consistent.')] },
    });
    expect(reading).not.toHaveProperty('result.failure');
  });

  test('may be missing: the failure says so', () => {
    expect(read({ status: 'Failed' })).toMatchObject({
      result: { failure: { code: 'JobFailed', message: 'The job failed without a reason.' }, warnings: [] },
    });
    expect(read({ status: 'Cancelled' })).toMatchObject({
      result: { failure: { code: 'JobCancelled', message: 'The job was cancelled.' } },
    });
  });

  test('of a job that was cancelled say why; all but the first are warnings, each with its advice', () => {
    const errorDetails = [
      { errorCode: 1, errorString: 'Cancelled by ada.' },
      { errorCode: 2, errorString: 'Not all was copied.', recommendations: ['Look.', 'Again.'] },
      { errorCode: 3, errorString: 'The rest is kept.' },
    ];
    expect(read({ status: 'Cancelled', errorDetails })).toMatchObject({
      result: {
        failure: { code: '1', message: 'Cancelled by ada.' },
        warnings: ['2: Not all was copied. Look. Again.', '3: The rest is kept.'],
      },
    });
  });

  test('that say nothing are none', () => {
    expect(read({ status: 'CompletedWithWarnings', errorDetails: [{}, { recommendations: [] }] })).toEqual({
      kind: 'done',
      result: {
        job: { id: jobId, status: 'CompletedWithWarnings', startedAt: '2026-08-22T01:58:46.741Z' },
        ended: 'completedWithWarnings',
        warnings: [],
      },
    });
  });

  test('however long, fit into an event', () => {
    const errorDetails = Array.from({ length: 40 }, () => ({
      errorCode: 1,
      errorString: 'x'.repeat(5000),
      recommendations: ['y'.repeat(5000)],
    }));
    expect(JSON.stringify(read({ status: 'Failed', errorDetails })).length).toBeLessThan(7000);
  });
});

test('a job that ended is told whole: id, word, start and end', () => {
  expect(read({ status: 'completed', endTime: '2026-08-22T02:11:03.1234567Z' })).toEqual({
    kind: 'done',
    result: {
      job: {
        id: jobId,
        status: 'completed',
        startedAt: '2026-08-22T01:58:46.741Z',
        endedAt: '2026-08-22T02:11:03.123Z',
      },
      ended: 'completed',
      warnings: [],
    },
  });
});

test('a job whose reply does not name it has the id that was asked for', () => {
  const { name: _none, ...nameless } = job({ status: 'Completed' });
  expect(readJob.read(reply(nameless), input, context)).toMatchObject({ result: { job: { id: jobId } } });
  const other = { ...job({ status: 'Completed' }), name: 'as the service spells it' };
  expect(readJob.read(reply(other), input, context)).toMatchObject({
    result: { job: { id: 'as the service spells it' } },
  });
});

test('phases are told in 500 characters at most; without any nothing is told of them', () => {
  const tasksList = Array.from({ length: 40 }, (_, at) => ({ taskId: `Phase ${at}`, status: 'Completed' }));
  const { detail } = read({ extendedInfo: { tasksList } }) as { detail?: { progress?: string } };
  expect(detail?.progress).toHaveLength(500);
  expect(read({ extendedInfo: { tasksList: [], progressPercentage: '40' } })).not.toHaveProperty(
    'detail.progress',
  );
});

describe('a job was begun', () => {
  const bag = (propertyBag: JsonObject) => ({ extendedInfo: { propertyBag } });
  test.each<[string, JsonObject, string | undefined]>([
    [
      'by another run, which its id shows',
      { activityId: '5a1d1c50-0000-5000-8000-000000000001' },
      'anotherRun',
    ],
    ['on demand, as a share says', bag({ 'Whether job is adhoc or scheduled.': 'True' }), 'onDemand'],
    ['by the policy, as a share says', bag({ 'Whether job is adhoc or scheduled.': 'False' }), 'policy'],
    [
      'on demand, as the expiry of its own says',
      bag({ 'Recovery Point Expiry Time in UTC': '9/21/2026' }),
      'onDemand',
    ],
    [
      'on demand, as a database says',
      { backupManagementType: 'AzureWorkload', isUserTriggered: true },
      'onDemand',
    ],
    [
      'by the policy, as a database says',
      { backupManagementType: 'AzureWorkload', isUserTriggered: false },
      'policy',
    ],
    [
      'by nobody who is known, where a machine says nothing',
      { backupManagementType: 'AzureIaasVM', isUserTriggered: true },
      undefined,
    ],
  ])('%s', (_how, differs, startedBy) => {
    const result = startedBy === undefined ? {} : { startedBy };
    expect(readStarter.read(reply(job(differs)), input, context)).toEqual({ kind: 'done', result });
    const ended = read({ ...differs, status: 'Completed' });
    expect((ended as { result: { startedBy?: string } }).result.startedBy).toBe(startedBy);
  });

  test('by nobody who is known, where it cannot be read', () => {
    expect(readStarter.readRefusal?.({ code: 'X', message: '' }, 403, input)).toEqual({
      kind: 'done',
      result: {},
    });
  });
});

test('an end time of year 1 is left out', () => {
  expect(read({ status: 'Completed', endTime: '0001-01-01T00:00:00Z' })).not.toHaveProperty(
    'result.job.endedAt',
  );
});

describe('a job that cannot be read', () => {
  test('yet is waited for', () => {
    const failure = { code: 'CloudInternalError', message: 'No such job.' };
    expect(readJob.readRefusal?.(failure, 404, input)).toMatchObject({ kind: 'waiting', waitSeconds: 60 });
  });

  test('because its vault is gone is a failure', () => {
    const message =
      "The Resource 'Microsoft.RecoveryServices/vaults/archive' under resource group 'backup' was not found.";
    expect(readJob.readRefusal?.({ code: 'ResourceNotFound', message }, 404, input)).toBeUndefined();
  });

  test.each(['ResourceGroupNotFound', 'SubscriptionNotFound'])('because of a %s is a failure', (code) => {
    expect(readJob.readRefusal?.({ code, message: 'It is gone.' }, 404, input)).toBeUndefined();
  });

  test('waits with the words of the service', () => {
    const failure = { code: 'XResourceGroupNotFound', message: 'No such job.' };
    expect(readJob.readRefusal?.(failure, 404, { ...input, waitSeconds: 45 })).toEqual({
      kind: 'waiting',
      waitSeconds: 45,
      detail: { reason: 'No such job.' },
    });
  });

  test('because the app may not is a failure', () => {
    expect(readJob.readRefusal?.({ code: 'AuthorizationFailed', message: '' }, 403, input)).toBeUndefined();
  });
});

test('looks grow rarer with the age of the job: 60 s, 2 minutes after 10, 5 minutes after an hour', () => {
  expect([0, 599, 600, 3599, 3600, 80_000].map((age) => jobWaitSeconds(60, age))).toEqual([
    60, 60, 120, 120, 300, 300,
  ]);
});

test('a look is counted from the first one: a job of an hour is looked at every five beats', () => {
  const at = (now: string) =>
    readJob.read(reply(job({})), input, { ...context, now: new Date(now), firstAt: '2026-08-22T02:00:00Z' });
  expect(at('2026-08-22T02:09:59Z')).toMatchObject({ waitSeconds: 60 });
  expect(at('2026-08-22T02:10:00Z')).toMatchObject({ waitSeconds: 120 });
  expect(at('2026-08-22T03:00:00Z')).toMatchObject({ waitSeconds: 300 });
});

test('a cancellation in doubt is sent again only while the job runs on', () => {
  const { repeat } = cancelJob;
  if (repeat === 'safe') throw new Error('A cancellation must look first.');
  const attempts = { attemptIds: [], firstClaimAt: '', lastSendBy: '', joinForeign: false, isSettled: true };
  expect(repeat.findEarlier(reply(job({})), input, attempts).kind).toBe('absent');
  expect(repeat.findEarlier(reply(job({ status: 'Inprogress' })), input, attempts).kind).toBe('absent');
  expect(repeat.findEarlier(reply(job({ status: 'Cancelling' })), input, attempts)).toEqual({
    kind: 'ours',
    result: null,
  });
  expect(repeat.describeLook(input, attempts)).toEqual(readJob.describe(input));
});

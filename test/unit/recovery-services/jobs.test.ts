import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/arm/call.ts';
import { cancelJob, jobWaitSeconds, readJob } from '../../../src/recovery-services/jobs.ts';
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
    expect(read({ status: 'Failed' })).toMatchObject({ result: { failure: { code: 'JobFailed' } } });
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

  test('because the app may not is a failure', () => {
    expect(readJob.readRefusal?.({ code: 'AuthorizationFailed', message: '' }, 403, input)).toBeUndefined();
  });
});

test('looks grow rarer with the age of the job: 60 s, 2 minutes after 10, 5 minutes after an hour', () => {
  expect([0, 599, 600, 3599, 3600, 80_000].map((age) => jobWaitSeconds(60, age))).toEqual([
    60, 60, 120, 120, 300, 300,
  ]);
});

test('a cancellation in doubt is sent again only while the job runs on', () => {
  const { repeat } = cancelJob;
  if (repeat === 'safe') throw new Error('A cancellation must look first.');
  const attempts = { attemptIds: [], firstClaimAt: '', lastSendBy: '', joinForeign: false };
  expect(repeat.findEarlier(reply(job({})), input, attempts).kind).toBe('absent');
  expect(repeat.findEarlier(reply(job({ status: 'Inprogress' })), input, attempts).kind).toBe('absent');
  expect(repeat.findEarlier(reply(job({ status: 'Cancelling' })), input, attempts).kind).toBe('ours');
});

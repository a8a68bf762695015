import { describe, expect, test } from 'vitest';
import { dataProtectionJobs } from '../../../src/data-protection/jobList.ts';
import { readInstanceJob, readJobEnding } from '../../../src/data-protection/jobs.ts';
import { diskId, instanceId, list, reply, vaultId } from './replies.ts';

const jobId = `${vaultId}/backupJobs/7f0a0000-0000-4000-8000-000000000001`;
const job = (status: string, more: object = {}) => ({
  id: jobId,
  name: '7f0a0000-0000-4000-8000-000000000001',
  properties: {
    activityID: '5A1D1C50-0000-4000-8000-000000000001',
    backupInstanceId: instanceId,
    dataSourceId: diskId,
    operation: 'Backup',
    operationCategory: 'Backup',
    status,
    isUserTriggered: true,
    startTime: '2026-08-22T01:58:02.1234567Z',
    endTime: null,
    duration: 'PT0S',
    supportedActions: [''],
    errorDetails: null,
    extendedInfo: null,
    ...more,
  },
});
const tasks = (...subTasks: object[]) => ({ extendedInfo: { subTasks, warningDetails: null } });

describe('a job', () => {
  test('is read with instants in milliseconds, nulls left out', () => {
    expect(readInstanceJob(job('InProgress'))).toEqual({
      id: jobId,
      status: 'InProgress',
      startedAt: '2026-08-22T01:58:02.123Z',
    });
  });

  test('that has not ended may say so with the year 0001', () => {
    const { endedAt } = readInstanceJob(job('InProgress', { endTime: '0001-01-01T00:00:00' }));
    expect(endedAt).toBeUndefined();
  });

  test.each(['PT3M37.7131151S', '00:11:13.99', '13.23:59:41', null])(
    'its duration %s is not computed with',
    (duration) => {
      expect(readInstanceJob(job('Completed', { duration, endTime: '2026-08-22T02:01:00Z' }))).toMatchObject({
        endedAt: '2026-08-22T02:01:00.000Z',
      });
    },
  );

  test('shows the task that runs, with its share where it is told', () => {
    const done = { taskId: 1, taskName: 'Trigger Backup', taskStatus: 'Completed', taskProgress: null };
    const running = { taskId: 2, taskName: 'Transfer', taskStatus: 'inprogress', taskProgress: 40 };
    expect(readInstanceJob(job('InProgress', tasks(done, running))).progress).toBe('Transfer 40 %');
    expect(readInstanceJob(job('Completed', tasks(done))).progress).toBe('Trigger Backup');
  });

  test.each([
    ['Completed', 'completed'],
    ['Succeeded', 'completed'],
    ['Success', 'completed'],
    ['SuccessWithWarning', 'completedWithWarnings'],
    ['CompletedWithWarnings', 'completedWithWarnings'],
    ['FAILED', 'failed'],
    ['Cancelled', 'cancelled'],
    ['Canceled', 'cancelled'],
  ])('%s is an ending: %s', (status, ended) => {
    expect(readJobEnding(job(status))?.ended).toBe(ended);
  });

  test.each(['InProgress', 'Started', 'Cancelling', 'SomethingNew', ''])('%j is running', (status) => {
    expect(readJobEnding(job(status))).toBeUndefined();
  });

  test('that failed names its first error; the others are warnings', () => {
    const errorDetails = [
      {
        code: 'UserErrorDiskBackupAuthorizationFailed',
        message: 'No role.',
        recommendedAction: ['Grant it.'],
      },
      { code: 'Second', message: 'Too.' },
    ];
    expect(readJobEnding(job('Failed', { errorDetails }))).toMatchObject({
      ended: 'failed',
      failure: { code: 'UserErrorDiskBackupAuthorizationFailed', message: 'No role.', class: 'permission' },
      warnings: ['Second: Too.'],
    });
  });

  test('that failed without a reason says that', () => {
    expect(readJobEnding(job('Failed'))?.failure).toEqual({
      code: 'JobFailed',
      message: 'The job gave no reason.',
    });
    expect(readJobEnding(job('Cancelled'))?.failure?.code).toBe('JobCancelled');
  });

  test('with warnings tells them in either shape', () => {
    const extendedInfo = {
      subTasks: [],
      warningDetails: [{ warning: 'One blob was skipped.' }, { warning: { code: 'W', message: 'Two.' } }, {}],
    };
    expect(readJobEnding(job('CompletedWithWarnings', { extendedInfo }))?.warnings).toEqual([
      'One blob was skipped.',
      'Two.',
    ]);
  });
});

describe('the list of jobs, as the tracker reads it', () => {
  test('rows carry no details: only a plain ending needs no read of the job', () => {
    const rows = dataProtectionJobs.readRows(list(job('InProgress'), job('Completed'), job('Failed')));
    expect(rows.map(({ ended }) => ended)).toEqual([undefined, 'completed', 'failed']);
    expect(rows[0]).toMatchObject({
      jobId: jobId.toLowerCase(),
      activityId: '5a1d1c50-0000-4000-8000-000000000001',
    });
  });

  test('a job is read under its full id, or under a GUID in its vault', () => {
    expect(dataProtectionJobs.readCall(vaultId, jobId).path).toBe(jobId);
    expect(dataProtectionJobs.readCall(vaultId, '7f0a').path).toBe(`${vaultId}/backupJobs/7f0a`);
  });

  test('one read tells running from ended', () => {
    expect(dataProtectionJobs.readJob(reply(job('Started')), jobId)).toMatchObject({
      kind: 'running',
      seen: { status: 'Started' },
    });
    expect(dataProtectionJobs.readJob(reply(job('Completed')), jobId)).toMatchObject({
      kind: 'ended',
      ending: { ended: 'completed', warnings: [] },
    });
    expect(dataProtectionJobs.readJob(reply({}), jobId)).toEqual({
      kind: 'running',
      seen: { id: jobId, status: 'unknown' },
    });
  });
});

import { describe, expect, test } from 'vitest';
import { dataProtectionJobs } from '../../../src/data-protection/jobList.ts';
import { readInstanceJob, readJobEnding, starterIn } from '../../../src/data-protection/jobs.ts';
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

describe('a job was begun', () => {
  test.each([
    [
      'by another run, which its id shows',
      { activityID: '5a1d1c50-0000-5000-8000-000000000001' },
      'anotherRun',
    ],
    ['on demand', { isUserTriggered: true }, 'onDemand'],
    ['by the policy', { isUserTriggered: false }, 'policy'],
    ['by nobody who is known', { isUserTriggered: null }, undefined],
  ])('%s', (_how, more, startedBy) => {
    expect(starterIn(job('InProgress', more))).toEqual(startedBy === undefined ? {} : { startedBy });
    expect(readJobEnding(job('Completed', more))?.startedBy).toBe(startedBy);
  });
});

test('an ending is told whole', () => {
  expect(readJobEnding(job('Completed', { endTime: '2026-08-22T02:01:00Z' }))).toEqual({
    job: {
      ...{ id: jobId, status: 'Completed' },
      ...{ startedAt: '2026-08-22T01:58:02.123Z', endedAt: '2026-08-22T02:01:00.000Z' },
    },
    ended: 'completed',
    warnings: [],
    startedBy: 'onDemand',
  });
});

test('errors of a job that completed are warnings, all of them, each cut to 400 characters', () => {
  const errorDetails = [
    { code: 'One', message: 'A.' },
    { code: 'Two', message: 'x'.repeat(1000) },
  ];
  const warnings = readJobEnding(job('CompletedWithWarnings', { errorDetails }))?.warnings ?? [];
  expect(warnings[0]).toBe('One: A.');
  expect(warnings[1]).toHaveLength(400);
  expect(readJobEnding(job('Completed', { errorDetails }))).not.toHaveProperty('failure');
});

test('of the tasks the running one is shown, else the last, in 500 characters at most', () => {
  const task = (taskName: string, taskStatus: string, taskProgress?: number) => ({
    ...{ taskName, taskStatus },
    ...(taskProgress === undefined ? {} : { taskProgress }),
  });
  const shown = (...all: object[]) => readInstanceJob(job('InProgress', tasks(...all))).progress;
  expect(shown(task('A', 'Completed'), task('B', 'InProgress'), task('C', 'NotStarted'))).toBe('B');
  expect(shown(task('A', 'Completed'), task('C', 'Completed', 0))).toBe('C 0 %');
  expect(shown(task('x'.repeat(600), 'InProgress'))).toHaveLength(500);
  expect(shown({ taskStatus: 'InProgress', taskProgress: 40 })).toBeUndefined();
});

describe('the point of a job', () => {
  const watch = { itemId: instanceId, sentAt: '2026-08-22T01:58:00.000Z' };
  const now = new Date('2026-08-22T03:00:00Z');
  const point = (id: string, recoveryPointTime: string) => ({ id, properties: { recoveryPointTime } });
  const ended = (differs: object) =>
    dataProtectionJobs.pointOf(watch, { job: { id: 'j', status: 'Completed', ...differs } } as never, now);

  test('is the newest between its start and its end', () => {
    const { call, read } = ended({ startedAt: '2026-08-22T02:00:00Z', endedAt: '2026-08-22T02:10:00Z' });
    expect(call.path).toBe(`${instanceId}/recoveryPoints`);
    const rows = [
      point('early', '2026-08-22T01:57:59Z'),
      point('first', '2026-08-22T01:58:00Z'),
      point('last', '2026-08-22T02:12:00Z'),
      point('late', '2026-08-22T02:12:01Z'),
    ];
    expect(read(list(...rows))).toMatchObject({ id: 'last' });
    expect(read(list(...rows.slice(0, 2)))).toMatchObject({ id: 'first' });
    expect(read(list(point('early', '2026-08-22T01:57:59Z')))).toBeNull();
  });

  test('is looked for from the sending until now where the job tells no times', () => {
    const { read } = ended({});
    expect(read(list(point('p', '2026-08-22T01:56:00Z')))).toMatchObject({ id: 'p' });
    expect(read(list(point('p', '2026-08-22T01:55:59Z')))).toBeNull();
    expect(read(list(point('p', '2026-08-22T03:02:00Z')))).toMatchObject({ id: 'p' });
    expect(read(list(point('p', '2026-08-22T03:02:01Z')))).toBeNull();
  });
});

describe('the job of a watched backup', () => {
  const watch = { itemId: instanceId, sentAt: '2026-08-22T01:58:00.000Z' };
  const unnamed = (more: object = {}) =>
    job('InProgress', { activityID: 'ffffffff-0000-4000-8000-00000000000f', ...more });

  const match = (
    jobs: ReturnType<typeof list>,
    sought: Parameters<typeof dataProtectionJobs.matchItem>[1],
    isSettled = true,
  ) => dataProtectionJobs.matchItem(jobs, sought, isSettled);

  test('is the one of the instance that began then', () => {
    expect(match(list(unnamed()), watch)).toEqual({ kind: 'found', jobId });
    expect(match(list(), watch)).toEqual({ kind: 'absent' });
    expect(match(list(unnamed({ operation: 'Restore' })), watch)).toEqual({
      kind: 'absent',
    });
  });

  test('is only taken when every job of then is listed', () => {
    expect(match(list(unnamed()), watch, false)).toEqual({ kind: 'absent' });
    expect(match(list(unnamed(), unnamed()), watch, false)).toEqual({ kind: 'absent' });
  });

  test('may be that of the run which had the instance before', () => {
    const otherSentBy = '2026-08-22T01:57:02.123Z';
    expect(match(list(unnamed()), { ...watch, otherSentBy })).toEqual({
      kind: 'ambiguous',
      failure: {
        code: 'BackupJobAmbiguous',
        message: `The job ${jobId} may be this run's or that of the run which had the instance before.`,
      },
    });
    const earlier = { ...watch, otherSentBy: '2026-08-22T01:57:02.122Z' };
    expect(match(list(unnamed()), earlier)).toEqual({ kind: 'found', jobId });
  });

  test('that was joined may be anybody’s', () => {
    const joined = { ...watch, joined: true as const };
    expect(match(list(job('InProgress')), joined)).toEqual({ kind: 'found', jobId });
  });
});

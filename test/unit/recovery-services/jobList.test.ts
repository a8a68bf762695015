import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/arm/call.ts';
import { recoveryServicesJobs } from '../../../src/recovery-services/jobList.ts';
import { itemId, list, reply, vaultId } from './replies.ts';

const jobId = '0D0D0D0D-0000-4000-8000-000000000001';
const attemptId = '5a1d1c50-0000-5000-8000-000000000001';

const row = (differs: JsonObject = {}): JsonObject => ({
  name: jobId,
  properties: {
    ...{ operation: 'Backup', status: 'InProgress', startTime: '2026-08-22T02:00:05.1234567Z' },
    ...{ activityId: attemptId.toUpperCase(), entityFriendlyName: 'docs', storageAccountName: 'papers01' },
    ...differs,
  },
});

describe('the jobs that started in a span', () => {
  const filterOf = (...kinds: string[]) =>
    recoveryServicesJobs.listCall(vaultId, {
      from: new Date('2026-08-22T00:00:00Z'),
      to: new Date('2026-08-22T14:05:09Z'),
      kinds,
    });

  test('of one kind are asked for by it', () => {
    expect(filterOf('fileShare')).toEqual({
      action: 'Microsoft.RecoveryServices/vaults/backupJobs/read',
      method: 'GET',
      path: `${vaultId}/backupJobs`,
      apiVersion: '2025-08-01',
      query: {
        $filter:
          "startTime eq '2026-08-22 12:00:00 AM' and endTime eq '2026-08-22 02:05:09 PM' and backupManagementType eq 'AzureStorage'",
      },
    });
  });

  test.each([
    ['of a kind named twice are asked for by it', ['workload', 'workload'], true],
    ['of several kinds are one list', ['workload', 'fileShare'], false],
    ['of no kind are one list', [], false],
  ])('%s', (_what, kinds, hasKind) => {
    const filter = filterOf(...kinds).query?.['$filter'] ?? '';
    expect(filter.endsWith(" and backupManagementType eq 'AzureWorkload'")).toBe(hasKind);
    expect(filter.startsWith("startTime eq '2026-08-22 12:00:00 AM' and endTime eq")).toBe(true);
  });
});

describe('a row of the list', () => {
  const read = (differs: JsonObject = {}) => recoveryServicesJobs.readRows(list(row(differs)))[0];

  test('of a running job has no end, whatever it says of one', () => {
    expect(read({ endTime: '2026-08-22T02:01:00Z' })).toEqual({
      jobId: jobId.toLowerCase(),
      activityId: attemptId,
      seen: { id: jobId, status: 'InProgress', startedAt: '2026-08-22T02:00:05.123Z' },
    });
  });

  test('of a job that ended has its word, its start and its end', () => {
    expect(read({ status: 'CompletedWithWarnings', endTime: '2026-08-22T02:01:00Z' })).toEqual({
      jobId: jobId.toLowerCase(),
      activityId: attemptId,
      seen: {
        id: jobId,
        status: 'CompletedWithWarnings',
        startedAt: '2026-08-22T02:00:05.123Z',
        endedAt: '2026-08-22T02:01:00.000Z',
      },
      ended: 'completedWithWarnings',
    });
  });

  test('that says little reads as little', () => {
    expect(recoveryServicesJobs.readRows(list({ name: 'J', properties: {} }))).toEqual([
      { jobId: 'j', activityId: '', seen: { id: 'J', status: '' } },
    ]);
    expect(recoveryServicesJobs.readRows(reply({}))).toEqual([]);
  });
});

describe('one job', () => {
  test('is read under its own id', () => {
    expect(recoveryServicesJobs.readCall(vaultId, '0d0d')).toEqual({
      action: 'Microsoft.RecoveryServices/vaults/backupJobs/read',
      method: 'GET',
      path: `${vaultId}/backupJobs/0d0d`,
      apiVersion: '2025-08-01',
    });
  });

  test('that runs is shown as it was seen', () => {
    expect(recoveryServicesJobs.readJob(reply(row()), jobId)).toEqual({
      kind: 'running',
      seen: { id: jobId, status: 'InProgress', startedAt: '2026-08-22T02:00:05.123Z' },
    });
  });

  test('that ended tells how', () => {
    const reading = recoveryServicesJobs.readJob(reply(row({ status: 'Failed' })), jobId);
    expect(reading).toMatchObject({
      kind: 'ended',
      ending: { ended: 'failed', failure: { code: 'JobFailed' } },
      seen: { id: jobId, status: 'Failed' },
    });
  });
});

describe('the job of a watched backup', () => {
  const watch = {
    itemId: itemId('StorageContainer;storage;data;papers01', 'AzureFileShare;0a'),
    kind: 'fileShare',
    friendlyName: 'docs',
    attemptId,
    sentAt: '2026-08-22T02:00:00.000Z',
  };
  const match = (rows: readonly JsonObject[], differs = {}, isSettled = true) =>
    recoveryServicesJobs.matchItem(list(...rows), { ...watch, ...differs }, isSettled);

  test('is the one that carries the id of the attempt', () => {
    expect(match([row()])).toEqual({ kind: 'found', jobId });
    expect(match([row({ entityFriendlyName: 'plans' })])).toEqual({ kind: 'found', jobId });
  });

  test('without an id of the attempt is only taken when every job of then is listed', () => {
    const job = row({ activityId: 'ffffffff-0000-4000-8000-00000000000f' });
    expect(match([job], {}, false)).toEqual({ kind: 'absent' });
    expect(match([job, { ...job, name: 'j2' }], {}, false)).toEqual({ kind: 'absent' });
    expect(match([job], {}, true)).toEqual({ kind: 'found', jobId });
    expect(match([row()], {}, false)).toEqual({ kind: 'found', jobId });
  });

  test('is absent where another run’s, another item’s or none is listed', () => {
    expect(match([row({ activityId: '6b1d1c50-0000-5000-8000-000000000009' })])).toEqual({ kind: 'absent' });
    expect(match([row({ entityFriendlyName: 'plans', activityId: 'x' })])).toEqual({ kind: 'absent' });
    expect(match([])).toEqual({ kind: 'absent' });
  });

  test('may be that of the run which had the item before: nobody can say whose it is', () => {
    const job = row({ activityId: 'ffffffff-0000-4000-8000-00000000000f' });
    expect(match([job])).toEqual({ kind: 'found', jobId });
    expect(match([job], { otherSentBy: '2026-08-22T02:00:04Z' })).toEqual({
      kind: 'ambiguous',
      failure: {
        code: 'BackupJobAmbiguous',
        message: `The job ${jobId} may be this run's or that of the run which had the item before.`,
      },
    });
  });

  test('is one of two: neither is taken', () => {
    const job = (name: string) => ({ ...row({ activityId: 'ffffffff-0000-4000-8000-00000000000f' }), name });
    expect(match([job('j1'), job('j2')])).toMatchObject({
      kind: 'ambiguous',
      failure: { code: 'BackupJobAmbiguous' },
    });
  });

  test('is looked for by the item alone where the attempt is not known', () => {
    expect(match([row({ activityId: 'ffffffff-0000-4000-8000-00000000000f' })], { attemptId: '' })).toEqual({
      kind: 'found',
      jobId,
    });
  });

  test('that was joined is the running one of the item', () => {
    const joined = { joined: true, sentAt: '2026-08-22T02:00:05.123Z', attemptId: '' };
    expect(match([row({ activityId: 'x' })], joined)).toEqual({ kind: 'found', jobId });
    expect(match([row({ activityId: 'x', entityFriendlyName: 'plans' })], joined)).toEqual({
      kind: 'absent',
    });
  });
});

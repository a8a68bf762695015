import { describe, expect, test } from 'vitest';
import { findEarlierJob, findJobOf } from '../../../src/data-protection/jobSearch.ts';
import { instanceId, list, vaultId } from './replies.ts';

const attempts = {
  attemptIds: ['5a1d1c50-0000-4000-8000-000000000001', '5a1d1c50-0000-4000-8000-000000000002'],
  firstClaimAt: '2026-08-22T01:58:00Z',
  lastSendBy: '2026-08-22T01:59:00Z',
  joinForeign: false,
  isSettled: true,
};
const job = (name: string, more: object = {}) => ({
  id: `${vaultId}/backupJobs/${name}`,
  properties: {
    activityID: 'e0c65155-0000-4000-8000-000000000000',
    backupInstanceId: instanceId,
    operation: 'Backup',
    status: 'InProgress',
    isUserTriggered: true,
    startTime: '2026-08-22T01:58:30.5Z',
    ...more,
  },
});
const found = (name: string) => ({ jobId: `${vaultId}/backupJobs/${name}` });

describe('a backup request in doubt', () => {
  test('is told by any of its attempts’ ids, without case, whatever else the row says', () => {
    const ours = job('ours', { activityID: '5A1D1C50-0000-4000-8000-000000000002', startTime: null });
    expect(findEarlierJob(list(job('other'), ours), instanceId, attempts)).toMatchObject({
      kind: 'ours',
      result: found('ours'),
    });
  });

  test('is told by instance, operation and start where ids are not echoed', () => {
    const rows = list(
      job('of another instance', { backupInstanceId: `${instanceId}0` }),
      job('a restore', { operation: 'Restore' }),
      job('scheduled', { isUserTriggered: false }),
      job('earlier', { startTime: '2026-08-22T01:50:00Z' }),
      job('later', { startTime: '2026-08-22T02:10:00Z' }),
      job('ours', { backupInstanceId: instanceId.toUpperCase(), operation: 'Backup (Full)' }),
    );
    expect(findEarlierJob(rows, instanceId, attempts)).toEqual({
      kind: 'ours',
      result: { ...found('ours'), startedAt: '2026-08-22T01:58:30.500Z' },
    });
  });

  test('is not told by instance and start before every job of then is listed: ours may only be late', () => {
    const early = { ...attempts, isSettled: false };
    const echoed = job('echoed', { activityID: '5a1d1c50-0000-4000-8000-000000000002' });
    expect(findEarlierJob(list(job('other')), instanceId, early)).toEqual({ kind: 'absent' });
    expect(findEarlierJob(list(job('one'), job('two')), instanceId, early)).toEqual({ kind: 'absent' });
    expect(findEarlierJob(list(job('other'), echoed), instanceId, early).kind).toBe('ours');
    expect(findEarlierJob(list(job('other')), instanceId, { ...early, joinForeign: true }).kind).toBe(
      'foreign',
    );
  });

  test('between two candidates nothing is guessed: both are named', () => {
    expect(findEarlierJob(list(job('one'), job('two')), instanceId, attempts)).toMatchObject({
      kind: 'ambiguous',
      failure: {
        code: 'BackupJobAmbiguous',
        message: expect.stringContaining(`${vaultId}/backupJobs/one, ${vaultId}/backupJobs/two`),
      },
    });
  });

  test('a job that may be of the run that had the instance before is joined, not taken for ours', () => {
    const other = { ...attempts, otherSentBy: '2026-08-22T01:57:40Z' };
    expect(findEarlierJob(list(job('theirs')), instanceId, other)).toMatchObject({
      kind: 'foreign',
      result: found('theirs'),
    });
    const later = job('ours', { startTime: '2026-08-22T01:58:41Z' });
    expect(findEarlierJob(list(later), instanceId, other).kind).toBe('ours');
  });

  test('an empty list, and one of strangers, say that there is none yet', () => {
    expect(findEarlierJob(list(), instanceId, attempts)).toEqual({ kind: 'absent' });
    expect(findEarlierJob(list({ id: 'x' }, { properties: null }), instanceId, attempts)).toEqual({
      kind: 'absent',
    });
  });
});

describe('once the service has said that a backup is in progress', () => {
  const joining = { ...attempts, joinForeign: true };

  test('a running one of anybody is joined, also one that started while ours was sent', () => {
    const rows = list(job('ended', { status: 'Completed' }), job('theirs', { isUserTriggered: false }));
    expect(findEarlierJob(rows, instanceId, joining)).toMatchObject({
      kind: 'foreign',
      result: found('theirs'),
    });
  });

  test('an ended one is none to join', () => {
    expect(findEarlierJob(list(job('ended', { status: 'Failed' })), instanceId, joining)).toEqual({
      kind: 'absent',
    });
  });
});

describe('the job of a backup that no id names', () => {
  const watch = { itemId: instanceId, sentAt: '2026-08-22T01:58:00Z', isSettled: true };

  test('is the one of the instance that started about then', () => {
    expect(findJobOf(list(job('ours')), watch)).toMatchObject({ kind: 'ours', result: found('ours') });
    expect(findJobOf(list(job('old', { startTime: '2026-08-21T01:58:00Z' })), watch).kind).toBe('absent');
  });

  test('is none that another run of this app has begun', () => {
    const theirs = job('theirs', { activityID: '0f0e0d0c-0b0a-5908-8706-050403020100' });
    expect(findJobOf(list(theirs), watch)).toEqual({ kind: 'absent' });
  });

  test('of a joined backup is also one that has ended since', () => {
    const ended = { status: 'Completed', startTime: '2026-08-22T01:50:00Z' };
    const since = job('since', { ...ended, endTime: '2026-08-22T01:58:10Z' });
    const before = job('before', { ...ended, endTime: '2026-08-22T01:55:00Z' });
    expect(findJobOf(list(before), { ...watch, joined: true })).toEqual({ kind: 'absent' });
    expect(findJobOf(list(before, since), { ...watch, joined: true })).toMatchObject({
      result: found('since'),
    });
  });

  test('of a joined backup is whichever runs', () => {
    const rows = list(job('old', { startTime: '2026-08-21T01:58:00Z' }));
    expect(findJobOf(rows, { ...watch, joined: true })).toMatchObject({
      kind: 'foreign',
      result: found('old'),
    });
  });
});

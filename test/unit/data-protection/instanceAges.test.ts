import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/arm/call.ts';
import {
  deletedInstancesIn,
  findTimeRangesCall,
  instanceJobsIn,
  lastRestorableIn,
  listBackupPoliciesCall,
  listDeletedInstancesCall,
  listInstanceJobsCall,
  listInstancePointsCall,
  newestInstancePointIn,
  readBackupVaultCall,
} from '../../../src/data-protection/instanceAges.ts';
import { diskId, instanceId, list, policyId, reply, vaultId } from './replies.ts';

describe('of a Backup vault the coverage asks for', () => {
  test.each([
    ['itself', readBackupVaultCall(vaultId), 'read', vaultId],
    ['its policies', listBackupPoliciesCall(vaultId), 'backupPolicies/read', `${vaultId}/backupPolicies`],
    ['its jobs', listInstanceJobsCall(vaultId), 'backupJobs/read', `${vaultId}/backupJobs`],
    [
      'its deleted instances',
      listDeletedInstancesCall(vaultId),
      'deletedBackupInstances/read',
      `${vaultId}/deletedBackupInstances`,
    ],
    [
      'the points of an instance',
      listInstancePointsCall(instanceId),
      'backupInstances/recoveryPoints/read',
      `${instanceId}/recoveryPoints`,
    ],
  ])('%s', (_what, call, action, path) => {
    expect(call).toEqual({
      action: `Microsoft.DataProtection/backupVaults/${action}`,
      ...{ method: 'GET', path, apiVersion: '2025-07-01' },
    });
  });

  test('the times that can be restored, of what is backed up continuously', () => {
    const call = findTimeRangesCall(
      instanceId,
      new Date('2026-08-01T00:00:00Z'),
      new Date('2026-08-22T02:00:00Z'),
    );
    expect(call).toEqual({
      action: 'Microsoft.DataProtection/backupVaults/backupInstances/findRestorableTimeRanges/action',
      method: 'POST',
      path: `${instanceId}/findRestorableTimeRanges`,
      apiVersion: '2025-07-01',
      body: {
        sourceDataStoreType: 'OperationalStore',
        startTime: '2026-08-01T00:00:00.000Z',
        endTime: '2026-08-22T02:00:00.000Z',
      },
    });
  });
});

describe('a page of the jobs', () => {
  const job = (id: string, differs: JsonObject = {}): JsonObject => ({
    id,
    properties: {
      ...{ operation: 'Backup', status: 'Completed', backupInstanceId: instanceId },
      ...{ startTime: '2026-08-22T02:00:00Z', endTime: '2026-08-22T02:05:00Z' },
      ...differs,
    },
  });

  test('has its backups, with how they ended', () => {
    expect(instanceJobsIn(list(job('j1'))).jobs).toEqual([
      {
        ...{ jobId: 'j1', instanceId, status: 'Completed', ended: 'completed' },
        ...{ startedAt: '2026-08-22T02:00:00.000Z', endedAt: '2026-08-22T02:05:00.000Z' },
      },
    ]);
    const errorDetails = [{ code: 'X', message: 'A lock forbids it.' }];
    const bad = job('j2', { status: 'Failed', errorDetails, endTime: null });
    expect(instanceJobsIn(list(bad)).jobs).toEqual([
      {
        ...{ jobId: 'j2', instanceId, status: 'Failed', ended: 'failed' },
        startedAt: '2026-08-22T02:00:00.000Z',
        error: { code: 'X', message: 'A lock forbids it.' },
      },
    ]);
  });

  test('leaves out what is no backup, and says when the oldest of all began', () => {
    const rows = [
      job('j1'),
      job('j2', { operation: 'Restore', startTime: '2026-08-20T00:00:00Z' }),
      job('j3', { operation: 'backup (Full)', startTime: '2026-08-21T00:00:00Z' }),
      job('j4', { operation: 'ConfigureBackup', startTime: null }),
    ];
    const page = instanceJobsIn(list(...rows));
    expect(page.jobs.map(({ jobId }) => jobId)).toEqual(['j1', 'j3']);
    expect(page.oldestAt).toBe('2026-08-20T00:00:00.000Z');
    expect(instanceJobsIn(list()).oldestAt).toBe('');
  });
});

describe('the newest point of a page', () => {
  const point = (id: string, recoveryPointTime: string | null) => ({ id, properties: { recoveryPointTime } });

  test('is the latest that says its time', () => {
    const page = list(
      point('a', '2026-08-20T02:00:00Z'),
      point('c', '2026-08-22T02:00:00Z'),
      point('timeless', null),
      point('b', '2026-08-21T02:00:00Z'),
    );
    expect(newestInstancePointIn(page)).toEqual({ id: 'c', at: '2026-08-22T02:00:00.000Z', tiers: [] });
    expect(newestInstancePointIn(list(point('timeless', null)))).toBeUndefined();
  });
});

test('the last instant that can be restored is the latest end of all ranges', () => {
  const ranges = (...ends: (string | null)[]) =>
    reply({ properties: { restorableTimeRanges: ends.map((endTime) => ({ endTime })) } });
  expect(
    lastRestorableIn(ranges('2026-08-22T02:00:00Z', '2026-08-23T02:00:00Z', '2026-08-21T02:00:00Z')),
  ).toBe('2026-08-23T02:00:00.000Z');
  expect(lastRestorableIn(ranges(null))).toBeUndefined();
  expect(lastRestorableIn(reply({}))).toBeUndefined();
});

test('a deleted instance tells what it protected, and when it is gone for good', () => {
  const row = (deletionInfo: JsonObject) => ({
    id: instanceId,
    properties: {
      dataSourceInfo: { resourceID: diskId, datasourceType: 'Microsoft.Compute/disks' },
      policyInfo: { policyId },
      deletionInfo,
    },
  });
  const told = { id: instanceId, datasourceId: diskId, datasourceType: 'Microsoft.Compute/disks', policyId };
  expect(
    deletedInstancesIn(list(row({ scheduledPurgeTime: '2026-09-05T02:00:00Z' }), row({}), { name: 'odd' })),
  ).toEqual([
    { ...told, purgedAt: '2026-09-05T02:00:00.000Z' },
    told,
    { id: '', datasourceId: '', datasourceType: '', policyId: '' },
  ]);
});

import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/arm/call.ts';
import {
  backupJobsIn,
  itemAgesIn,
  jobErrorIn,
  listItemsCall,
  listJobsOfSpanCall,
  listPointsCall,
  listPoliciesCall,
  newestPointIn,
  readJobCall,
  readVaultCall,
} from '../../../src/recovery-services/itemAges.ts';
import { itemId, list, reply, storageAccountId, vaultId } from './replies.ts';

const share = itemId('StorageContainer;storage;data;papers01', 'AzureFileShare;0a');
const machine = itemId(
  'IaasVMContainer;iaasvmcontainerv2;compute;Web01',
  'VM;iaasvmcontainerv2;compute;web01',
);
const version = '2025-08-01';
const from = new Date('2026-08-20T00:30:00Z');
const to = new Date('2026-08-22T12:00:00Z');

describe('of a vault the coverage asks for', () => {
  test.each([
    [
      'its protected items of a kind',
      listItemsCall(vaultId, 'virtualMachine'),
      'backupProtectedItems/read',
      `${vaultId}/backupProtectedItems`,
      { $filter: "backupManagementType eq 'AzureIaasVM' and itemType eq 'VM'" },
    ],
    [
      'its protected databases, of every type',
      listItemsCall(vaultId, 'workload'),
      'backupProtectedItems/read',
      `${vaultId}/backupProtectedItems`,
      { $filter: "backupManagementType eq 'AzureWorkload'" },
    ],
    [
      'its jobs that started in a span',
      listJobsOfSpanCall(vaultId, from, to),
      'backupJobs/read',
      `${vaultId}/backupJobs`,
      { $filter: "startTime eq '2026-08-20 12:30:00 AM' and endTime eq '2026-08-22 12:00:00 PM'" },
    ],
    [
      'the points of an item',
      listPointsCall(share, from, to),
      'backupFabrics/protectionContainers/protectedItems/recoveryPoints/read',
      `${share}/recoveryPoints`,
      { $filter: "startDate eq '2026-08-20 12:30:00 AM' and endDate eq '2026-08-22 12:00:00 PM'" },
    ],
    [
      'its policies',
      listPoliciesCall(vaultId),
      'backupPolicies/read',
      `${vaultId}/backupPolicies`,
      undefined,
    ],
    ['one job', readJobCall(vaultId, '0d0d'), 'backupJobs/read', `${vaultId}/backupJobs/0d0d`, undefined],
  ])('%s', (_what, call, action, path, query) => {
    expect(call).toEqual({
      action: `Microsoft.RecoveryServices/vaults/${action}`,
      ...{ method: 'GET', path, apiVersion: version },
      ...(query && { query }),
    });
  });

  test('itself, by its own version', () => {
    expect(readVaultCall(vaultId)).toEqual({
      action: 'Microsoft.RecoveryServices/vaults/read',
      ...{ method: 'GET', path: vaultId, apiVersion: '2024-04-01' },
    });
  });
});

describe('the age of an item', () => {
  const read = (id: string, properties: JsonObject) => itemAgesIn(list({ id, name: 'n', properties }))[0];

  test('of a machine is its newest point, its last attempt and how that ended', () => {
    expect(
      read(machine, {
        protectedItemType: 'Microsoft.Compute/virtualMachines',
        friendlyName: 'WEB01',
        lastRecoveryPoint: '2026-08-21T23:10:00.1234567Z',
        lastBackupTime: '2026-08-22T01:00:00Z',
        lastBackupStatus: 'Failed',
        lastBackupErrorDetail: { code: 'UserErrorVmNotRunning', message: 'It is off.' },
      }),
    ).toEqual({
      itemId: machine,
      jobName: 'web01|web01',
      lastRecoveryPointAt: '2026-08-21T23:10:00.123Z',
      lastBackupAt: '2026-08-22T01:00:00.000Z',
      lastBackupStatus: 'Failed',
      lastError: { code: 'UserErrorVmNotRunning', message: 'It is off.' },
    });
  });

  test('of a share has no point; its jobs are named by its account', () => {
    expect(
      read(share, {
        protectedItemType: 'AzureFileShareProtectedItem',
        friendlyName: 'Docs',
        sourceResourceId: storageAccountId.replace('papers01', 'Papers01'),
        lastRecoveryPoint: '0001-01-01T00:00:00Z',
        lastBackupStatus: 'Completed',
      }),
    ).toEqual({ itemId: share, jobName: 'papers01|docs', lastBackupStatus: 'Completed' });
  });

  test('of a deleted one tells for how long it can be brought back', () => {
    expect(read(share, { deferredDeleteTimeRemaining: '13.00:00:10' })).toEqual({
      itemId: share,
      jobName: 'papers01|',
      goneInSeconds: 1_123_210,
    });
  });
});

describe('the backup jobs of a vault', () => {
  const jobOf = (properties: JsonObject) => backupJobsIn(list({ name: '0d0d', properties }))[0];
  const common = { operation: 'Backup', status: 'Completed', startTime: '2026-08-22T02:00:00Z' };

  test('have their word, start and end', () => {
    expect(
      jobOf({
        ...common,
        endTime: '2026-08-22T02:05:00Z',
        storageAccountName: 'Papers01',
        entityFriendlyName: 'Docs',
      }),
    ).toEqual({
      ...{ jobId: '0d0d', status: 'Completed', jobName: 'papers01|docs' },
      ...{ startedAt: '2026-08-22T02:00:00.000Z', endedAt: '2026-08-22T02:05:00.000Z' },
    });
  });

  test('that run have no end', () => {
    expect(jobOf({ ...common, status: 'InProgress', endTime: '0001-01-01T00:00:00Z' })).not.toHaveProperty(
      'endedAt',
    );
  });

  test.each([
    [
      'a share by its account',
      { storageAccountName: 'Papers01', entityFriendlyName: 'Docs' },
      'papers01|docs',
    ],
    [
      'a machine by its container',
      { containerName: 'iaasvmcontainerv2;compute;Web01', entityFriendlyName: 'web01' },
      'web01|web01',
    ],
    ['a database by its server', { entityFriendlyName: 'orders [of] [SQL01]' }, 'sql01|orders [of]'],
    ['what names no server by itself', { entityFriendlyName: 'orders' }, '|orders'],
  ])('name %s', (_what, names, jobName) => {
    expect(jobOf({ ...common, ...names })?.jobName).toBe(jobName);
  });

  test.each([
    ['Backup', true],
    ['Backup (Full)', true],
    ['backup', true],
    ['ConfigureBackup', false],
    ['BackupX', false],
    ['Restore', false],
  ])('are those of the operation: %s is one: %s', (operation, isOne) => {
    expect(backupJobsIn(list({ name: 'j', properties: { ...common, operation } }))).toHaveLength(
      isOne ? 1 : 0,
    );
  });
});

describe('the newest point of a page', () => {
  const point = (id: string, properties: JsonObject) => ({ id, name: id, properties });

  test('is the latest that a backup made, with its tiers', () => {
    const page = list(
      point('older', { recoveryPointTime: '2026-08-20T02:00:00Z' }),
      point('newest', {
        recoveryPointTime: '2026-08-21T02:00:00Z',
        recoveryPointType: 'FileSystemConsistent',
        recoveryPointTierDetails: [{ type: 'HardenedRP' }],
        recoveryPointProperties: { expiryTime: '2026-09-21T02:00:00Z' },
      }),
      point('oldest', { recoveryPointTime: '2026-08-19T02:00:00Z' }),
    );
    expect(newestPointIn(page)).toEqual({
      id: 'newest',
      at: '2026-08-21T02:00:00.000Z',
      type: 'FileSystemConsistent',
      tiers: [{ type: 'HardenedRP', expiresAt: '2026-09-21T02:00:00Z' }],
    });
  });

  test('is no range of logs, and none that says no time', () => {
    const page = list(
      point('range', {
        objectType: 'AzureWorkloadSQLPointInTimeRecoveryPoint',
        recoveryPointTimeInUTC: '2026-08-22T02:00:00Z',
      }),
      point('timeless', {}),
      point('full', {
        objectType: 'AzureWorkloadSQLRecoveryPoint',
        recoveryPointTimeInUTC: '2026-08-20T02:00:00Z',
        type: 'Full',
      }),
    );
    expect(newestPointIn(page)).toEqual({
      id: 'full',
      at: '2026-08-20T02:00:00.000Z',
      type: 'Full',
      tiers: [],
    });
    expect(newestPointIn(list())).toBeUndefined();
  });
});

describe('the error of a job', () => {
  const errorOf = (...errorDetails: JsonObject[]) => jobErrorIn({ properties: { errorDetails } });

  test('is its first, with what it recommends', () => {
    expect(
      errorOf(
        { errorCode: 400136, errorString: 'The machine is gone.', recommendations: ['Stop.', 'Delete.'] },
        { errorCode: 7, errorString: 'And more.' },
      ),
    ).toEqual({ code: '400136', message: 'The machine is gone. Stop. Delete.' });
  });

  test('may have its words in another member, no code or no words', () => {
    expect(errorOf({ errorCode: 1, errorMessage: 'It failed.' })).toEqual({
      code: '1',
      message: 'It failed.',
    });
    expect(errorOf({ errorString: 'It failed.' })).toEqual({ code: 'JobFailed', message: 'It failed.' });
    expect(errorOf({ errorCode: 1 })).toEqual({ code: '1', message: '' });
  });

  test('may be missing', () => {
    expect(errorOf()).toBeUndefined();
    expect(errorOf({ recommendations: ['Look.'] })).toBeUndefined();
    expect(jobErrorIn(reply({}).body)).toBeUndefined();
  });
});

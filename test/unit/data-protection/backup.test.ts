import { describe, expect, test } from 'vitest';
import {
  backUpInstance,
  followInstanceBackup,
  readInstanceStarter,
  watchedInstanceBackup,
  type InstanceBackupHandle,
} from '../../../src/data-protection/backup.ts';
import { getBackupPolicy, getBackupVault } from '../../../src/data-protection/vaults.ts';
import { findInstanceRecoveryPoint } from '../../../src/data-protection/recoveryPoints.ts';
import { context, instanceId, list, policyId, reply, vaultId } from './replies.ts';

const input = { instanceId, ruleName: 'BackupDaily' };

describe('a backup', () => {
  test('names its rule, and a tag only where one is asked for', () => {
    expect(backUpInstance.describe(input)).toEqual({
      action: 'Microsoft.DataProtection/backupVaults/backupInstances/backup/action',
      method: 'POST',
      path: `${instanceId}/backup`,
      apiVersion: '2025-07-01',
      body: { backupRuleOptions: { ruleName: 'BackupDaily', triggerOption: {} } },
    });
    expect(backUpInstance.describe({ ...input, retentionTag: 'Yearly' }).body).toEqual({
      backupRuleOptions: { ruleName: 'BackupDaily', triggerOption: { retentionTagOverride: 'Yearly' } },
    });
  });

  test('accepted gives a handle that names step, attempt, operation and the wait that was asked for', () => {
    const accepted = { status: 202, headers: {}, body: undefined };
    expect(backUpInstance.read(accepted, input, { ...context, operationId: 'Zm9v' })).toEqual({
      kind: 'done',
      result: {
        service: 'dataProtection',
        vaultId,
        itemId: instanceId,
        stepId: '02',
        attemptId: '5a1d1c50-0000-4000-8000-000000000001',
        sentAt: '2026-08-22T01:58:00Z',
        waitSeconds: 30,
        operationId: 'Zm9v',
      },
    });
  });

  test('answered at once may name its job', () => {
    const jobId = `${vaultId}/backupJobs/1`;
    const answered = reply({ objectType: 'OperationJobExtendedInfo', jobId });
    expect(backUpInstance.read(answered, input, context)).toMatchObject({ result: { jobId } });
  });

  test('in doubt looks at the jobs of the vault', () => {
    if (backUpInstance.repeat === 'safe') throw new Error('A backup is never safe to repeat.');
    const attempts = {
      attemptIds: [],
      firstClaimAt: '',
      lastSendBy: '',
      joinForeign: false,
      isSettled: true,
    };
    expect(backUpInstance.repeat.describeLook(input, attempts)).toMatchObject({
      method: 'GET',
      path: `${vaultId}/backupJobs`,
    });
  });
});

test.each([
  [{ status: 'Succeeded', properties: { objectType: 'OperationJobExtendedInfo', jobId: '/a/b' } }, '/a/b'],
  [{ status: 'Succeeded' }, null],
  [{ status: 'Succeeded', properties: null }, null],
])('the operation %j names the job %s', (body, jobId) => {
  const handle = {
    service: 'dataProtection',
    vaultId,
    itemId: instanceId,
    stepId: '02',
    attemptId: 'a',
    sentAt: '2026-08-22T01:58:00Z',
    waitSeconds: 30,
    operationId: 'Z3VpZDtndWlk==',
  } as const;
  expect(followInstanceBackup.read(reply(body), handle, context)).toEqual({
    kind: 'done',
    result: { jobId },
  });
  expect(followInstanceBackup.describe(handle).path).toContain('/operationStatus/Z3VpZDtndWlk');
});

describe('a policy', () => {
  const store = (dataStoreType: string) => ({ dataStoreType, objectType: 'DataStoreInfoBase' });
  const retention = (name: string, type: string) => ({
    name,
    objectType: 'AzureRetentionRule',
    lifecycles: [{ sourceDataStore: store(type) }],
  });

  test('tells its backup rules from its retention rules', () => {
    const policyRules = [
      { name: 'BackupHourly', objectType: 'AzureBackupRule', dataStore: store('OperationalStore') },
      { name: 'BackupWeekly', objectType: 'AzureBackupRule', dataStore: store('VaultStore') },
      retention('Default', 'OperationalStore'),
      retention('Yearly', 'VaultStore'),
    ];
    const body = { properties: { datasourceTypes: ['Microsoft.Compute/disks'], policyRules } };
    expect(getBackupPolicy.read(reply(body), { policyId }, context)).toEqual({
      kind: 'done',
      result: {
        id: policyId,
        datasourceTypes: ['Microsoft.Compute/disks'],
        backupRules: ['BackupHourly', 'BackupWeekly'],
        retentionTags: ['Default', 'Yearly'],
        dataStores: ['OperationalStore', 'VaultStore'],
      },
    });
  });

  test('of operational blobs has no backup rule', () => {
    const body = { properties: { policyRules: [retention('Default', 'OperationalStore')] } };
    expect(getBackupPolicy.read(reply(body), { policyId }, context)).toMatchObject({
      result: { backupRules: [], datasourceTypes: [], dataStores: ['OperationalStore'] },
    });
  });
});

describe('recovery points', () => {
  const point = (name: string, at: string, more: object = {}) => ({
    id: `${instanceId}/recoveryPoints/${name}`,
    properties: {
      objectType: 'AzureBackupDiscreteRecoveryPoint',
      recoveryPointTime: at,
      recoveryPointType: 'Incremental',
      recoveryPointDataStoresDetails: [
        { type: 'OperationalStore', expiryTime: '2026-08-29T02:01:00.1234567Z', state: 'COMMITTED' },
        { type: 'VaultStore', expiryTime: null },
      ],
      ...more,
    },
  });
  const span = { instanceId, since: '2026-08-22T01:58:00Z', until: '2026-08-22T02:01:00Z' };

  test('the one made in the span of the job is named, with what each tier keeps', () => {
    const rows = list(
      point('later', '2026-08-22T06:00:00Z'),
      point('ours', '2026-08-22T02:00:30.1234567Z'),
      point('earlier', '2026-08-21T22:00:00Z'),
    );
    expect(findInstanceRecoveryPoint.read(rows, span, context)).toEqual({
      kind: 'done',
      result: {
        found: {
          id: `${instanceId}/recoveryPoints/ours`,
          at: '2026-08-22T02:00:30.123Z',
          type: 'Incremental',
          tiers: [
            { type: 'OperationalStore', expiresAt: '2026-08-29T02:01:00.123Z' },
            { type: 'VaultStore' },
          ],
        },
      },
    });
  });

  test('none in the span is none, and a point without a time never counts', () => {
    const rows = list(point('earlier', '2026-08-21T22:00:00Z'), point('odd', '0001-01-01T00:00:00'));
    expect(findInstanceRecoveryPoint.read(rows, span, context)).toEqual({ kind: 'done', result: {} });
  });
});

test('a vault shows identity, guard and soft delete, each where it is sent', () => {
  const body = {
    location: 'West Europe',
    identity: { type: 'SystemAssigned', principalId: '99999999-1111-4222-8333-444444444444' },
    properties: {
      isVaultProtectedByResourceGuard: true,
      securitySettings: { softDeleteSettings: { state: 'AlwaysOn', retentionDurationInDays: 14 } },
    },
  };
  expect(getBackupVault.read(reply(body), { vaultId }, context)).toEqual({
    kind: 'done',
    result: {
      id: vaultId,
      location: 'West Europe',
      identities: [{ principalId: '99999999-1111-4222-8333-444444444444' }],
      guarded: true,
      softDelete: 'AlwaysOn',
    },
  });
  expect(getBackupVault.read(reply({ identity: null }), { vaultId }, context)).toEqual({
    kind: 'done',
    result: { id: vaultId, location: '', identities: [], guarded: false },
  });
});

test('types of points, and stores that nobody knows, are shown as the service says them', () => {
  const properties = {
    recoveryPointTime: '2026-08-22T02:00:05Z',
    recoveryPointType: 'Holographic',
    recoveryPointDataStoresDetails: [
      { type: 'GlacierStore', state: 'SUBLIMATED', expiryTime: '2027-08-22T02:00:05Z' },
    ],
  };
  const rows = list({ id: `${instanceId}/recoveryPoints/1`, properties });
  const span = { instanceId, since: '2026-08-22T02:00:00Z', until: '2026-08-22T02:01:00Z' };
  expect(findInstanceRecoveryPoint.read(rows, span, context)).toMatchObject({
    result: {
      found: {
        type: 'Holographic',
        tiers: [{ type: 'GlacierStore', expiresAt: '2027-08-22T02:00:05.000Z' }],
      },
    },
  });
});

describe('a backup in doubt', () => {
  const attempts = {
    attemptIds: ['a', 'b'],
    ...{ firstClaimAt: '2026-08-22T02:00:00Z', lastSendBy: '2026-08-22T02:01:00Z' },
    joinForeign: false,
    isSettled: true,
  };
  const job = (differs: object = {}) => ({
    id: `${vaultId}/backupJobs/1`,
    properties: {
      ...{ operation: 'Backup', status: 'InProgress', activityID: 'B', backupInstanceId: instanceId },
      ...{ startTime: '2026-08-22T02:00:03Z', isUserTriggered: true },
      ...differs,
    },
  });
  const earlier = (row: object, differs: object = {}) => {
    if (backUpInstance.repeat === 'safe') throw new Error('A backup is never safe to repeat.');
    return backUpInstance.repeat.findEarlier(list(row as never), input, { ...attempts, ...differs });
  };
  const found = {
    ...{ service: 'dataProtection', vaultId, itemId: instanceId, stepId: '', attemptId: 'b' },
    ...{ sentAt: '2026-08-22T02:00:03.000Z', waitSeconds: 30, jobId: `${vaultId}/backupJobs/1` },
  };

  test('is followed by the job that carries one of its ids', () => {
    expect(earlier(job())).toEqual({ kind: 'ours', result: found });
    expect(earlier(job({ startTime: null }))).toEqual({
      kind: 'ours',
      result: { ...found, sentAt: '2026-08-22T02:00:00Z' },
    });
  });

  test('joins the running one of somebody else, and the handle says so', () => {
    expect(earlier(job({ activityID: 'c' }), { joinForeign: true })).toEqual({
      kind: 'foreign',
      result: { ...found, joined: true },
    });
    expect(earlier(job({ activityID: 'c', status: 'Completed' }), { joinForeign: true })).toEqual({
      kind: 'absent',
    });
  });
});

describe('what the tracker is told of a backup', () => {
  const handle: InstanceBackupHandle = {
    ...{ service: 'dataProtection', vaultId, itemId: instanceId, stepId: '02' },
    ...{ attemptId: 'a', sentAt: 's', waitSeconds: 45 },
  };
  const told = {
    ...{ service: 'dataProtection', vaultId, itemId: instanceId, kind: 'backupInstance' },
    ...{ attemptId: 'a', sentAt: 's', waitSeconds: 45 },
  };

  test('is what its job is known by; without an operation the job is found by its instance', () => {
    expect(watchedInstanceBackup(handle)).toEqual({ ...told, byItem: true });
    const more: Partial<InstanceBackupHandle> = { jobId: 'j', otherSentBy: 'before' };
    expect(
      watchedInstanceBackup({ ...handle, ...more, joined: true, operation: 'Restore', operationId: 'o' }),
    ).toEqual({ ...told, ...more, joined: true, operation: 'Restore' });
  });

  test('lasts a day', () => {
    expect(backUpInstance.watch?.seconds(input)).toBe(86_400);
  });

  test('who had the instance before is kept in the handle', () => {
    expect(backUpInstance.read(reply({}), input, { ...context, otherSentBy: 'before' })).toMatchObject({
      result: { otherSentBy: 'before' },
    });
  });
});

test('an operation that may not be read has not failed, a starter that may not be read is not known', () => {
  const failure = { code: 'X', message: '' };
  const handle = {} as InstanceBackupHandle;
  expect(followInstanceBackup.readRefusal?.(failure, 400, handle)).toEqual({
    kind: 'done',
    result: { jobId: null },
  });
  expect(followInstanceBackup.readRefusal?.(failure, 399, handle)).toBeUndefined();
  expect(followInstanceBackup.followsStep?.({ stepId: '04' } as InstanceBackupHandle)).toBe('04');
  const where = { vaultId, jobId: 'j' };
  expect(readInstanceStarter.readRefusal?.(failure, 403, where)).toEqual({ kind: 'done', result: {} });
  const body = { properties: { isUserTriggered: false } };
  expect(readInstanceStarter.read(reply(body), where, context)).toEqual({
    kind: 'done',
    result: { startedBy: 'policy' },
  });
});

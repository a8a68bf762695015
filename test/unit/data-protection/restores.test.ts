import { describe, expect, test } from 'vitest';
import {
  chooseInstancePoint,
  restoreInstance,
  rolesToRestore,
  validateRestore,
} from '../../../src/data-protection/restores.ts';

const group = '/subscriptions/88888888-0000-4000-8000-000000000000/resourceGroups/rg';
const instanceId = `${group}/providers/Microsoft.DataProtection/backupVaults/vault/backupInstances/disk-disk-1`;
const diskId = `${group}/providers/Microsoft.Compute/disks/restored`;
const accountId = `${group}/providers/Microsoft.Storage/storageAccounts/target`;
const order = { instanceId, pointName: 'point-1', targetId: diskId, region: 'centraluseuap' };

/** As recorded from azure-cli in November 2025, but for the spelling of `resourceID`, which is the specification's. */
const recordedDiskBody = {
  objectType: 'AzureBackupRecoveryPointBasedRestoreRequest',
  recoveryPointId: 'point-1',
  restoreTargetInfo: {
    datasourceInfo: {
      datasourceType: 'Microsoft.Compute/disks',
      objectType: 'Datasource',
      resourceID: diskId,
      resourceLocation: 'centraluseuap',
      resourceName: 'restored',
      resourceType: 'Microsoft.Compute/disks',
      resourceUri: diskId,
    },
    objectType: 'RestoreTargetInfo',
    recoveryOption: 'FailIfExists',
    restoreLocation: 'centraluseuap',
  },
  sourceDataStoreType: 'OperationalStore',
};

test('the restore of a disk is asked for as recorded; validating wraps it', () => {
  expect(restoreInstance.describe(order)).toMatchObject({ method: 'POST', body: recordedDiskBody });
  expect(validateRestore.describe(order)).toMatchObject({
    body: { restoreRequestObject: recordedDiskBody },
  });
});

test('containers are asked for as recorded, the account as source and as set', () => {
  const source = {
    datasourceType: 'Microsoft.Storage/storageAccounts/blobServices',
    resourceID: accountId,
    resourceLocation: 'centraluseuap',
    resourceName: 'target',
    resourceType: 'Microsoft.Storage/storageAccounts',
    resourceUri: accountId,
  };
  const { body } = restoreInstance.describe({ ...order, targetId: accountId, containers: ['container1'] });
  expect(body).toEqual({
    objectType: 'AzureBackupRecoveryPointBasedRestoreRequest',
    recoveryPointId: 'point-1',
    restoreTargetInfo: {
      datasourceInfo: { ...source, objectType: 'Datasource' },
      datasourceSetInfo: { ...source, objectType: 'DatasourceSet' },
      objectType: 'ItemLevelRestoreTargetInfo',
      recoveryOption: 'FailIfExists',
      restoreCriteria: [
        {
          isPathRelativeToBackupItem: true,
          itemPath: 'container1',
          objectType: 'ItemPathBasedRestoreCriteria',
        },
      ],
      restoreLocation: 'centraluseuap',
    },
    sourceDataStoreType: 'VaultStore',
  });
});

const context = {
  now: new Date('2025-11-04T09:00:00Z'),
  attemptId: 'a28e11e8-b95b-11f0-b776-7c1e527c42f2',
  ...{ sentAt: '2025-11-04T08:52:46.000Z', waitSeconds: 30, stepId: '07' },
  firstAt: '2025-11-04T08:52:46.000Z',
};
const reply = (body: object) => ({ status: 200, headers: {}, body: body as never });

test('a point is chosen by the store that holds it, as the list was recorded', () => {
  const row = (name: string, time: string, type: string) => ({
    id: `${instanceId}/recoveryPoints/${name}`,
    name,
    properties: {
      objectType: 'AzureBackupDiscreteRecoveryPoint',
      recoveryPointId: name,
      recoveryPointTime: time,
      recoveryPointType: 'Incremental',
      recoveryPointDataStoresDetails: [{ type, expiryTime: '2025-11-10T12:01:49.6433215Z' }],
    },
  });
  const value = [
    row('other-01', '2025-11-03T12:02:57.8579416Z', 'OperationalStore'),
    row('other-02', '2025-11-03T18:02:57.8579416Z', 'ArchiveStore'),
  ];
  const wish = {
    ...{ instanceId, choose: 'latest' as const, seed: 's', store: 'OperationalStore' },
    notBefore: '2025-10-05T00:00:00.000Z',
    notAfter: '2025-11-04T09:00:00.000Z',
  } as const;
  expect(chooseInstancePoint.read(reply({ value }), wish, context)).toMatchObject({
    kind: 'done',
    result: { chosen: { name: 'other-01', at: '2025-11-03T12:02:57.857Z' }, eligible: 1, passedOver: 1 },
  });
});

describe('after a doubt about a restore', () => {
  const attempts = {
    attemptIds: ['a28e11e8-b95b-11f0-b776-7c1e527c42f2'],
    firstClaimAt: '2025-11-04T08:52:46.000Z',
    lastSendBy: '2025-11-04T08:53:46.000Z',
    joinForeign: false,
    isSettled: true,
  };
  const job = (operation: string, activityID: string) => ({
    id: `${instanceId.replace(/\/backupInstances.*/, '')}/backupJobs/3a4189d7`,
    properties: {
      ...{ operation, activityID, backupInstanceId: instanceId, status: 'InProgress' },
      ...{ isUserTriggered: true, startTime: '2025-11-04T08:52:47.5365252Z' },
    },
  });
  const look = (rows: readonly object[], joinForeign = false) =>
    restoreInstance.repeat !== 'safe' &&
    restoreInstance.repeat.findEarlier(reply({ value: rows }), order, { ...attempts, joinForeign });

  test('its job is ours, by its activity id or by what it is', () => {
    expect(look([job('Restore', attempts.attemptIds[0] ?? '')])).toMatchObject({ kind: 'ours' });
    expect(look([job('Restore', '11111111-2222-1333-8444-555555555555')])).toMatchObject({ kind: 'ours' });
  });

  test('a backup of the same time is none of ours, and a foreign restore is not taken for it', () => {
    expect(look([job('Backup', '11111111-2222-1333-8444-555555555555')])).toMatchObject({ kind: 'absent' });
    expect(look([job('Restore', '11111111-2222-1333-8444-555555555555')], true)).toMatchObject({
      kind: 'unproven',
      failure: { code: 'RestoreInProgress' },
    });
  });
});

describe('a restore', () => {
  const handle = {
    ...{ service: 'dataProtection', operation: 'Restore', itemId: instanceId },
    vaultId: instanceId.replace(/\/backupInstances.*/, ''),
    ...{ stepId: '07', attemptId: context.attemptId, sentAt: context.sentAt, waitSeconds: 30 },
  };
  const identity = '/subscriptions/1/identities/i';

  test('accepted gives a handle by which it is followed', () => {
    expect(restoreInstance.read(reply({}), order, context)).toEqual({ kind: 'done', result: handle });
    const told = { operationId: 'o', otherSentBy: 'before' };
    expect(restoreInstance.read(reply({ jobId: '/j' }), order, { ...context, ...told })).toEqual({
      kind: 'done',
      result: { ...handle, ...told, jobId: '/j' },
    });
  });

  test('in doubt is followed by its job', () => {
    const { repeat } = restoreInstance;
    if (repeat === 'safe') throw new Error('A restore must look first.');
    const attempts = {
      attemptIds: ['a', 'b'],
      ...{ firstClaimAt: '2025-11-04T08:52:46.000Z', lastSendBy: '2025-11-04T08:53:46.000Z' },
      joinForeign: false,
      isSettled: true,
    };
    const job = (startTime: string | null) => ({
      id: '/jobs/1',
      properties: { operation: 'Restore', activityID: 'A', backupInstanceId: instanceId, startTime },
    });
    const found = { ...handle, stepId: '', attemptId: 'b', jobId: '/jobs/1' };
    expect(repeat.findEarlier(reply({ value: [job('2025-11-04T08:52:50Z')] }), order, attempts)).toEqual({
      kind: 'ours',
      result: { ...found, sentAt: '2025-11-04T08:52:50.000Z' },
    });
    expect(repeat.findEarlier(reply({ value: [job(null)] }), order, attempts)).toEqual({
      kind: 'ours',
      result: { ...found, sentAt: '2025-11-04T08:52:46.000Z' },
    });
  });

  test('by an identity that was given to the vault says so', () => {
    expect(restoreInstance.describe({ ...order, userAssignedIdentityId: identity }).body).toEqual({
      ...recordedDiskBody,
      identityDetails: { useSystemAssignedIdentity: false, userAssignedIdentityArmUrl: identity },
    });
    expect(restoreInstance.describe(order).body).toEqual(recordedDiskBody);
  });

  test('of several containers names each', () => {
    const { body } = restoreInstance.describe({ ...order, targetId: accountId, containers: ['a', 'b'] });
    const { restoreCriteria } = (body as { restoreTargetInfo: { restoreCriteria: { itemPath: string }[] } })
      .restoreTargetInfo;
    expect(restoreCriteria.map(({ itemPath }) => itemPath)).toEqual(['a', 'b']);
  });
});

test('a point is named by its own id; one that is kept in several stores may be restored from each', () => {
  const row = {
    ...{ id: `${instanceId}/recoveryPoints/x`, name: 'x' },
    properties: {
      ...{ recoveryPointId: 'the-point', recoveryPointTime: '2025-11-03T12:02:57Z' },
      recoveryPointDataStoresDetails: [{ type: 'VaultStore' }, { type: 'OperationalStore' }],
    },
  };
  const wish = {
    ...{ instanceId, choose: 'latest' as const, seed: 's', store: 'OperationalStore' },
    ...{ notBefore: '2025-10-05T00:00:00.000Z', notAfter: '2025-11-04T09:00:00.000Z' },
  };
  expect(chooseInstancePoint.read(reply({ value: [row] }), wish, context)).toEqual({
    kind: 'done',
    result: {
      chosen: { id: `${instanceId}/recoveryPoints/x`, name: 'the-point', at: '2025-11-03T12:02:57.000Z' },
      ...{ eligible: 1, passedOver: 0 },
    },
  });
});

test('a restored disk needs a role at its group, a restored account one at itself', () => {
  expect(rolesToRestore(diskId)).toEqual([
    { role: 'Disk Restore Operator', roleId: 'b50d9833-a0cb-478e-945f-707fcc997c13', scope: group },
  ]);
  expect(rolesToRestore(accountId)).toEqual([
    {
      role: 'Storage Account Backup Contributor',
      roleId: 'e5e2a7ff-d759-4cd2-bb51-3152d37e2eb1',
      scope: accountId,
    },
  ]);
});

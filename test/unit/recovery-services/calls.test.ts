import { describe, expect, test } from 'vitest';
import type { ArmCall } from '../../../src/arm/call.ts';
import { followBackupOperation, type BackupHandle } from '../../../src/recovery-services/backup.ts';
import {
  findContainer,
  findProtectableContainer,
  inquireContainer,
  refreshContainers,
  registerContainer,
} from '../../../src/recovery-services/containers.ts';
import { deleteItem } from '../../../src/recovery-services/itemChanges.ts';
import { cancelJob, readJob, readStarter } from '../../../src/recovery-services/jobs.ts';
import {
  findItemById,
  findProtectedItem,
  readProtectedItem,
} from '../../../src/recovery-services/protectedItems.ts';
import { findRecoveryPoint } from '../../../src/recovery-services/recoveryPoints.ts';
import { readMachinePoint, validateMachineRestore } from '../../../src/recovery-services/restoreRequests.ts';
import {
  chooseItemPoint,
  readRestoreCounts,
  restoreMachine,
  restoreShare,
} from '../../../src/recovery-services/restores.ts';
import { recoveryServicesSteps } from '../../../src/recovery-services/steps.ts';
import {
  readBackupStatus,
  readPolicy,
  readVault,
  findProtectableShare,
  findProtectableVirtualMachine,
} from '../../../src/recovery-services/vaults.ts';
import { itemId, storageAccountId, vaultId } from './replies.ts';

const item = itemId('StorageContainer;storage;data;papers01', 'AzureFileShare;0a');
const vaults = 'Microsoft.RecoveryServices/vaults';
const containerName = 'StorageContainer;Storage;data;papers01';
const account = { vaultId, storageAccountId };
const container = { ...account, containerName };
const containerPath = `${vaultId}/backupFabrics/Azure/protectionContainers/${containerName}`;
const virtualMachineId = storageAccountId.replace(
  'Microsoft.Storage/storageAccounts',
  'Microsoft.Compute/virtualMachines',
);
const job = { vaultId, jobId: '0d0d', waitSeconds: 60 };
const itemPart = 'backupFabrics/protectionContainers/protectedItems';
const handle = { vaultId, itemId: item, operationId: '0e0e' } as BackupHandle;
const wish = {
  choose: 'latest',
  notBefore: '2026-08-01T00:00:00.000Z',
  notAfter: '2026-08-22T12:00:00.000Z',
  seed: 's',
} as const;

const machine = itemId('IaasVMContainer;iaasvmcontainerv2;apps;web', 'VM;iaasvmcontainerv2;apps;web');
const drillGroup = '/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/abd-1';
const disksBack = {
  ...{ itemId: machine, kind: 'virtualMachine' as const, friendlyName: 'web', region: 'westeurope' },
  ...{ pointId: `${machine}/recoveryPoints/112`, pointName: '112', machineId: virtualMachineId },
  ...{ groupId: drillGroup, stagingAccountId: storageAccountId },
} as const;
const disksBody = {
  objectType: 'IaasVMRestoreRequest',
  recoveryPointId: '112',
  recoveryType: 'RestoreDisks',
  sourceResourceId: virtualMachineId,
  targetResourceGroupId: drillGroup,
  storageAccountId,
  region: 'westeurope',
  createNewCloudService: false,
  originalStorageAccountOption: false,
};

/** Method, action without the provider, path, query or body: the api-version is that of backups. */
const calls: [string, () => ArmCall, string, string, string, Partial<ArmCall>?][] = [
  [
    'a policy',
    () => readPolicy.describe({ policyId: `${vaultId}/backupPolicies/daily` }),
    'GET',
    `${vaults}/backupPolicies/read`,
    `${vaultId}/backupPolicies/daily`,
  ],
  [
    'a registered account',
    () => findContainer.describe(account),
    'GET',
    `${vaults}/backupProtectionContainers/read`,
    `${vaultId}/backupProtectionContainers`,
    { query: { $filter: "backupManagementType eq 'AzureStorage' and status eq 'Registered'" } },
  ],
  [
    'an account that discovery found',
    () => findProtectableContainer.describe(account),
    'GET',
    `${vaults}/backupFabrics/protectableContainers/read`,
    `${vaultId}/backupFabrics/Azure/protectableContainers`,
    { query: { $filter: "backupManagementType eq 'AzureStorage'" } },
  ],
  [
    'a discovery',
    () => refreshContainers.describe({ vaultId, backupManagementType: 'AzureIaasVM' }),
    'POST',
    `${vaults}/backupFabrics/refreshContainers/action`,
    `${vaultId}/backupFabrics/Azure/refreshContainers`,
    { query: { $filter: "backupManagementType eq 'AzureIaasVM'" } },
  ],
  [
    'an inquiry',
    () => inquireContainer.describe(container),
    'POST',
    `${vaults}/backupFabrics/protectionContainers/inquire/action`,
    `${containerPath}/inquire`,
    { query: { $filter: "workloadType eq 'AzureFileShare'" } },
  ],
  [
    'a registration',
    () => registerContainer.describe(container),
    'PUT',
    `${vaults}/backupFabrics/protectionContainers/write`,
    containerPath,
    {
      body: {
        properties: {
          containerType: 'StorageContainer',
          backupManagementType: 'AzureStorage',
          sourceResourceId: storageAccountId,
        },
      },
    },
  ],
  [
    'shares that may be protected',
    () => findProtectableShare.describe({ ...account, share: 'docs' }),
    'GET',
    `${vaults}/backupProtectableItems/read`,
    `${vaultId}/backupProtectableItems`,
    { query: { $filter: "backupManagementType eq 'AzureStorage' and workloadType eq 'AzureFileShare'" } },
  ],
  [
    'machines that may be protected',
    () => findProtectableVirtualMachine.describe({ vaultId, virtualMachineId }),
    'GET',
    `${vaults}/backupProtectableItems/read`,
    `${vaultId}/backupProtectableItems`,
    { query: { $filter: "backupManagementType eq 'AzureIaasVM'" } },
  ],
  [
    'protected shares',
    () => findProtectedItem.describe({ ...account, kind: 'fileShare', share: 'docs' }),
    'GET',
    `${vaults}/backupProtectedItems/read`,
    `${vaultId}/backupProtectedItems`,
    { query: { $filter: "backupManagementType eq 'AzureStorage' and itemType eq 'AzureFileShare'" } },
  ],
  [
    'protected machines',
    () => findProtectedItem.describe({ vaultId, kind: 'virtualMachine', virtualMachineId }),
    'GET',
    `${vaults}/backupProtectedItems/read`,
    `${vaultId}/backupProtectedItems`,
    { query: { $filter: "backupManagementType eq 'AzureIaasVM' and itemType eq 'VM'" } },
  ],
  [
    'protected databases, of every type',
    () => findItemById.describe({ itemId: item, kind: 'workload' }),
    'GET',
    `${vaults}/backupProtectedItems/read`,
    `${vaultId}/backupProtectedItems`,
    { query: { $filter: "backupManagementType eq 'AzureWorkload'" } },
  ],
  ['an item', () => readProtectedItem.describe({ itemId: item }), 'GET', `${vaults}/${itemPart}/read`, item],
  [
    'the deletion of an item',
    () => deleteItem.describe({ itemId: item }),
    'DELETE',
    `${vaults}/${itemPart}/delete`,
    item,
  ],
  [
    'the operation of a backup',
    () => followBackupOperation.describe(handle),
    'GET',
    `${vaults}/backupOperations/read`,
    `${vaultId}/backupOperations/0e0e`,
  ],
  ['a job', () => readJob.describe(job), 'GET', `${vaults}/backupJobs/read`, `${vaultId}/backupJobs/0d0d`],
  [
    'the starter of a job',
    () => readStarter.describe(job),
    'GET',
    `${vaults}/backupJobs/read`,
    `${vaultId}/backupJobs/0d0d`,
  ],
  [
    'what a restore counted',
    () => readRestoreCounts.describe(job),
    'GET',
    `${vaults}/backupJobs/read`,
    `${vaultId}/backupJobs/0d0d`,
  ],
  [
    'the end of a job',
    () => cancelJob.describe(job),
    'POST',
    `${vaults}/backupJobs/cancel/action`,
    `${vaultId}/backupJobs/0d0d/cancel`,
  ],
  [
    'the points of an hour before a job to an hour after',
    () =>
      findRecoveryPoint.describe({
        itemId: item,
        startedAt: '2026-08-22T02:00:00Z',
        endedAt: '2026-08-22T13:30:00Z',
      }),
    'GET',
    `${vaults}/${itemPart}/recoveryPoints/read`,
    `${item}/recoveryPoints`,
    { query: { $filter: "startDate eq '2026-08-22 01:00:00 AM' and endDate eq '2026-08-22 02:30:00 PM'" } },
  ],
  [
    'the points of a span, and of an hour after it',
    () => chooseItemPoint.describe({ itemId: item, ...wish }),
    'GET',
    `${vaults}/${itemPart}/recoveryPoints/read`,
    `${item}/recoveryPoints`,
    { query: { $filter: "startDate eq '2026-08-01 12:00:00 AM' and endDate eq '2026-08-22 01:00:00 PM'" } },
  ],
  [
    'a restore',
    () =>
      restoreShare.describe({
        ...{ itemId: item, kind: 'fileShare', friendlyName: 'docs', pointId: `${item}/recoveryPoints/673` },
        ...{
          sourceAccountId: storageAccountId,
          targetAccountId: `${storageAccountId}2`,
          targetShare: 'back',
        },
      }),
    'POST',
    `${vaults}/${itemPart}/recoveryPoints/restore/action`,
    `${item}/recoveryPoints/673/restore`,
    {
      body: {
        properties: {
          objectType: 'AzureFileShareRestoreRequest',
          recoveryType: 'AlternateLocation',
          restoreRequestType: 'FullShareRestore',
          copyOptions: 'Overwrite',
          sourceResourceId: storageAccountId,
          targetDetails: { name: 'back', targetResourceId: `${storageAccountId}2` },
        },
      },
    },
  ],
  [
    'a restore of disks',
    () => restoreMachine.describe(disksBack),
    'POST',
    `${vaults}/${itemPart}/recoveryPoints/restore/action`,
    `${machine}/recoveryPoints/112/restore`,
    { body: { properties: disksBody } },
  ],
  [
    'a restore of the disk with the operating system, under a Resource Guard, of disks with private access',
    () =>
      restoreMachine.describe({
        ...disksBack,
        luns: [-1],
        hasPrivateDisks: true,
        guardRequests: ['/guard/r/default'],
      }),
    'POST',
    `${vaults}/${itemPart}/recoveryPoints/restore/action`,
    `${machine}/recoveryPoints/112/restore`,
    {
      body: {
        properties: {
          ...disksBody,
          restoreDiskLunList: [-1],
          targetDiskNetworkAccessSettings: { targetDiskNetworkAccessOption: 'SameAsOnSourceDisks' },
          resourceGuardOperationRequests: ['/guard/r/default'],
        },
      },
    },
  ],
  [
    'the validation of such a restore',
    () => validateMachineRestore.describe(disksBack),
    'POST',
    `${vaults}/backupTriggerValidateOperation/action`,
    `${vaultId}/backupTriggerValidateOperation`,
    {
      body: {
        id: `${machine}/recoveryPoints/112`,
        properties: { objectType: 'ValidateIaasVMRestoreOperationRequest', restoreRequest: disksBody },
      },
    },
  ],
  [
    'a point of a machine',
    () => readMachinePoint.describe({ pointId: `${machine}/recoveryPoints/112` }),
    'GET',
    `${vaults}/${itemPart}/recoveryPoints/read`,
    `${machine}/recoveryPoints/112`,
  ],
  [
    'which vault protects a machine',
    () => readBackupStatus.describe({ resourceId: virtualMachineId, region: 'westeurope' }),
    'POST',
    'Microsoft.RecoveryServices/locations/backupStatus/action',
    '/subscriptions/11111111-2222-4333-8444-555555555555/providers/Microsoft.RecoveryServices/locations/westeurope/backupStatus',
    { body: { resourceType: 'VM', resourceId: virtualMachineId } },
  ],
];

describe('is asked for with one request', () => {
  test.each(calls)('%s', (_what, call, method, action, path, more) => {
    expect(call()).toEqual(Object.assign({ method, action, path, apiVersion: '2025-08-01' }, more));
  });

  test('a vault, which has a version of its own', () => {
    expect(readVault.describe({ vaultId })).toEqual({
      action: 'Microsoft.RecoveryServices/vaults/read',
      method: 'GET',
      path: vaultId,
      apiVersion: '2024-04-01',
    });
  });
});

describe('the version that knows identities beside keys', () => {
  test('is asked for where the access is', () => {
    expect(findContainer.describe({ ...account, withAccess: true }).apiVersion).toBe('2026-07-01');
    expect(registerContainer.describe({ ...container, access: 'keys' }).apiVersion).toBe('2026-07-01');
  });

  test.each([
    ['keys', { accessType: 'KeyBased' }],
    ['systemAssigned', { accessType: 'IdentityBased', identityInfo: { isSystemAssignedIdentity: true } }],
    [
      '/subscriptions/1/identities/i',
      {
        accessType: 'IdentityBased',
        identityInfo: {
          isSystemAssignedIdentity: false,
          managedIdentityResourceId: '/subscriptions/1/identities/i',
        },
      },
    ],
  ])('registers with %s', (access, fields) => {
    expect(registerContainer.describe({ ...container, access, lock: true }).body).toEqual({
      properties: {
        containerType: 'StorageContainer',
        backupManagementType: 'AzureStorage',
        sourceResourceId: storageAccountId,
        acquireStorageAccountLock: 'Acquire',
        ...fields,
      },
    });
  });
});

describe('without its poll URL an operation is read at the place that Azure documents', () => {
  const operationPath = `${vaultId}/backupFabrics/Azure/operationResults/0e0e`;
  test.each([
    [
      'a discovery',
      () =>
        refreshContainers.longRunning?.unsigned?.({ vaultId, backupManagementType: 'AzureStorage' }, '0e0e'),
      'backupFabrics/operationResults/read',
      operationPath,
    ],
    [
      'a registration',
      () => registerContainer.longRunning?.unsigned?.(container, '0e0e'),
      'backupFabrics/protectionContainers/operationResults/read',
      `${containerPath}/operationResults/0e0e`,
    ],
    [
      'an inquiry',
      () => inquireContainer.longRunning?.unsigned?.(container, '0e0e'),
      'backupFabrics/protectionContainers/operationResults/read',
      `${containerPath}/operationResults/0e0e`,
    ],
    [
      'a deletion',
      () => deleteItem.longRunning?.unsigned?.({ itemId: item }, '0e0e'),
      'backupOperations/read',
      `${vaultId}/backupOperations/0e0e`,
    ],
    [
      'a backup',
      () => followBackupOperation.longRunning?.unsigned?.(handle, '0e0e'),
      'backupOperations/read',
      `${vaultId}/backupOperations/0e0e`,
    ],
  ])('%s', (_what, call, action, path) => {
    expect(call()).toEqual({ method: 'GET', action: `${vaults}/${action}`, path, apiVersion: '2025-08-01' });
  });
});

/** Steps by what is true of them. */
const namesWhere = (isSo: (step: (typeof recoveryServicesSteps)[number]) => boolean): readonly string[] =>
  recoveryServicesSteps.filter(isSo).map(({ name }) => name.replace('recoveryServices.', ''));

describe('the validation of a restore', () => {
  const findings = [{ code: 'UserErrorX', message: 'Not there.' }];
  const read = (body: object) =>
    validateMachineRestore.read({ status: 200, headers: {}, body: body as never }, disksBack, {} as never);

  test('tells what its status document holds, and what its result holds alone', () => {
    const validateOperationResponse = { validationResults: findings };
    const properties = {
      objectType: 'OperationStatusValidateOperationExtendedInfo',
      validateOperationResponse,
    };
    expect(read({ status: 'Succeeded', properties })).toEqual({ kind: 'done', result: { findings } });
    expect(read({ validateOperationResponse })).toEqual({ kind: 'done', result: { findings } });
  });

  test('finds nothing where the service lists nothing', () => {
    expect(read({ status: 'Succeeded', properties: { validateOperationResponse: {} } })).toEqual({
      kind: 'done',
      result: { findings: [] },
    });
  });
});

test('a point says which disks it holds; one that lists none leaves that open', () => {
  const read = (properties: object) =>
    readMachinePoint.read(
      { status: 200, headers: {}, body: { properties } as never },
      { pointId: 'p' },
      {} as never,
    );
  const recoveryPointDiskConfiguration = {
    includedDiskList: [
      { lun: -1, name: 'os' },
      { lun: 3, name: 'data' },
    ],
  };
  expect(
    read({
      isManagedVirtualMachine: true,
      isPrivateAccessEnabledOnAnyDisk: true,
      recoveryPointDiskConfiguration,
    }),
  ).toMatchObject({
    result: {
      isManaged: true,
      hasPrivateDisks: true,
      disks: [
        { lun: -1, name: 'os' },
        { lun: 3, name: 'data' },
      ],
    },
  });
  expect(read({ isManagedVirtualMachine: false })).toEqual({
    kind: 'done',
    result: { isManaged: false, hasPrivateDisks: false, isEncrypted: false },
  });
});

describe('of the steps', () => {
  test('those that start a job, cancel or delete are looked for before they are sent again', () => {
    expect(namesWhere(({ repeat }) => repeat !== 'safe')).toEqual([
      'backUpNow',
      'cancelJob',
      'deleteItem',
      'restoreMachine',
      'restoreShare',
    ]);
  });

  test('what is done at its acceptance is a start or a cancellation: the job tells the rest', () => {
    expect(namesWhere(({ longRunning }) => longRunning?.endsAtAcceptance === true)).toEqual([
      'backUpNow',
      'cancelJob',
      'restoreMachine',
      'restoreShare',
    ]);
  });

  test('lists are read to their last page', () => {
    expect(namesWhere(({ pages }) => pages === true)).toEqual([
      'choosePoint',
      'findContainer',
      'findItemById',
      'findProtectableContainer',
      'findProtectableShare',
      'findProtectableVirtualMachine',
      'findProtectedItem',
      'findRecoveryPoint',
      'findRestoreGuard',
    ]);
  });

  test('what tells how a run that is cancelled has ended goes on after the cancel', () => {
    expect(namesWhere(({ goesOnAfterCancel }) => goesOnAfterCancel === true)).toEqual([
      'cancelJob',
      'findItemById',
      'findRecoveryPoint',
      'followBackupOperation',
      'readRestoreCounts',
      'readStarter',
    ]);
  });

  test('the result is followed of what acts on a container, the status of what acts on an item', () => {
    expect(namesWhere(({ longRunning }) => longRunning?.follow === 'result')).toEqual([
      'cancelJob',
      'inquireContainer',
      'refreshContainers',
      'registerContainer',
    ]);
    expect(namesWhere(({ longRunning }) => longRunning?.follow === 'status')).toEqual([
      'backUpNow',
      'deleteItem',
      'followBackupOperation',
      'protectItem',
      'restoreMachine',
      'restoreShare',
      'stopProtection',
      'undeleteItem',
      'validateMachineRestore',
    ]);
  });

  test('a request that writes holds its item, a discovery the fabric of the vault', () => {
    const held = namesWhere(({ itemOf }) => itemOf !== undefined);
    expect(held).toEqual([
      'backUpNow',
      'deleteItem',
      'inquireContainer',
      'protectItem',
      'refreshContainers',
      'registerContainer',
      'restoreMachine',
      'restoreShare',
      'stopProtection',
      'undeleteItem',
    ]);
    expect(refreshContainers.itemOf?.({ vaultId, backupManagementType: 'AzureStorage' })).toBe(
      `${vaultId}/backupFabrics/Azure`,
    );
    expect(registerContainer.itemOf?.(container)).toBe(containerPath);
    expect(inquireContainer.itemOf?.(container)).toBe(containerPath);
    expect(deleteItem.itemOf?.({ itemId: item })).toBe(item);
  });

  test('a start may be parked for 26 hours, over the turn of the service’s day; a job is read for a day', () => {
    const seconds = (wanted: number) => namesWhere(({ giveUpAfterSeconds }) => giveUpAfterSeconds === wanted);
    expect(seconds(26 * 3600)).toEqual(['backUpNow', 'restoreMachine', 'restoreShare']);
    expect(seconds(24 * 3600)).toEqual(['readJob']);
    expect(seconds(1200)).toEqual(['registerContainer']);
    expect(seconds(900)).toEqual(['awaitProtected', 'cancelJob']);
    expect(seconds(600)).toEqual(['followBackupOperation', 'inquireContainer', 'refreshContainers']);
    expect(seconds(300)).toEqual(['awaitStanding', 'readStarter']);
    expect(seconds(1800)).toEqual(['findRestoreGuard']);
    expect(seconds(3600)).toHaveLength(recoveryServicesSteps.length - 13);
  });

  test('an operation is polled each minute where the service names no wait, a restore each half', () => {
    const seconds = (wanted: number) =>
      namesWhere(({ longRunning }) => longRunning?.defaultWaitSeconds === wanted);
    expect(seconds(30)).toEqual(['restoreMachine', 'restoreShare', 'validateMachineRestore']);
    expect(seconds(60)).toHaveLength(10);
  });
});

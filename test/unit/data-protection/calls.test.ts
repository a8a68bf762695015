import { describe, expect, test } from 'vitest';
import type { ArmCall } from '../../../src/arm/call.ts';
import {
  backUpInstance,
  followInstanceBackup,
  readInstanceStarter,
  type InstanceBackupHandle,
} from '../../../src/data-protection/backup.ts';
import {
  awaitDeleted,
  deleteInstance,
  findDeletedInstance,
  findDeletedInstancesOf,
  undeleteInstance,
} from '../../../src/data-protection/deletion.ts';
import {
  changeInstance,
  configureAlone,
  configureProtection,
  resumeProtection,
  stopProtection,
  suspendBackups,
  syncInstance,
  validateForBackup,
} from '../../../src/data-protection/instanceChanges.ts';
import {
  findInstance,
  findInstanceContent,
  findInstancesBySource,
  findInstancesOf,
} from '../../../src/data-protection/instances.ts';
import { findInstanceRecoveryPoint } from '../../../src/data-protection/recoveryPoints.ts';
import {
  chooseInstancePoint,
  restoreInstance,
  validateRestore,
} from '../../../src/data-protection/restores.ts';
import { dataProtectionSteps } from '../../../src/data-protection/steps.ts';
import { getBackupPolicy, getBackupVault } from '../../../src/data-protection/vaults.ts';
import { diskId, instanceId, policyId, vaultId } from './replies.ts';

const vaults = 'Microsoft.DataProtection/backupVaults';
const handle = { vaultId, itemId: instanceId, operationId: 'Zm9v' } as InstanceBackupHandle;
const disk = {
  ...{ vaultId, kind: 'disk', resourceId: diskId, resourceName: 'ledger', location: 'westeurope', policyId },
} as Parameters<typeof configureProtection.describe>[0];
const wish = { choose: 'latest', notBefore: '', notAfter: '', seed: 's' } as const;
const order = { instanceId, pointName: 'p', targetId: diskId, region: 'westeurope' };
const earlier = { attemptIds: [], firstClaimAt: '', lastSendBy: '', joinForeign: false, isSettled: true };

/** Method, action, path. */
const calls: readonly (readonly [string, () => ArmCall, string, string, string])[] = [
  ['a vault', () => getBackupVault.describe({ vaultId }), 'GET', `${vaults}/read`, vaultId],
  [
    'a policy',
    () => getBackupPolicy.describe({ policyId }),
    'GET',
    `${vaults}/backupPolicies/read`,
    policyId,
  ],
  [
    'an instance',
    () => findInstance.describe({ instanceId }),
    'GET',
    `${vaults}/backupInstances/read`,
    instanceId,
  ],
  [
    'an instance with its content',
    () => findInstanceContent.describe({ instanceId }),
    'GET',
    `${vaults}/backupInstances/read`,
    instanceId,
  ],
  [
    'an instance that is deleted',
    () => awaitDeleted.describe({ instanceId, waitSeconds: 30 }),
    'GET',
    `${vaults}/backupInstances/read`,
    instanceId,
  ],
  [
    'the instances of a vault',
    () => findInstancesOf.describe({ vaultId, resourceId: diskId }),
    'GET',
    `${vaults}/backupInstances/read`,
    `${vaultId}/backupInstances`,
  ],
  [
    'the instances of a resource',
    () => findInstancesBySource.describe({ resourceId: diskId }),
    'GET',
    'Microsoft.DataProtection/backupInstances/read',
    `${diskId}/providers/Microsoft.DataProtection/backupInstances`,
  ],
  [
    'what soft delete keeps of an instance',
    () => findDeletedInstance.describe({ instanceId }),
    'GET',
    `${vaults}/deletedBackupInstances/read`,
    `${vaultId}/deletedBackupInstances/ledger-1`,
  ],
  [
    'what soft delete keeps of a resource',
    () => findDeletedInstancesOf.describe({ vaultId, resourceId: diskId }),
    'GET',
    `${vaults}/deletedBackupInstances/read`,
    `${vaultId}/deletedBackupInstances`,
  ],
  [
    'the return of an instance',
    () => undeleteInstance.describe({ instanceId }),
    'POST',
    `${vaults}/deletedBackupInstances/undelete/action`,
    `${vaultId}/deletedBackupInstances/ledger-1/undelete`,
  ],
  [
    'the deletion of an instance',
    () => deleteInstance.describe({ instanceId }),
    'DELETE',
    `${vaults}/backupInstances/delete`,
    instanceId,
  ],
  ...(
    [
      ['a stop', stopProtection, 'stopProtection'],
      ['a suspension', suspendBackups, 'suspendBackups'],
      ['a resumption', resumeProtection, 'resumeProtection'],
    ] as const
  ).map(
    ([what, step, verb]) =>
      [
        what,
        () => step.describe({ instanceId }),
        'POST',
        `${vaults}/backupInstances/${verb}/action`,
        `${instanceId}/${verb}`,
      ] as const,
  ),
  [
    'the operation of a backup',
    () => followInstanceBackup.describe(handle),
    'GET',
    `${vaults}/operationStatus/read`,
    `${vaultId}/operationStatus/Zm9v`,
  ],
  [
    'the starter of a job',
    () => readInstanceStarter.describe({ vaultId, jobId: '7f0a' }),
    'GET',
    `${vaults}/backupJobs/read`,
    `${vaultId}/backupJobs/7f0a`,
  ],
  [
    'the points of an instance',
    () => findInstanceRecoveryPoint.describe({ instanceId, since: '', until: '' }),
    'GET',
    `${vaults}/backupInstances/recoveryPoints/read`,
    `${instanceId}/recoveryPoints`,
  ],
  [
    'the points to choose from',
    () => chooseInstancePoint.describe({ instanceId, ...wish }),
    'GET',
    `${vaults}/backupInstances/recoveryPoints/read`,
    `${instanceId}/recoveryPoints`,
  ],
];

describe('is asked for with one request', () => {
  test.each(calls)('%s', (_what, call, method, action, path) => {
    expect(call()).toEqual({ method, action, path, apiVersion: '2025-07-01' });
  });

  test.each([
    [
      'a validation',
      () => validateForBackup.describe(disk),
      'POST',
      'validateForBackup/action',
      `${vaultId}/validateForBackup`,
    ],
    [
      'a protection',
      () => configureProtection.describe({ ...disk, instanceId }),
      'PUT',
      'backupInstances/write',
      instanceId,
    ],
    [
      'a change',
      () => changeInstance.describe({ instanceId, properties: { a: 1 } }),
      'PUT',
      'backupInstances/write',
      instanceId,
    ],
    [
      'another look at an instance in error',
      () => syncInstance.describe({ instanceId }),
      'POST',
      'backupInstances/sync/action',
      `${instanceId}/sync`,
    ],
    [
      'a restore',
      () => restoreInstance.describe(order),
      'POST',
      'backupInstances/restore/action',
      `${instanceId}/restore`,
    ],
    [
      'the validation of a restore',
      () => validateRestore.describe(order),
      'POST',
      'backupInstances/validateRestore/action',
      `${instanceId}/validateRestore`,
    ],
  ])('%s, with a body', (_what, call, method, action, path) => {
    const { body, ...head } = call();
    expect(head).toEqual({ method, action: `${vaults}/${action}`, path, apiVersion: '2025-07-01' });
    expect(body).toBeTypeOf('object');
  });
});

describe('a change', () => {
  test('writes all of the instance', () => {
    expect(changeInstance.describe({ instanceId, properties: { a: 1 } }).body).toEqual({
      properties: { a: 1 },
    });
  });

  test('with automatic protection asks for the version that knows it', () => {
    const parameters = { objectType: 'BlobBackupDatasourceParametersForAutoProtection' };
    const properties = { policyInfo: { policyParameters: { backupDatasourceParametersList: [parameters] } } };
    expect(changeInstance.describe({ instanceId, properties }).apiVersion).toBe('2026-03-01');
    const elsewhere = { policyInfo: {}, friendlyName: 'ForAutoProtection' };
    expect(changeInstance.describe({ instanceId, properties: elsewhere }).apiVersion).toBe('2025-07-01');
  });
});

/** Steps by what is true of them. */
const namesWhere = (isSo: (step: (typeof dataProtectionSteps)[number]) => boolean): readonly string[] =>
  dataProtectionSteps.filter(isSo).map(({ name }) => name.replace('dataProtection.', ''));

describe('of the steps', () => {
  test('those that start a job or delete are looked for before they are sent again', () => {
    expect(namesWhere(({ repeat }) => repeat !== 'safe')).toEqual([
      'backUpInstance',
      'deleteInstance',
      'restoreInstance',
    ]);
    const look = { action: `${vaults}/backupJobs/read`, path: `${vaultId}/backupJobs` };
    for (const { repeat } of [backUpInstance, restoreInstance])
      expect(repeat !== 'safe' && repeat.describeLook({ ...order, ruleName: 'r' }, earlier)).toMatchObject(
        look,
      );
    const { repeat } = deleteInstance;
    expect(repeat !== 'safe' && repeat.describeLook({ instanceId }, earlier)).toMatchObject({
      path: instanceId,
    });
  });

  test('what is done at its acceptance is a start: the job tells the rest', () => {
    expect(namesWhere(({ longRunning }) => longRunning?.endsAtAcceptance === true)).toEqual([
      'backUpInstance',
      'restoreInstance',
    ]);
  });

  test('operations are followed by their status, looked at as often as was recorded', () => {
    expect(
      namesWhere(({ longRunning }) => longRunning !== undefined && longRunning.follow !== 'status'),
    ).toEqual([]);
    const seconds = (wanted: number) =>
      namesWhere(({ longRunning }) => longRunning?.defaultWaitSeconds === wanted);
    expect(seconds(10)).toEqual(['validateRestore']);
    expect(seconds(15)).toEqual(['changeInstance', 'configureAlone', 'configureProtection']);
    expect(seconds(30)).toEqual([
      'backUpInstance',
      'deleteInstance',
      'followInstanceBackup',
      'restoreInstance',
      'validateForBackup',
    ]);
    expect(seconds(60)).toEqual([
      'resumeProtection',
      'stopProtection',
      'suspendBackups',
      'syncInstance',
      'undeleteInstance',
    ]);
  });

  test('lists are read to their last page', () => {
    expect(namesWhere(({ pages }) => pages === true)).toEqual([
      'choosePoint',
      'findDeletedInstancesOf',
      'findRecoveryPoint',
      'findRestoreGuard',
      'findInstancesBySource',
      'findInstancesOf',
    ]);
  });

  test('what tells how a run that is cancelled has ended goes on after the cancel', () => {
    expect(namesWhere(({ goesOnAfterCancel }) => goesOnAfterCancel === true)).toEqual([
      'findRecoveryPoint',
      'followInstanceBackup',
      'readStarter',
    ]);
  });

  test('what writes holds its instance; instances of one vault may be configured one at a time', () => {
    const held = new Set(
      dataProtectionSteps.flatMap(({ itemOf }) => itemOf?.({ ...disk, instanceId } as never) ?? []),
    );
    expect(held).toEqual(new Set([instanceId, `${vaultId}/backupInstances/onlyOneAtATime`]));
    expect(configureAlone.itemOf?.({ ...disk, instanceId })).toBe(
      `${vaultId}/backupInstances/onlyOneAtATime`,
    );
    expect(namesWhere(({ itemOf }) => itemOf === undefined)).toEqual([
      'awaitDeleted',
      'awaitProtection',
      'choosePoint',
      'findDeletedInstance',
      'findDeletedInstancesOf',
      'findInstance',
      'findInstanceContent',
      'findRecoveryPoint',
      'findRestoreGuard',
      'findInstancesBySource',
      'findInstancesOf',
      'followInstanceBackup',
      'getBackupPolicy',
      'getBackupVault',
      'readStarter',
      'validateForBackup',
      'validateRestore',
    ]);
  });

  test('a start may be parked for 26 hours, over the turn of the service’s day', () => {
    const seconds = (wanted: number) => namesWhere(({ giveUpAfterSeconds }) => giveUpAfterSeconds === wanted);
    expect(seconds(26 * 3600)).toEqual(['backUpInstance', 'restoreInstance']);
    expect(seconds(3600)).toEqual([
      'awaitDeleted',
      'changeInstance',
      'configureAlone',
      'configureProtection',
      'deleteInstance',
    ]);
    expect(seconds(600)).toEqual(['followInstanceBackup', 'validateForBackup']);
    expect(seconds(300)).toEqual(['readStarter']);
    expect(seconds(1800)).toHaveLength(dataProtectionSteps.length - 10);
  });
});

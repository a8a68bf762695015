import { describe, expect, test } from 'vitest';
import type { FaultRuleSeed } from '../../../local/arm-simulator/faults.ts';
import { eventListenersOf } from '../../../local/arm-simulator/resources/events/listeners.ts';
import type { WorldSeed } from '../../../local/arm-simulator/world.ts';
import {
  accountId,
  type Cloud,
  group,
  itemNamed,
  machineId,
  simulatedCloud,
  vaultId,
} from './simulated-cloud.ts';

const target = `${group}/providers/Microsoft.Storage/storageAccounts/acct2`;
const drills = `${group.replace(/rg1$/, 'drills')}`;
const newShare = `${target}/fileServices/default/shares/abd-1`;
const at = '2026-08-21T01:00:00Z';

const machine = {
  id: machineId,
  properties: {
    storageProfile: {
      osDisk: { name: 'vm1-os', diskSizeGB: 127 },
      dataDisks: [
        { lun: 0, name: 'vm1-data', diskSizeGB: 64 },
        { lun: 1, name: 'vm1-scratch', diskSizeGB: 32 },
      ],
    },
  },
};

interface Staging {
  readonly privateDisks?: boolean;
  readonly sku?: object;
  readonly location?: string;
}

interface Changes {
  readonly vault?: object;
  readonly privateDisks?: boolean | undefined;
  readonly target?: object;
  readonly limits?: object;
  readonly share?: object;
  readonly more?: Partial<WorldSeed>;
}

function world(changes: Changes = {}): WorldSeed {
  return {
    subscriptions: [
      { id: '22222222-2222-4222-8222-222222222222', resourceGroups: [{ name: 'rg1' }, { name: 'drills' }] },
    ],
    resources: [{ id: accountId, shares: ['docs'] }, { id: target, ...changes.target }, machine],
    recoveryServices: {
      limits: { ...changes.limits },
      vaults: [
        {
          id: vaultId,
          policies: [{ name: 'files' }],
          ...changes.vault,
          items: [
            {
              storageAccountId: accountId,
              share: 'docs',
              policy: 'files',
              recoveryPointTimes: [at],
              ...changes.share,
            },
            {
              virtualMachineId: machineId,
              policy: 'DefaultPolicy',
              recoveryPointTimes: [at],
              extendedProperties: {
                diskExclusionProperties: { diskLunList: [1], isInclusionList: false },
              },
            },
          ],
        },
      ],
      datasources: [
        { storageAccountId: accountId, share: 'docs', files: 6 },
        { virtualMachineId: machineId, privateDisks: changes.privateDisks ?? false },
      ],
    },
    ...changes.more,
  };
}

const fullShare = {
  objectType: 'AzureFileShareRestoreRequest',
  recoveryType: 'AlternateLocation',
  restoreRequestType: 'FullShareRestore',
  copyOptions: 'Overwrite',
  sourceResourceId: accountId,
  targetDetails: { name: 'abd-1', targetResourceId: target },
};

const someFiles = (...paths: string[]) => ({
  ...fullShare,
  restoreRequestType: 'ItemLevelRestore',
  restoreFileSpecs: paths.map((path) => ({ path, fileSpecType: 'File', targetFolderPath: 'folder1' })),
});

const disks = (more: object = {}) => ({
  objectType: 'IaasVMRestoreRequest',
  recoveryType: 'RestoreDisks',
  recoveryPointId: 'p',
  sourceResourceId: machineId,
  storageAccountId: target,
  targetResourceGroupId: drills,
  region: 'westeurope',
  createNewCloudService: false,
  originalStorageAccountOption: false,
  ...more,
});

async function pointOf(cloud: Cloud, friendlyName: string): Promise<string> {
  const { id } = await itemNamed(cloud, friendlyName);
  return (await cloud.get(`${id}/recoveryPoints`)).body.value[0]?.id ?? '';
}

const startRestore = async (cloud: Cloud, friendlyName: string, properties: object) =>
  cloud.send('POST', `${await pointOf(cloud, friendlyName)}/restore`, { properties });

async function jobOf(cloud: Cloud, started: { headers: Readonly<Record<string, string>> }) {
  cloud.wait(3000);
  const { body } = await cloud.get(started.headers['Azure-AsyncOperation'] ?? '');
  return { body, job: (await cloud.get(`${vaultId}/backupJobs/${body.properties.jobId}`)).body.properties };
}

async function restoredShare(cloud: Cloud, properties: object = fullShare) {
  await cloud.send('PUT', newShare, {});
  return jobOf(cloud, await startRestore(cloud, 'docs', properties));
}

const bagOf = (job: Record<string, unknown>) =>
  (job['extendedInfo'] as { propertyBag: Record<string, string> }).propertyBag;

const withFault = (fault: FaultRuleSeed['fault'], changes: Changes = {}) =>
  simulatedCloud({ world: world(changes), faults: [{ on: 'recoveryServices.restore', fault }] });

// Requests and jobs of rsv-files-restore (2025-05).
describe('restore of a share to another share', () => {
  test('answers 202, an operation with the id of its job, and counters at the end', async () => {
    const cloud = simulatedCloud({ world: world() });
    await cloud.send('PUT', newShare, {});
    const started = await startRestore(cloud, 'docs', fullShare);
    expect([started.status, started.headers['Retry-After']]).toEqual([202, '30']);
    const { body, job } = await jobOf(cloud, started);
    expect(body.properties.jobId).toBe((body as unknown as { id: string }).id);
    expect(job).toMatchObject({
      operation: 'Restore',
      status: 'Completed',
      storageAccountVersion: 'ClassicCompute',
      actionsInfo: ['Cancellable'],
    });
    expect(bagOf(job)).toEqual({
      'Source File Share Name': 'docs',
      'Source Storage Account Name': 'acct1',
      RestoreRecoveryPointTime: '8/21/2026 1:00:00 AM',
      'Target File Share Name': 'abd-1',
      'Target Storage Account Name': 'acct2',
      'Job Type': 'Recover to an alternate file share',
      RestoreDestination: 'acct2/abd-1/',
      'Data Transferred (in MB)': '0',
      'Number Of Restored Files': '6',
      'Number Of Skipped Files': '0',
      'Number Of Failed Files': '0',
    });
    expect(cloud.simulator.effects.count('restored', newShare)).toBe(1);
  });

  test('of two files counts two and names the folder', async () => {
    const { job } = await restoredShare(simulatedCloud({ world: world() }), someFiles('a', 'b'));
    expect(bagOf(job)).toMatchObject({
      'Number Of Restored Files': '2',
      RestoreDestination: 'acct2/abd-1/folder1',
    });
  });

  test.each([
    ['empty', ['0', '0']],
    ['corrupt', ['4', '2']],
  ] as const)('may come back %s', async (variant, counts) => {
    const { job } = await restoredShare(withFault({ kind: 'restored', variant }));
    const bag = bagOf(job);
    expect([bag['Number Of Restored Files'], bag['Number Of Failed Files']]).toEqual(counts);
  });

  test.each([
    ['a narrow copy scope', { properties: { allowedCopyScope: 'AAD' } }, 570_035],
    ['a firewall', { properties: { networkAcls: { defaultAction: 'Deny', bypass: 'None' } } }, 400_001],
    ['no account keys', { properties: { allowSharedKeyAccess: false } }, 400_001],
    ['another region', { location: 'northeurope' }, 400_001],
  ])('fails in its job with %s on the target account', async (_why, account, errorCode) => {
    const { job } = await restoredShare(simulatedCloud({ world: world({ target: account }) }));
    expect(job).toMatchObject({ status: 'Failed', errorDetails: [{ errorCode }] });
  });

  test('reaches an account without keys by an identity that has the role', async () => {
    const identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/files`;
    const principalId = '66666666-6666-4666-8666-666666666666';
    const role = { scope: target, role: 'Storage File Data Privileged Contributor', principalId };
    const changes = {
      target: { properties: { allowSharedKeyAccess: false } },
      vault: { userAssigned: [{ id: identity, principalId }] },
      more: { authorization: { assignments: [role] } },
    };
    const cloud = simulatedCloud({ world: world(changes) });
    await cloud.send('PUT', newShare, {});
    const started = await cloud.send(
      'POST',
      `${await pointOf(cloud, 'docs')}/restore?api-version=2026-07-01`,
      {
        properties: {
          ...fullShare,
          identityInfo: { isSystemAssignedIdentity: false, managedIdentityResourceId: identity },
        },
      },
    );
    expect((await jobOf(cloud, started)).job['status']).toBe('Completed');
  });

  test('fails when the share is not there, or when its job is made to', async () => {
    const without = simulatedCloud({ world: world() });
    expect((await jobOf(without, await startRestore(without, 'docs', fullShare))).job['status']).toBe(
      'Failed',
    );
    const { job } = await restoredShare(withFault({ kind: 'job', status: 'Failed', errorCode: 520_512 }));
    expect(job).toMatchObject({ status: 'Failed', errorDetails: [{ errorCode: 520_512 }] });
  });

  test('every poll may be lost although the files are there', async () => {
    const cloud = withFault({ kind: 'polls' });
    await cloud.send('PUT', newShare, {});
    const started = await startRestore(cloud, 'docs', fullShare);
    cloud.wait(600);
    expect((await cloud.get(started.headers['Azure-AsyncOperation'] ?? '')).status).toBe(500);
    expect(cloud.simulator.effects.count('restored')).toBe(1);
  });

  test('restores of a day are limited', async () => {
    const cloud = simulatedCloud({ world: world({ limits: { restoresPerFileShare: 1 } }) });
    expect((await startRestore(cloud, 'docs', fullShare)).status).toBe(202);
    const refused = await startRestore(cloud, 'docs', fullShare);
    expect([refused.status, refused.body.error.code]).toEqual([400, 'CloudDosAbsoluteLimitReached']);
  });

  test('a point that is gone is a 404, one in the archive needs rehydration', async () => {
    const cloud = simulatedCloud({ world: world() });
    const gone = (await pointOf(cloud, 'docs')).replace(/\d+$/, '1');
    const answer = await cloud.send('POST', `${gone}/restore`, { properties: fullShare });
    expect([answer.status, answer.body.error.code]).toEqual([404, 'UserErrorRecoveryPointNotFound']);
    const points = {
      recoveryPointTimes: [],
      recoveryPoints: [{ time: at, tiers: [{ type: 'ArchivedRP' }] }],
    };
    const archived = simulatedCloud({ world: world({ share: points }) });
    expect((await startRestore(archived, 'docs', fullShare)).status).toBe(400);
  });
});

// Requests and jobs of rsv-vm-restore-disks (2025-05).
describe('restore of the disks of a machine', () => {
  const listed = async (cloud: Cloud) => {
    const { body } = await cloud.get(`${drills}/providers/Microsoft.Compute/disks`);
    return body.value.map(({ name, properties }) => `${name} ${properties['diskSizeGB'] as number}`);
  };

  test('the point lists its disks, the one with the system under LUN -1', async () => {
    const cloud = simulatedCloud({ world: world() });
    const { body } = await cloud.get(await pointOf(cloud, 'vm1'));
    expect(body.properties['recoveryPointDiskConfiguration']).toEqual({
      numberOfDisksIncludedInBackup: 2,
      numberOfDisksAttachedToVm: 3,
      includedDiskList: [
        { lun: -1, name: 'vm1-os' },
        { lun: 0, name: 'vm1-data' },
      ],
      excludedDiskList: [{ lun: 1, name: 'vm1-scratch' }],
    });
  });

  test('managed disks come into the target group, a template into the staging account', async () => {
    const cloud = simulatedCloud({ world: world() });
    const { job } = await jobOf(cloud, await startRestore(cloud, 'vm1', disks()));
    expect(await listed(cloud)).toEqual([
      'vm1-osdisk-20260822-020000 127',
      'vm1-datadisk-000-20260822-020000 64',
    ]);
    expect(job).toMatchObject({
      status: 'Completed',
      extendedInfo: {
        tasksList: [{ taskId: 'Transfer data from vault', status: 'Completed', duration: 'PT0S' }],
        internalPropertyBag: { restoreLocationType: 'RestoreDisks' },
        progressPercentage: 100,
      },
    });
    expect(bagOf(job)).toMatchObject({
      'Job Type': 'Recover disks',
      'Target Storage Account Name': 'acct2',
      'Recovery point time ': '8/21/2026 1:00:00 AM',
      'Target resource group': 'drills',
    });
    const staged = await cloud.get(`${target}/blobServices/default/containers`);
    expect(staged.body.value.map(({ name }) => name)).toEqual([bagOf(job)['Config Blob Container Name']]);
  });

  test('without a target group no managed disk appears', async () => {
    const cloud = simulatedCloud({ world: world() });
    const request = disks({ targetResourceGroupId: undefined });
    expect((await jobOf(cloud, await startRestore(cloud, 'vm1', request))).job['status']).toBe('Completed');
    expect(await listed(cloud)).toEqual([]);
  });

  test('the system’s disk comes alone when no LUN is chosen', async () => {
    const cloud = simulatedCloud({ world: world() });
    await jobOf(cloud, await startRestore(cloud, 'vm1', disks({ restoreDiskLunList: [] })));
    expect(await listed(cloud)).toEqual(['vm1-osdisk-20260822-020000 127']);
  });

  test.each([
    ['empty', []],
    ['corrupt', ['vm1-osdisk-20260822-020000 64', 'vm1-datadisk-000-20260822-020000 32']],
  ] as const)('may come back %s', async (variant, expected) => {
    const cloud = withFault({ kind: 'restored', variant });
    await jobOf(cloud, await startRestore(cloud, 'vm1', disks()));
    expect(await listed(cloud)).toEqual(expected);
  });

  test.each([
    ['nothing', {}, {}, []],
    [
      'a zone-redundant staging account',
      { sku: { name: 'Standard_ZRS' } },
      {},
      ['UserErrorStagingAccountZoneRedundant'],
    ],
    ['a staging account elsewhere', { location: 'northeurope' }, {}, ['UserErrorRestoreRegionMismatch']],
    ['disks with private access', { privateDisks: true }, {}, ['UserErrorDiskNetworkAccessSettingsMissing']],
    [
      'that private access is answered',
      { privateDisks: true },
      { targetDiskNetworkAccessSettings: { targetDiskNetworkAccessOption: 'SameAsOnSourceDisks' } },
      [],
    ],
    ['no such group', {}, { targetResourceGroupId: `${drills}-x` }, ['UserErrorTargetResourceGroupNotFound']],
  ])('the validation finds %s', async (_what, { privateDisks, ...account }: Staging, request, codes) => {
    const cloud = simulatedCloud({ world: world({ target: account, privateDisks }) });
    const started = await cloud.send('POST', `${vaultId}/backupTriggerValidateOperation`, {
      id: await pointOf(cloud, 'vm1'),
      properties: {
        objectType: 'ValidateIaasVMRestoreOperationRequest',
        restoreRequest: disks(request),
      },
    });
    expect(started.status).toBe(202);
    cloud.wait(60);
    const { body } = await cloud.get(started.headers['Azure-AsyncOperation'] ?? '');
    const { validationResults } = body.properties['validateOperationResponse'] as {
      validationResults: { code: string }[];
    };
    expect(validationResults.map(({ code }) => code)).toEqual(codes);
    expect((await cloud.get(started.headers['Location'] ?? '')).status).toBe(200);
  });

  test('a caller who may not write into the target group is refused', async () => {
    const caller = '55555555-5555-4555-8555-555555555555';
    const claims = Buffer.from(JSON.stringify({ oid: caller })).toString('base64url');
    const authorization = {
      enforceCallers: true,
      assignments: [
        { scope: vaultId, role: 'Owner', principalId: caller },
        { scope: target, role: 'Owner', principalId: caller },
      ],
    };
    const cloud = simulatedCloud({ world: world({ more: { authorization } }) });
    const token = { Authorization: `Bearer x.${claims}.x` };
    const { body } = await cloud.send('GET', `${vaultId}/backupProtectedItems`, undefined, token);
    const id = body.value.find(({ properties }) => properties['friendlyName'] === 'vm1')?.id ?? '';
    const points = await cloud.send('GET', `${id}/recoveryPoints`, undefined, token);
    const point = points.body.value[0]?.id ?? '';
    const refused = await cloud.send('POST', `${point}/restore`, { properties: disks() }, token);
    expect([refused.status, refused.body.error.code]).toEqual([403, 'LinkedAuthorizationFailed']);
    expect(refused.body.error.message).toContain(drills);
  });
});

test('tiers and types of recovery points may be words that nobody knows', async () => {
  const recoveryPoints = [
    { time: at, type: 'FutureConsistent', tiers: [{ type: 'IASnapshotRP', status: 'Blooming' }] },
  ];
  const cloud = simulatedCloud({ world: world({ share: { recoveryPointTimes: [], recoveryPoints } }) });
  const { body } = await cloud.get(await pointOf(cloud, 'docs'));
  expect(body.properties).toMatchObject({
    recoveryPointType: 'FutureConsistent',
    recoveryPointTierDetails: [{ type: 'IASnapshotRP', status: 'Blooming' }],
  });
});

test('a disk that the service made raises its event, before anybody could tag it', async () => {
  const cloud = simulatedCloud({ world: world() });
  const subjects: string[] = [];
  eventListenersOf(cloud.simulator.core).add(({ subject, operationName }) => {
    if (operationName === 'Microsoft.Compute/disks/write') subjects.push(subject.split('/').at(-1) ?? '');
  });
  await jobOf(cloud, await startRestore(cloud, 'vm1', disks({ restoreDiskLunList: [] })));
  expect(subjects).toEqual(['vm1-osdisk-20260822-020000']);
});

test('a resource guard may ask for restores', async () => {
  const guarded = world();
  const [vault] = guarded.recoveryServices?.vaults ?? [];
  const cloud = simulatedCloud({
    world: {
      ...guarded,
      recoveryServices: {
        vaults: [{ ...vault, id: vaultId, resourceGuardId: `${group}/g`, guardsRestore: true }],
      },
    },
  });
  expect((await startRestore(cloud, 'docs', fullShare)).body.error.code).toBe('LinkedAuthorizationFailed');
});

import { describe, expect, test } from 'vitest';
import type { RunRequest } from '../../src/runs/request.ts';
import {
  accountId,
  backupVaultId,
  blobsTarget,
  diskId,
  diskTarget,
  everyRole,
  instancePolicyId,
  instanceWorld,
  protectedDisk,
  snapshotResourceGroupId,
  vaultPrincipalId,
} from '../support/instanceWorld.ts';
import { playRun } from '../support/simulatedRun.ts';

const protectDisk = (more: object = {}): RunRequest => ({
  kind: 'protect',
  target: diskTarget,
  vaultId: backupVaultId,
  policyId: instancePolicyId('disks'),
  snapshotResourceGroupId,
  ...more,
});
const protectBlobs = (policy: string, more: object = {}): RunRequest => ({
  kind: 'protect',
  target: blobsTarget,
  vaultId: backupVaultId,
  policyId: instancePolicyId(policy),
  ...more,
});

describe('protecting a disk', () => {
  test('ends when the service says ProtectionConfigured, not when the operation succeeds', async () => {
    const { ending, stepNames } = await playRun({
      world: instanceWorld({}, everyRole),
      request: protectDisk(),
    });
    expect(ending.error).toBeUndefined();
    expect(ending.status).toBe('completed');
    expect(stepNames).toEqual([
      'resources.findDisk',
      'dataProtection.getBackupVault',
      'dataProtection.getBackupPolicy',
      'dataProtection.findInstancesOf',
      'dataProtection.validateForBackup',
      'dataProtection.configureProtection',
      'dataProtection.awaitProtection',
    ]);
  });

  test('a missing role ends the run with role, scope, principal and the command that grants it', async () => {
    const { ending } = await playRun({ world: instanceWorld(), request: protectDisk() });
    expect(ending.status).toBe('failed');
    expect(ending.error?.message).toContain(`Disk Backup Reader at ${diskId}`);
    expect(ending.error?.message).toContain(`Disk Snapshot Contributor at ${snapshotResourceGroupId}`);
    expect(ending.error?.advice).toContain(
      `az role assignment create --assignee-object-id ${vaultPrincipalId} --assignee-principal-type ServicePrincipal --role 3e5e47e6-65f7-47ef-90b5-e5dd4d455f24 --scope ${diskId}`,
    );
  });

  test('with grantRoles the missing roles are granted, waited for, and the disk is protected', async () => {
    const world = instanceWorld({}, { authorization: { effectiveAfterSeconds: 200 } });
    const { ending, stepNames } = await playRun({ world, request: protectDisk({ grantRoles: true }) });
    expect(ending.status).toBe('completed');
    expect(stepNames.filter((name) => name === 'resources.grantRole')).toHaveLength(2);
    expect(stepNames.filter((name) => name === 'dataProtection.validateForBackup').length).toBeGreaterThan(2);
  });

  test('roles that never count end the run after a quarter of an hour, in the service’s words', async () => {
    const world = instanceWorld({}, { authorization: { effectiveAfterSeconds: 86_400 } });
    const { ending, tookSeconds } = await playRun({ world, request: protectDisk({ grantRoles: true }) });
    expect(ending.status).toBe('failed');
    expect(ending.error?.message).toContain('do not count yet');
    expect(tookSeconds).toBeGreaterThan(900);
    expect(tookSeconds).toBeLessThan(3600);
  });

  test('a disk that the same policy protects already is skipped', async () => {
    const world = instanceWorld({ instances: [protectedDisk] }, everyRole);
    const { ending } = await playRun({ world, request: protectDisk() });
    expect(ending).toMatchObject({ status: 'skipped', error: { code: 'AlreadyProtected' } });
  });

  test('a disk in another region than the vault is refused before anything is written', async () => {
    const world = instanceWorld({ location: 'northeurope' }, everyRole);
    const { ending, requests } = await playRun({ world, request: protectDisk() });
    expect(ending.error).toMatchObject({
      code: 'RegionMismatch',
      message: 'db-data is in westeurope, the vault in northeurope',
    });
    expect(requests.every((request) => request.startsWith('GET '))).toBe(true);
  });

  test('a snapshot group in another subscription than the disk is refused', async () => {
    const elsewhere = '/subscriptions/44444444-4444-4555-8666-777777777777/resourceGroups/snapshots';
    const { ending } = await playRun({
      world: instanceWorld({}, everyRole),
      request: protectDisk({ snapshotResourceGroupId: elsewhere }),
    });
    expect(ending.error?.code).toBe('SnapshotResourceGroupElsewhere');
  });

  test('a disk that is not there is said to be missing', async () => {
    const { ending } = await playRun({ world: instanceWorld({}, { resources: [] }), request: protectDisk() });
    expect(ending.error).toEqual({ code: 'DatasourceNotFound', message: `there is no ${diskId}` });
  });

  test('a protection error is looked at once more by sync, then the disk is protected', async () => {
    const world = instanceWorld({}, everyRole, {
      protectionErrors: [
        { sourceId: diskId, code: 'UserErrorDiskBackupAuthorizationFailed', message: 'Not yet.', times: 1 },
      ],
    });
    const { ending, stepNames } = await playRun({ world, request: protectDisk() });
    expect(ending.status).toBe('completed');
    expect(stepNames.filter((name) => name === 'dataProtection.syncInstance')).toHaveLength(1);
  });

  test('a protection error that stays is passed on with its own code', async () => {
    const world = instanceWorld({}, everyRole, {
      protectionErrors: [
        {
          sourceId: diskId,
          code: 'UserErrorDiskBackupDiskTypeNotSupported',
          message: 'No such type.',
          times: 9,
        },
      ],
    });
    const { ending } = await playRun({ world, request: protectDisk() });
    expect(ending).toMatchObject({
      status: 'failed',
      error: { code: 'UserErrorDiskBackupDiskTypeNotSupported' },
    });
  });

  test('a disk protected by a vault that we cannot see ends with that vault in the words of the service', async () => {
    const foreign = backupVaultId.replace('snapshots-west', 'somebody-elses');
    const world = instanceWorld({}, everyRole, {
      protectedElsewhere: [{ sourceId: diskId, vaultId: foreign, instance: 'theirs' }],
    });
    const { ending } = await playRun({ world, request: protectDisk() });
    expect(ending.status).toBe('failed');
    expect(`${ending.error?.message} ${ending.error?.advice}`).toContain('somebody-elses');
  });
});

describe('a disk that this vault has an instance of', () => {
  const world = (instance: object) =>
    instanceWorld(
      {
        policies: [
          { name: 'disks', kind: 'disk' },
          { name: 'weekly', kind: 'disk' },
        ],
        instances: [{ ...protectedDisk, ...instance }],
      },
      everyRole,
    );

  test('gets the other policy under the name it has', async () => {
    const { ending, simulator } = await playRun({
      world: world({}),
      request: protectDisk({ policyId: instancePolicyId('weekly') }),
    });
    expect(ending).toMatchObject({
      status: 'completed',
      result: { backupInstanceId: `${backupVaultId}/backupInstances/db-data-db-data-1` },
    });
    const puts = simulator.log.filter(({ method }) => method === 'PUT');
    expect(puts.map(({ path }) => path.split('?')[0]?.split('/').at(-1))).toEqual(['db-data-db-data-1']);
  });

  test('in ProtectionError is healed by sync, without another PUT', async () => {
    const { ending, requests } = await playRun({
      world: world({ state: 'ProtectionError' }),
      request: protectDisk(),
    });
    expect(ending.status).toBe('completed');
    expect(requests.some((request) => request.startsWith('PUT '))).toBe(false);
    expect(requests).toContain('POST dataProtection.sync');
  });

  test('stopped: the run says to resume it', async () => {
    const { ending } = await playRun({
      world: world({ state: 'ProtectionStopped' }),
      request: protectDisk(),
    });
    expect(ending.error).toMatchObject({
      code: 'ProtectionStopped',
      advice: 'Resume it by POST /api/protections/resume.',
    });
  });
});

describe('a disk in another subscription than the vault', () => {
  const foreign = '/subscriptions/44444444-4444-4555-8666-777777777777';
  const foreignDiskId = `${foreign}/resourceGroups/shop/providers/Microsoft.Compute/disks/orders`;
  const foreignGroupId = `${foreign}/resourceGroups/shop-snapshots`;
  const base = instanceWorld();
  const world = {
    ...base,
    subscriptions: [
      ...(base.subscriptions ?? []),
      {
        id: '44444444-4444-4555-8666-777777777777',
        resourceGroups: [{ name: 'shop' }, { name: 'shop-snapshots' }],
      },
    ],
    resources: [{ id: foreignDiskId, location: 'westeurope' }],
    authorization: { effectiveAfterSeconds: 60 },
  };
  const request = protectDisk({
    target: { kind: 'disk', vaultId: backupVaultId, datasourceId: foreignDiskId },
    snapshotResourceGroupId: foreignGroupId,
    grantRoles: true,
  });

  test('is protected; its roles are granted in its own subscription', async () => {
    const { ending, simulator } = await playRun({ world, request });
    expect(ending.error).toBeUndefined();
    expect(ending.status).toBe('completed');
    const grants = simulator.log.filter(({ path }) => path.includes('/roleAssignments/'));
    expect(grants.map(({ path }) => path.split('/providers/Microsoft.Authorization/')[0])).toEqual([
      foreignDiskId,
      foreignGroupId,
    ]);
  });

  test('is backed up by its id', async () => {
    const instance = { ...protectedDisk, sourceId: foreignDiskId, snapshotResourceGroupId: foreignGroupId };
    const { ending } = await playRun({
      world: {
        ...world,
        ...instanceWorld({ instances: [instance] }),
        subscriptions: world.subscriptions,
        resources: world.resources,
      },
      request: { kind: 'backUp', target: { id: foreignDiskId } },
    });
    expect(ending).toMatchObject({ status: 'completed', recoveryPoint: { type: 'Incremental' } });
  });
});

describe('protecting blobs', () => {
  test('vaulted blobs cover the containers that match the pattern', async () => {
    const { ending, simulator } = await playRun({
      world: instanceWorld({}, everyRole),
      request: protectBlobs('vaulted', { containers: { pattern: 'invoices-*' } }),
    });
    expect(ending.status).toBe('completed');
    const put = simulator.log.find((entry) => entry.method === 'PUT');
    expect(put?.status).toBeLessThan(300);
    expect(ending.result).toMatchObject({ policyId: instancePolicyId('vaulted') });
  });

  test('a container that is not there is named, beside those that are', async () => {
    const { ending } = await playRun({
      world: instanceWorld({}, everyRole),
      request: protectBlobs('vaulted', { containers: { list: ['invoices-2026', 'letters'] } }),
    });
    expect(ending.error).toEqual({
      code: 'ContainerNotFound',
      message: 'no container letters; the account has invoices-2025, invoices-2026, scratch',
    });
  });

  test('operational blobs need no container', async () => {
    const { ending, stepNames } = await playRun({
      world: instanceWorld({}, everyRole),
      request: protectBlobs('operational'),
    });
    expect(ending.status).toBe('completed');
    expect(stepNames).not.toContain('resources.listContainers');
  });

  test('automatic protection asks for future containers too', async () => {
    const { ending } = await playRun({
      world: instanceWorld({}, everyRole),
      request: protectBlobs('vaulted', { autoProtect: { excludePrefixes: ['scratch'] } }),
    });
    expect(ending.status).toBe('completed');
  });

  test('a Data Lake account is refused with the reason', async () => {
    const resources = [{ id: accountId, location: 'westeurope', properties: { isHnsEnabled: true } }];
    const { ending } = await playRun({
      world: instanceWorld({}, { ...everyRole, resources }),
      request: protectBlobs('operational'),
    });
    expect(ending.error?.code).toBe('DatasourceNotEligible');
    expect(ending.error?.message).toContain('hierarchical namespace');
  });

  test('what the service complains of while it protects is a warning in the record', async () => {
    const { ending } = await playRun({
      world: instanceWorld({}, everyRole),
      request: protectBlobs('operational', { lockStorageAccount: true }),
      faults: [
        {
          on: 'dataProtection.getInstance',
          times: 0,
          fault: {
            kind: 'body',
            merge: {
              properties: {
                protectionErrorDetails: {
                  code: 'UserErrorChangeFeedDisabledByPolicy',
                  message: 'The change feed of the account cannot be switched on.',
                },
              },
            },
          },
        },
      ],
    });
    expect(ending.status).toBe('completed');
    expect(ending.warnings).toEqual([
      'Of no meaning for a Backup vault, and left out: lockStorageAccount. Operational backup of blobs locks the account by itself.',
      'Protected, but the service says UserErrorChangeFeedDisabledByPolicy: The change feed of the account cannot be switched on.',
    ]);
  });

  test('a policy for disks does not protect blobs', async () => {
    const { ending } = await playRun({ world: instanceWorld({}, everyRole), request: protectBlobs('disks') });
    expect(ending.error?.code).toBe('PolicyForAnotherDatasource');
  });
});

describe('validating only', () => {
  test('names the roles that lack with scope and principal, and writes nothing but the service’s own validation', async () => {
    const { ending, requests } = await playRun({
      world: instanceWorld(),
      request: { ...protectDisk(), kind: 'validate' } as RunRequest,
    });
    expect(ending.status).toBe('failed');
    expect(ending.result).toMatchObject({
      missingRoles: [
        { role: 'Disk Backup Reader', scope: diskId, principalId: vaultPrincipalId },
        { role: 'Disk Snapshot Contributor', scope: snapshotResourceGroupId, principalId: vaultPrincipalId },
      ],
    });
    const writes = requests.filter((request) => !request.startsWith('GET '));
    expect(writes.every((request) => request.includes('alidate'))).toBe(true);
  });

  test('says where a disk is protected already', async () => {
    const world = instanceWorld({ instances: [protectedDisk] }, everyRole);
    const { ending } = await playRun({
      world,
      request: { ...protectDisk(), kind: 'validate' } as RunRequest,
    });
    expect(ending.status).toBe('completed');
    expect(ending.result).toMatchObject({
      missingRoles: [],
      alreadyProtected: [{ state: 'ProtectionConfigured' }],
    });
  });
});

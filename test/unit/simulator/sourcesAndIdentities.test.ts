import { describe, expect, test } from 'vitest';
import type { WorldSeed } from '../../../local/arm-simulator/world.ts';
import {
  accountId,
  backUpShare,
  type Cloud,
  filtered,
  group,
  machineId,
  simulatedCloud,
  vaultId,
} from './simulated-cloud.ts';

const shares = `${accountId}/fileServices/default/shares`;
const container = `${vaultId}/backupFabrics/Azure/protectionContainers/StorageContainer;Storage;rg1;acct1`;
const fileFilter = "backupManagementType eq 'AzureStorage' and workloadType eq 'AzureFileShare'";

const vaultWith = (vault: object, more: Partial<WorldSeed> = {}): WorldSeed => ({
  resources: [{ id: accountId, shares: ['docs'] }, { id: machineId }],
  ...more,
  recoveryServices: {
    ...more.recoveryServices,
    vaults: [{ id: vaultId, policies: [{ name: 'files' }], ...vault }],
  },
});

const listedItems = async (cloud: Cloud) => (await cloud.get(`${vaultId}/backupProtectedItems`)).body.value;
const offered = async (cloud: Cloud) =>
  (await cloud.get(filtered(`${vaultId}/backupProtectableItems`, fileFilter))).body.value;

async function endOf(cloud: Cloud, started: { headers: Readonly<Record<string, string>> }) {
  cloud.wait(600);
  return (await cloud.get(started.headers['Azure-AsyncOperation'] ?? '')).body;
}

describe('a share that was deleted and made again', () => {
  const item = { storageAccountId: accountId, share: 'docs', policy: 'files' };

  test('is another share: two items of one name, of which the old one’s backup fails', async () => {
    const items = [{ ...item, sourceDeleted: true }, item];
    const cloud = simulatedCloud({ world: vaultWith({ items }) });
    const [old, young] = await listedItems(cloud);
    expect(old?.properties['friendlyName']).toBe(young?.properties['friendlyName']);
    expect(old?.id).not.toBe(young?.id);
    for (const id of [old?.id, young?.id]) await cloud.send('POST', `${id}/backup`, backUpShare);
    cloud.wait(60);
    const { body } = await cloud.get(`${vaultId}/backupJobs`);
    expect(body.value.map(({ properties }) => properties['status'])).toEqual(['Completed', 'Failed']);
  });

  test('is offered beside the old item', async () => {
    const cloud = simulatedCloud({ world: vaultWith({ items: [{ ...item, sourceDeleted: true }] }) });
    expect(await offered(cloud)).toHaveLength(1);
  });

  test('may be so by requests', async () => {
    const cloud = simulatedCloud({ world: vaultWith({ items: [item] }) });
    expect(await offered(cloud)).toEqual([]);
    await cloud.send('DELETE', `${shares}/docs`);
    await cloud.send('PUT', `${shares}/docs`, {});
    const [old] = await listedItems(cloud);
    const [young] = await offered(cloud);
    expect(young?.name.toLowerCase()).not.toBe(old?.name.toLowerCase());
  });
});

describe('databases of one name', () => {
  const second = machineId.replace('vm1', 'vm2');
  const databases = [
    { virtualMachineId: machineId, database: 'master' },
    { virtualMachineId: second, database: 'master' },
    { virtualMachineId: second, database: 'master', instance: 'SQLEXPRESS' },
  ];
  const world: WorldSeed = vaultWith(
    { items: databases.map((database) => ({ ...database, policy: 'HourlyLogBackup' })) },
    { resources: [{ id: machineId }, { id: second }], recoveryServices: { datasources: databases } },
  );

  test('are items of their own, told apart by machine and instance', async () => {
    const items = await listedItems(simulatedCloud({ world }));
    expect(items.map(({ id }) => id.split('/protectionContainers/')[1])).toEqual([
      'VMAppContainer;compute;rg1;vm1/protectedItems/SQLDataBase;mssqlserver;master',
      'VMAppContainer;compute;rg1;vm2/protectedItems/SQLDataBase;mssqlserver;master',
      'VMAppContainer;compute;rg1;vm2/protectedItems/SQLDataBase;sqlexpress;master',
    ]);
  });

  test('have jobs whose row names the machine', async () => {
    const cloud = simulatedCloud({ world });
    const [, item] = await listedItems(cloud);
    await cloud.send('POST', `${item?.id}/backup`, {
      properties: { objectType: 'AzureWorkloadBackupRequest', backupType: 'Full' },
    });
    const { body } = await cloud.get(`${vaultId}/backupJobs`);
    expect(body.value[0]?.properties).toMatchObject({
      operation: 'Backup (Full)',
      entityFriendlyName: 'master [vm2]',
    });
  });
});

// The documented names are the same in every subscription.
test('a machine of another subscription is protected under its documented name, though never listed', async () => {
  const abroad = machineId.replace('22222222', '99999999');
  const cloud = simulatedCloud({ world: vaultWith({}, { resources: [{ id: abroad }] }) });
  const machines = filtered(`${vaultId}/backupProtectableItems`, "backupManagementType eq 'AzureIaasVM'");
  expect((await cloud.get(machines)).body.value).toEqual([]);
  const name = 'iaasvmcontainerv2;rg1;vm1';
  const path = `${vaultId}/backupFabrics/Azure/protectionContainers/IaasVMContainer;${name}/protectedItems/VM;${name}`;
  const put = await cloud.send('PUT', path, {
    properties: {
      protectedItemType: 'Microsoft.Compute/virtualMachines',
      sourceResourceId: abroad,
      policyId: `${vaultId}/backupPolicies/DefaultPolicy`,
    },
  });
  expect(put.status).toBe(202);
  cloud.wait(60);
  expect((await listedItems(cloud))[0]?.properties['sourceResourceId']).toBe(abroad);
});

// Fields of the service's 2026-07-01 version.
describe('an account that is reached by identity', () => {
  const identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/files`;
  const principalId = '66666666-6666-4666-8666-666666666666';
  const vault = { userAssigned: [{ id: identity, principalId }] };
  const role = { scope: accountId, role: 'Storage File Data Privileged Contributor', principalId };
  const info = { isSystemAssignedIdentity: false, managedIdentityResourceId: identity };
  const account = { id: accountId, shares: ['docs'], properties: { allowSharedKeyAccess: false } };
  const register = (cloud: Cloud, properties: object, version = '2026-07-01') =>
    cloud.send('PUT', `${container}?api-version=${version}`, {
      properties: {
        containerType: 'StorageContainer',
        backupManagementType: 'AzureStorage',
        sourceResourceId: accountId,
        ...properties,
      },
    });
  const byIdentity = { accessType: 'IdentityBased', identityInfo: info };

  test.each([
    ['with the role', vault, [role], byIdentity, '2026-07-01', 'Succeeded'],
    ['without the role', vault, [], byIdentity, '2026-07-01', 'UserErrorMissingRequiredPermissions'],
    [
      'with an identity that the vault has not',
      {},
      [role],
      byIdentity,
      '2026-07-01',
      'UserErrorUserIdentityNotFoundOrNotAssociatedWithVault',
    ],
    [
      'with the vault’s own, which it has not',
      vault,
      [role],
      { accessType: 'IdentityBased', identityInfo: { isSystemAssignedIdentity: true } },
      '2026-07-01',
      'UserErrorSystemIdentityNotEnabledWithVault',
    ],
    [
      'in an older version, which knows keys only',
      vault,
      [role],
      byIdentity,
      '2025-08-01',
      'UserErrorStorageKeyBasedAuthenticationNotPermitted',
    ],
  ])('%s: %s', async (_how, vaultSeed, assignments, properties, version, ending) => {
    const world = vaultWith(vaultSeed, { resources: [account], authorization: { assignments } });
    const cloud = simulatedCloud({ world });
    const body = await endOf(cloud, await register(cloud, properties, version));
    expect((body.error as { code: string } | undefined)?.code ?? body.status).toBe(ending);
  });

  test('shows it, and registering again switches', async () => {
    const containers = [{ storageAccountId: accountId, byIdentity: identity }];
    const world = vaultWith({ ...vault, containers }, { authorization: { assignments: [role] } });
    const cloud = simulatedCloud({ world });
    const shown = async () => (await cloud.get(`${container}?api-version=2026-07-01`)).body.properties;
    expect(await shown()).toMatchObject(byIdentity);
    await endOf(cloud, await register(cloud, { accessType: 'KeyBased', operationType: 'Reregister' }));
    expect((await shown())['accessType']).toBeUndefined();
    await endOf(cloud, await register(cloud, { ...byIdentity, operationType: 'Reregister' }));
    expect(await shown()).toMatchObject(byIdentity);
  });

  test('a vault shows its identities, and none without', async () => {
    const { body } = await simulatedCloud({ world: vaultWith(vault) }).get(vaultId);
    expect((body as unknown as { identity: object }).identity).toMatchObject({
      type: 'UserAssigned',
      userAssignedIdentities: { [identity]: { principalId } },
    });
    const plain = (await simulatedCloud().get(vaultId)).body as unknown as { identity?: object };
    expect(plain.identity).toBeUndefined();
  });
});

// Shape of BackupStorageConfig_Get (2024-04-01).
test('a vault says how its backups are stored', async () => {
  const cloud = simulatedCloud({ world: vaultWith({ redundancy: 'LocallyRedundant' }) });
  const { body } = await cloud.get(`${vaultId}/backupstorageconfig/vaultstorageconfig`);
  expect(body).toMatchObject({
    name: 'vaultstorageconfig',
    properties: { storageModelType: 'LocallyRedundant', storageTypeState: 'Unlocked' },
  });
});

test('a single read of a share item has its extended info, a list does not', async () => {
  const items = [
    {
      storageAccountId: accountId,
      share: 'docs',
      policy: 'files',
      recoveryPointTimes: ['2026-08-21T01:00:00Z'],
    },
  ];
  const cloud = simulatedCloud({ world: vaultWith({ items }) });
  const [listed] = await listedItems(cloud);
  expect(listed?.properties['extendedInfo']).toBeUndefined();
  const single = await cloud.get(listed?.id ?? '');
  expect(single.body.properties['extendedInfo']).toEqual({
    oldestRecoveryPoint: '2026-08-21T01:00:00Z',
    recoveryPointCount: 1,
    policyState: 'Consistent',
  });
});

test('disk exclusion is kept as sent, and taken away by a PUT without it', async () => {
  const exclusion = { diskExclusionProperties: { diskLunList: [1], isInclusionList: false } };
  const items = [{ virtualMachineId: machineId, policy: 'DefaultPolicy', extendedProperties: exclusion }];
  const cloud = simulatedCloud({ world: vaultWith({ items }) });
  const [listed] = await listedItems(cloud);
  expect(listed?.properties['extendedProperties']).toEqual(exclusion);
  await cloud.send('PUT', listed?.id ?? '', {
    properties: {
      protectedItemType: 'Microsoft.Compute/virtualMachines',
      sourceResourceId: machineId,
      policyId: `${vaultId}/backupPolicies/EnhancedPolicy`,
    },
  });
  cloud.wait(60);
  expect((await listedItems(cloud))[0]?.properties['extendedProperties']).toBeUndefined();
});

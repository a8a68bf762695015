import { describe, expect, test } from 'vitest';
import { backupWorld, diskProperties, ids, protectedDisk } from './dataProtectionWorld.ts';
import { openSimulator, type SimulatedClient } from './simulated-client.ts';

const version = 'api-version=2025-07-01';
const identity = `${ids.group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/backups`;
const principalId = 'e07454cc-6eb7-4737-90a2-d45b331d6593';
const userAssigned = [{ id: identity, principalId }];
const chosen = { useSystemAssignedIdentity: false, userAssignedIdentityArmUrl: identity };
const instance = `${ids.vault}/backupInstances/disk1`;
const otherVault = ids.vault.replace('vault1', 'vault2');

const granted = (to: string) => ({
  assignments: [
    { scope: ids.disk, role: 'Disk Backup Reader', principalId: to },
    { scope: ids.snapshots, role: 'Disk Snapshot Contributor', principalId: to },
  ],
});

async function validated({ ask, pass }: SimulatedClient, properties: object) {
  const started = await ask('POST', `${ids.vault}/validateForBackup?${version}`, {
    backupInstance: properties,
  });
  pass(40);
  const { body } = await ask('GET', started.headers['Azure-AsyncOperation'] ?? '');
  return body['error']?.['code'] ?? body['status'];
}

// Shapes as recorded in dpp-disk-user-assigned-identity (2025-11).
describe('identities of a Backup vault', () => {
  test('a vault with user-assigned identities only shows no object id of its own', async () => {
    const { ask } = openSimulator(backupWorld({ systemAssigned: false, userAssigned }));
    const { body } = await ask('GET', `${ids.vault}?${version}`);
    expect(body['identity']).toMatchObject({
      type: 'UserAssigned',
      userAssignedIdentities: { [identity]: { principalId } },
    });
    expect(body['identity']?.['principalId']).toBeUndefined();
  });

  test('a vault may have both', async () => {
    const { ask } = openSimulator(backupWorld({ userAssigned }));
    const { body } = await ask('GET', `${ids.vault}?${version}`);
    expect(body['identity']).toMatchObject({
      type: 'SystemAssigned,UserAssigned',
      principalId: ids.vaultPrincipal,
    });
  });

  test.each([
    ['the chosen identity', { ...diskProperties, identityDetails: chosen }, principalId, 'Succeeded'],
    [
      'another identity than the chosen',
      { ...diskProperties, identityDetails: chosen },
      ids.vaultPrincipal,
      'UserErrorDiskAndSnapshotRGOrMSIPermissionsNotPresent',
    ],
    ['the vault’s own when none is chosen', diskProperties, ids.vaultPrincipal, 'Succeeded'],
  ])('roles of %s decide', async (_whose, properties, holder, ending) => {
    const world = backupWorld({ userAssigned }, { requireVaultRoles: true });
    const client = openSimulator({ ...world, authorization: granted(holder) });
    expect(await validated(client, properties)).toBe(ending);
  });

  test('an identity the vault does not have is named by the service', async () => {
    const needsRoles = { requireVaultRoles: true };
    const without = openSimulator(backupWorld({ systemAssigned: false, userAssigned }, needsRoles));
    expect(await validated(without, diskProperties)).toBe('UserErrorSystemIdentityNotEnabledWithVault');
    const plain = openSimulator(backupWorld({}, needsRoles));
    expect(await validated(plain, { ...diskProperties, identityDetails: chosen })).toBe(
      'UserErrorUserIdentityNotFoundOrNotAssociatedWithVault',
    );
  });

  test('an instance keeps the identity it was made with, and a PUT without it takes it away', async () => {
    const { ask, pass } = openSimulator(backupWorld({ userAssigned }));
    await ask('PUT', `${instance}?${version}`, {
      properties: { ...diskProperties, identityDetails: chosen },
    });
    pass(100);
    const made = await ask('GET', `${instance}?${version}`);
    expect(made.body['properties']?.['identityDetails']).toEqual(chosen);
    const changed = await ask('PUT', `${instance}?${version}`, { properties: diskProperties });
    expect(changed.status).toBe(201);
    expect(changed.body['properties']?.['identityDetails']).toBeUndefined();
  });

  test('a seeded instance says which identity it uses', async () => {
    const seeded = { ...protectedDisk, userAssignedIdentity: identity };
    const { ask } = openSimulator(backupWorld({ userAssigned, instances: [seeded] }));
    const { body } = await ask('GET', `${instance}?${version}`);
    expect(body['properties']?.['identityDetails']).toEqual(chosen);
  });

  test('a PUT of the vault with other identities is an operation, the same again is not', async () => {
    const { ask, pass } = openSimulator(backupWorld());
    const body = { identity: { type: 'UserAssigned', userAssignedIdentities: { [identity]: {} } } };
    const first = await ask('PUT', `${ids.vault}?${version}`, body);
    expect(first.status).toBe(201);
    expect(first.body['properties']?.['provisioningState']).toBe('Updating');
    pass(20);
    expect((await ask('GET', first.headers['Azure-AsyncOperation'] ?? '')).body['status']).toBe('Succeeded');
    expect((await ask('PUT', `${ids.vault}?${version}`, body)).status).toBe(200);
  });
});

// The story of dpp-disk-soft-delete-undelete (2023-08).
describe('a datasource soft-deleted in one vault', () => {
  const story = () => {
    const world = backupWorld({ instances: [{ ...protectedDisk, softDeleted: true }] });
    const second = { id: otherVault, policies: [{ name: 'disks', kind: 'disk' as const }] };
    world.dataProtection = {
      ...world.dataProtection,
      vaults: [...(world.dataProtection?.vaults ?? []), second],
    };
    return openSimulator(world);
  };
  const inOther = {
    ...diskProperties,
    policyInfo: { ...diskProperties.policyInfo, policyId: `${otherVault}/backupPolicies/disks` },
  };

  test('may be protected in another; undeleted then, it cannot resume beside the other instance', async () => {
    const { ask } = story();
    const elsewhere = `${otherVault}/backupInstances/disk1`;
    expect((await ask('PUT', `${elsewhere}?${version}`, { properties: inOther })).status).toBe(201);
    const undelete = `${ids.vault}/deletedBackupInstances/disk1/undelete?${version}`;
    expect((await ask('POST', undelete)).status).toBe(200);
    const refused = await ask('POST', `${instance}/resumeProtection?${version}`);
    expect(refused.status).toBe(400);
    expect(refused.body['error']).toMatchObject({
      code: 'UserErrorDppDatasourceAlreadyHasBackupInstance',
      message: `Datasource is already associated with the backup instance disk1 in the Backup vault ${otherVault} with the protection status as ConfiguringProtection.`,
    });
  });

  test('stands in the way in its own vault', async () => {
    const { ask } = story();
    const again = await ask('PUT', `${instance}-2?${version}`, { properties: diskProperties });
    expect(again.body['error']?.['code']).toBe('UserErrorDppDatasourceAlreadyHasBackupInstance');
  });

  test('is billed until the moment of its deletion', async () => {
    const { ask } = story();
    const { body } = await ask('GET', `${ids.vault}/deletedBackupInstances/disk1?${version}`);
    const info = body['properties']?.['deletionInfo'];
    expect(info?.['billingEndDate']).toBe(info?.['deletionTime']);
  });

  test('an undelete may answer 200 and change nothing', async () => {
    const { ask, simulator } = story();
    simulator.faults.add([
      { on: 'dataProtection.undelete', fault: { kind: 'reply', status: 200, shape: 'empty' } },
    ]);
    await ask('POST', `${ids.vault}/deletedBackupInstances/disk1/undelete?${version}`);
    expect((await ask('GET', `${instance}?${version}`)).status).toBe(404);
  });
});

test('instances made at once are answered 406 without a body where the world says so', async () => {
  const { ask, pass } = openSimulator(backupWorld({}, { refuseParallelProtects: true }));
  const blobs = `${ids.vault}/backupInstances/second?${version}`;
  const second = {
    ...diskProperties,
    dataSourceInfo: { ...diskProperties.dataSourceInfo, resourceID: `${ids.disk}2` },
  };
  expect((await ask('PUT', `${instance}?${version}`, { properties: diskProperties })).status).toBe(201);
  const refused = await ask('PUT', blobs, { properties: second });
  expect([refused.status, refused.body]).toEqual([406, undefined]);
  pass(40);
  expect((await ask('PUT', blobs, { properties: second })).status).toBe(201);
});

// Fields of the recovery points in dpp-disk-restore (2025-11).
test('a recovery point names its policy and when it expires', async () => {
  const { ask } = openSimulator(backupWorld({ instances: [{ ...protectedDisk, recoveryPoints: 1 }] }));
  const { body } = await ask('GET', `${instance}/recoveryPoints?${version}`);
  const point = body['value']?.[0]?.['properties'];
  expect(point).toMatchObject({ policyName: 'disks', expiryTime: '2026-05-17T04:00:00.0000000Z' });
});

test('types and stores of recovery points may be words that nobody knows', async () => {
  const points = [
    {
      time: '2026-05-10T04:00:00Z',
      type: 'Crystalline',
      stores: [{ type: 'GlacierStore', expiresAt: '2030-01-01T00:00:00Z' }],
    },
  ];
  const { ask } = openSimulator(backupWorld({ instances: [{ ...protectedDisk, points }] }));
  const { body } = await ask('GET', `${instance}/recoveryPoints?${version}`);
  expect(body['value']?.[0]?.['properties']).toMatchObject({
    recoveryPointType: 'Crystalline',
    expiryTime: '2030-01-01T00:00:00.0000000Z',
    recoveryPointDataStoresDetails: [{ type: 'GlacierStore' }],
  });
});

test('an instance may be in error with the service’s words from the start', async () => {
  const error = { code: 'UserErrorStorageAccountContainerNotFound', message: 'Not found.' };
  const broken = { ...protectedDisk, state: 'ProtectionError', error };
  const { ask } = openSimulator(backupWorld({ instances: [broken] }));
  const { body } = await ask('GET', `${instance}?${version}`);
  expect(body['properties']).toMatchObject({
    currentProtectionState: 'ProtectionError',
    protectionErrorDetails: error,
  });
});

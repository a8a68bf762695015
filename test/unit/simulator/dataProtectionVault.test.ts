import { expect, test } from 'vitest';
import { backupWorld, ids, protectedDisk } from './dataProtectionWorld.ts';
import { openSimulator } from './simulated-client.ts';

const version = 'api-version=2025-07-01';

test('a vault shows its identity, its soft delete and that no guard protects it', async () => {
  const { ask } = openSimulator(backupWorld({ softDelete: 'AlwaysOn', softDeleteDays: 30 }));
  const { status, body } = await ask('GET', `${ids.vault}?${version}`);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    id: ids.vault,
    name: 'vault1',
    type: 'Microsoft.DataProtection/backupVaults',
    identity: { type: 'SystemAssigned', principalId: ids.vaultPrincipal },
    properties: {
      provisioningState: 'Succeeded',
      isVaultProtectedByResourceGuard: false,
      securitySettings: { softDeleteSettings: { state: 'AlwaysOn', retentionDurationInDays: 30 } },
    },
  });
});

test('vaults are listed by subscription and by group', async () => {
  const { ask } = openSimulator(backupWorld());
  const type = 'providers/Microsoft.DataProtection/backupVaults';
  const lists = [`${ids.subscription}/${type}`, `${ids.subscription}/resourceGroups/BACKUP/${type}`];
  for (const list of lists) {
    expect((await ask('GET', `${list}?${version}`)).body['value']).toMatchObject([{ name: 'vault1' }]);
  }
  const elsewhere = await ask('GET', `${ids.group}/${type}?${version}`);
  expect(elsewhere.body['value']).toEqual([]);
});

test('a new vault is a 201 that is still provisioning, with a status URL only', async () => {
  const { ask, pass } = openSimulator(backupWorld());
  const url = `${ids.vault.replace('vault1', 'vault2')}?${version}`;
  const made = await ask('PUT', url, {
    location: 'westeurope',
    identity: { type: 'SystemAssigned' },
    properties: { securitySettings: { softDeleteSettings: { state: 'Off' } } },
  });
  expect([made.status, made.headers['Retry-After'], made.headers['Location']]).toEqual([
    201,
    '10',
    undefined,
  ]);
  expect(made.body['properties']).toMatchObject({
    provisioningState: 'Provisioning',
    securitySettings: { softDeleteSettings: { state: 'Off', retentionDurationInDays: 0 } },
  });
  pass(10);
  const status = await ask('GET', made.headers['Azure-AsyncOperation'] ?? '');
  expect(status.body['status']).toBe('Succeeded');
  expect((await ask('GET', url)).body['properties']?.['provisioningState']).toBe('Succeeded');
});

test('a vault with instances cannot be deleted; an empty one is gone at once', async () => {
  const full = openSimulator(backupWorld({ instances: [protectedDisk] }));
  const refused = await full.ask('DELETE', `${ids.vault}?${version}`);
  expect([refused.status, refused.body['error']?.['code']]).toEqual([
    400,
    'BMSUserErrorVaultDeletionNotAllowed',
  ]);
  const { ask } = openSimulator(backupWorld());
  expect((await ask('DELETE', `${ids.vault}?${version}`)).status).toBe(200);
  expect((await ask('DELETE', `${ids.vault}?${version}`)).status).toBe(204);
});

test('an operation id nobody gave out is a 404', async () => {
  const { ask } = openSimulator(backupWorld());
  const { status } = await ask('GET', `${ids.vault}/operationStatus/unknown==?${version}`);
  expect(status).toBe(404);
});

test('merging a world adds instances and keeps the settings of the first', async () => {
  const { ask, simulator, pass } = openSimulator(backupWorld({}, { seconds: { stop: 5 } }));
  simulator.loadWorld(
    {
      dataProtection: {
        vaults: [{ id: ids.vault, policies: [{ name: 'disks' }], instances: [protectedDisk] }],
      },
    },
    'merge',
  );
  await ask('POST', `${ids.vault}/backupInstances/disk1/stopProtection?${version}`, {});
  pass(5);
  const { body } = await ask('GET', `${ids.vault}/backupInstances/disk1?${version}`);
  expect(body['properties']?.['currentProtectionState']).toBe('ProtectionStopped');
});

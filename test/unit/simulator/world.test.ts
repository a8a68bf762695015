import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { referenceDocument } from '../../../local/arm-simulator/reference-document.ts';
import {
  accountId,
  group,
  itemNamed,
  machineId,
  simulatedCloud,
  smallWorld,
  vaultId,
} from './simulated-cloud.ts';

const files = (name: string) => ({
  id: `${group}/providers/Microsoft.Storage/storageAccounts/${name}`,
  shares: ['s'],
});

describe('a world', () => {
  test('reference shows the current routes and schemas', () => {
    expect(readFileSync('docs/simulator-reference.md', 'utf8')).toBe(referenceDocument());
  });

  test('can be added to while it runs', async () => {
    const cloud = simulatedCloud();
    const added = { resources: [files('later')], recoveryServices: { vaults: [{ id: `${vaultId}2` }] } };
    expect((await cloud.send('POST', '/simulator/world', { mode: 'merge', world: added })).status).toBe(200);
    expect((await cloud.get(`${vaultId}2`)).status).toBe(200);
    expect((await cloud.get(vaultId)).status).toBe(200);
    expect(cloud.simulator.core.resources.get(accountId)).toBeDefined();
  });

  test('keeps its settings when a part without settings is added', async () => {
    const cloud = simulatedCloud({ world: { ...smallWorld, settings: { pageSize: 1 } } });
    await cloud.send('POST', '/simulator/world', { world: { resources: [files('later')] } });
    expect((await cloud.get(`${vaultId}/backupPolicies`)).body.value).toHaveLength(1);
  });

  test('can be replaced, effects and all', async () => {
    const cloud = simulatedCloud();
    await cloud.send('PUT', `${vaultId}/backupPolicies/p`, {
      properties: { backupManagementType: 'AzureStorage' },
    });
    expect(cloud.simulator.effects.count('putPolicy')).toBe(1);
    await cloud.send('POST', '/simulator/world', { mode: 'replace', world: { resources: [files('only')] } });
    expect((await cloud.get(vaultId)).status).toBe(404);
    expect(cloud.simulator.effects.count('putPolicy')).toBe(0);
  });

  test('that does not fit the schema is refused with the place', async () => {
    const cloud = simulatedCloud();
    const wrong = await cloud.send('POST', '/simulator/world', {
      world: { recoveryServices: { vaults: [{ name: 'v' }] } },
    });
    expect([wrong.status, wrong.body.error.message.includes('recoveryServices.vaults[0]')]).toEqual([
      400,
      true,
    ]);
  });

  test('advances its clock on request, and what was due is done', async () => {
    const world = {
      ...smallWorld,
      recoveryServices: {
        vaults: [{ id: vaultId, items: [{ virtualMachineId: machineId, policy: 'DefaultPolicy' }] }],
        datasources: [{ virtualMachineId: machineId, scheduledAfterSeconds: [600] }],
      },
    };
    const cloud = simulatedCloud({ world });
    await cloud.send('POST', '/simulator/clock', { advanceSeconds: 4000 });
    const [job] = (await cloud.get(`${vaultId}/backupJobs`)).body.value;
    expect(job?.properties).toMatchObject({
      operation: 'Backup',
      status: 'Completed',
      startTime: '2026-08-22T02:10:00Z',
    });
    expect((await itemNamed(cloud, 'vm1')).properties['lastBackupTime']).toBe('2026-08-22T02:10:00Z');
  });

  test('writes non-ASCII groups raw in names and percent-encoded in ids', async () => {
    const home = '/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/büro';
    const storageAccountId = `${home}/providers/Microsoft.Storage/storageAccounts/acct1`;
    const world = {
      resources: [{ id: storageAccountId, shares: ['docs'] }],
      recoveryServices: { vaults: [{ id: vaultId, containers: [{ storageAccountId }] }] },
    };
    const cloud = simulatedCloud({ world });
    const container = await cloud.get(
      `${vaultId}/backupFabrics/Azure/protectionContainers/StorageContainer%3BStorage%3Bb%C3%BCro%3Bacct1`,
    );
    expect(container.body.name).toBe('StorageContainer;Storage;büro;acct1');
    expect(container.body.id.endsWith('/StorageContainer;Storage;b%C3%BCro;acct1')).toBe(true);
  });
});

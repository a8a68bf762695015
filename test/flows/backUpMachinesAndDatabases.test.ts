import { describe, expect, test } from 'vitest';
import type { WorldSeed } from '../../local/arm-simulator/world.ts';
import { backupSchema } from '../../src/runs/request.ts';
import { playRun } from '../support/simulatedRun.ts';
import { vaultId } from '../support/shareWorld.ts';

const virtualMachineId = vaultId.replace(
  /backup\/providers.*/,
  'servers/providers/Microsoft.Compute/virtualMachines/ledger01',
);
const databases = ['orders', 'stock'];

const world: WorldSeed = {
  resources: [{ id: virtualMachineId }],
  recoveryServices: {
    vaults: [
      {
        id: vaultId,
        policies: [{ name: 'machines', kind: 'AzureIaasVM' }],
        items: [
          { virtualMachineId, policy: 'machines' },
          { virtualMachineId, database: 'orders', policy: 'HourlyLogBackup' },
        ],
      },
    ],
    datasources: databases.map((database) => ({ virtualMachineId, database })),
  },
};

const unprotectedWorld: WorldSeed = {
  resources: [{ id: virtualMachineId }],
  recoveryServices: { vaults: [{ id: vaultId, policies: [{ name: 'machines', kind: 'AzureIaasVM' }] }] },
};

describe('a virtual machine', () => {
  const target = { kind: 'virtualMachine', vaultId, virtualMachineId } as const;

  test('is backed up by its id, its job followed through snapshot and transfer', async () => {
    const { ending, requests } = await playRun({ world, request: { kind: 'backUp', target } });
    expect(ending).toMatchObject({
      status: 'completed',
      job: { status: 'Completed', progress: expect.stringContaining('Transfer data to vault: Completed') },
      recoveryPoint: { tiers: [{ type: 'InstantRP' }, { type: 'HardenedRP' }] },
    });
    expect(requests.slice(0, 3)).toEqual(['GET items', 'POST backup', 'GET jobs']);
    expect(requests.filter((request) => request === 'GET job').length).toBeLessThan(32);
  });

  test('is protected after one lookup of what the vault offers', async () => {
    const { ending } = await playRun({
      world: unprotectedWorld,
      request: { kind: 'protect', target, policyId: `${vaultId}/backupPolicies/machines` },
    });
    expect(ending).toMatchObject({
      status: 'completed',
      result: { change: 'protected', protectionState: 'IRPending' },
    });
  });

  test('of another subscription than the vault is protected and backed up under the documented names', async () => {
    const abroad = virtualMachineId.replace('11111111-2222', '99999999-2222');
    const { ending, requests } = await playRun({
      world: { ...unprotectedWorld, resources: [{ id: abroad }] },
      request: {
        ...{ kind: 'protect', policyId: `${vaultId}/backupPolicies/machines`, backUpAfterwards: true },
        target: { ...target, virtualMachineId: abroad },
      },
    });
    expect(ending).toMatchObject({ status: 'completed', job: { status: 'Completed' } });
    expect(ending.warnings[0]).toContain('another subscription than the vault');
    expect(requests).not.toContain('POST refresh');
  });

  test('that does not exist is not offered, and the machines that are get named', async () => {
    const { ending } = await playRun({
      world: unprotectedWorld,
      request: {
        kind: 'protect',
        target: { ...target, virtualMachineId: virtualMachineId.replace('ledger01', 'ledger02') },
        policyId: `${vaultId}/backupPolicies/machines`,
      },
    });
    expect(ending.error).toMatchObject({
      code: 'VirtualMachineNotFound',
      message: expect.stringContaining('ledger01'),
    });
  });
});

describe('a database', () => {
  const target = { kind: 'workload', vaultId, container: 'ledger01', database: 'orders' } as const;

  test('is found by its machine and name, and backed up in full', async () => {
    const { ending } = await playRun({ world, request: { kind: 'backUp', target } });
    expect(ending).toMatchObject({ status: 'completed', job: { status: 'Completed' } });
    expect(ending.recoveryPoint).toBeDefined();
  });

  test('may be named with its instance', async () => {
    const { ending } = await playRun({
      world,
      request: {
        kind: 'backUp',
        target: { ...target, database: 'MSSQLSERVER/orders' },
        backupType: 'CopyOnlyFull',
        compress: true,
      },
    });
    expect(ending.status).toBe('completed');
    expect(ending.warnings).toEqual([]);
  });

  test.each(['Sales#1', '50% off', 'Café [x] & co', 'MSSQLSERVER/Sales#1'])(
    'may be called %s',
    async (database) => {
      const names = ['Sales#1', '50% off', 'Café [x] & co'];
      const items = names.map((name) => ({ virtualMachineId, database: name, policy: 'HourlyLogBackup' }));
      const datasources = names.map((name) => ({ virtualMachineId, database: name }));
      const vaults = [{ id: vaultId, items }];
      const named: WorldSeed = {
        resources: [{ id: virtualMachineId }],
        recoveryServices: { vaults, datasources },
      };
      const parsed = backupSchema.safeParse({ target: { ...target, database } });
      expect(parsed.error?.issues).toBeUndefined();
      const { ending } = await playRun({
        world: named,
        request: { kind: 'backUp', target: { ...target, database } },
      });
      expect(ending).toMatchObject({ status: 'completed', job: { status: 'Completed' }, recoveryPoint: {} });
      const { protectedItemId: id } = ending.result as { protectedItemId: string };
      const byId = await playRun({ world: named, request: { kind: 'backUp', target: { id } } });
      expect(byId.ending.status).toBe('completed');
    },
  );

  test('that is not protected is said to be so, with its neighbours', async () => {
    const { ending } = await playRun({
      world,
      request: { kind: 'backUp', target: { ...target, database: 'stock' } },
    });
    expect(ending.error).toMatchObject({
      code: 'NotProtected',
      message: 'The vault does not protect database stock in ledger01. Protected beside it: orders.',
    });
  });
});

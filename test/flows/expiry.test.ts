import { describe, expect, test } from 'vitest';
import type { WorldSeed } from '../../local/arm-simulator/world.ts';
import { expiresAt } from '../../src/recovery-services/recoveryPoints.ts';
import type { RunRecord } from '../../src/runs/run.ts';
import { startEmbeddedApp } from '../support/embeddedApp.ts';
import { shareTarget, shareWorld, vaultId } from '../support/shareWorld.ts';
import { playRun } from '../support/simulatedRun.ts';

test.each([
  ['P1D', '2026-08-23T02:00:00.000Z'],
  ['P2W', '2026-09-05T02:00:00.000Z'],
  ['P6M', '2027-02-22T02:00:00.000Z'],
  ['P99Y', '2125-08-22T02:00:00.000Z'],
])('a backup sent on 22 August 2026 and kept for %s expires %s', (keepFor, expiry) => {
  expect(expiresAt('2026-08-22T02:00:00Z', keepFor)).toBe(expiry);
});

test('a backup that a limit has parked counts its expiry from the sending', async () => {
  const limit = {
    on: 'recoveryServices.backup',
    times: 2,
    fault: { kind: 'reply', status: 400, code: 'CloudDosTimeboudLimitReached', message: 'Wait a few hours.' },
  } as const;
  const app = await startEmbeddedApp({ world: shareWorld({ protectedShares: ['docs'] }), faults: [limit] });
  const asked = await app.request('POST', '/api/backups', { target: shareTarget('docs'), keepFor: 'P1D' });
  const record = await app.runEnded((asked?.body as RunRecord).id);
  await app.stop();
  const { expiresAt: told } = record.result as { expiresAt: string };
  expect(record.status).toBe('completed');
  expect(told).toMatch(/^2026-08-23T04:0/);
  expect(record.recoveryPoint?.tiers[0]?.expiresAt).toBe(told);
});

describe('of databases', () => {
  const virtualMachineId = vaultId.replace(
    /backup\/providers.*/,
    'servers/providers/Microsoft.Compute/virtualMachines/ledger01',
  );
  const item = { virtualMachineId, database: 'orders' };
  const world: WorldSeed = {
    resources: [{ id: virtualMachineId }],
    recoveryServices: {
      vaults: [{ id: vaultId, items: [{ ...item, policy: 'HourlyLogBackup' }] }],
      datasources: [item],
    },
  };
  const backUp = (more: object) =>
    playRun({
      world,
      request: {
        kind: 'backUp',
        target: { kind: 'workload', vaultId, container: 'ledger01', database: 'orders' },
        ...more,
      },
    });

  test.each([
    ['a full backup is kept for 45 days', {}, '2026-10-06T02:00:00.000Z'],
    ['a full backup is kept as long as was asked', { keepFor: 'P7D' }, '2026-08-29T02:00:00.000Z'],
    ['a copy is kept for 30 days', { backupType: 'CopyOnlyFull' }, '2026-09-21T02:00:00.000Z'],
  ] as const)('%s', async (_, more, expiry) => {
    const { ending } = await backUp(more);
    expect(ending).toMatchObject({ status: 'completed', result: { expiresAt: expiry } });
  });

  test.each(['Differential', 'Log'])(
    'a backup of type %s has no expiry of its own, and tells none',
    async (backupType) => {
      const { ending } = await backUp({ backupType, keepFor: 'P7D' });
      expect(ending.result).not.toHaveProperty('expiresAt');
      expect(JSON.stringify(ending.recoveryPoint ?? {})).not.toContain('2026-08-29');
      expect(ending.warnings).toContain(
        `A backup of type ${backupType} has no expiry of its own, whatever keepFor says: the policy decides.`,
      );
    },
  );
});

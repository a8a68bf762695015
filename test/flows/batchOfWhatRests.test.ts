import { afterEach, describe, expect, test } from 'vitest';
import type { RunRecord } from '../../src/runs/run.ts';
import { startEmbeddedApp, type EmbeddedApp } from '../support/embeddedApp.ts';
import { accountId, diskId, disksVaultId, planWorld, samplePlan, shareOf } from '../support/planWorld.ts';

const daily = { backup: 'daily' };
const shareIn = (share: string, state?: 'ProtectionStopped' | 'SoftDeleted') => ({
  storageAccountId: accountId('papers01'),
  share,
  ...(state === undefined ? { policy: 'daily' } : { state }),
});

const world = planWorld({
  accounts: [{ name: 'papers01', shares: ['docs', 'plans', 'letters'], tags: daily }],
  disks: [{ name: 'db-data', tags: daily }],
  filesVault: {
    items: [shareIn('docs'), shareIn('plans', 'SoftDeleted'), shareIn('letters', 'ProtectionStopped')],
  },
});

let app: EmbeddedApp;
afterEach(() => app.stop());

async function backedUp(rule: string): Promise<RunRecord> {
  const accepted = await app.request('POST', '/api/backups', { rule });
  return app.runEnded((accepted?.body as { id: string }).id);
}
const failuresOf = ({ failures = [] }: RunRecord) =>
  failures.map(({ target, status, error }) => [target.split('/').at(-1), status, error?.code]);

describe('a backup by rule that a pipeline asks for', () => {
  test('fails for what is soft-deleted or stopped: neither was backed up', async () => {
    app = await startEmbeddedApp({ world, plan: () => samplePlan() });
    const record = await backedUp('daily shares');
    expect([record.status, record.counts]).toEqual(['failed', { total: 3, completed: 1, failed: 2 }]);
    expect(failuresOf(record).map(([, ...rest]) => rest)).toEqual(
      expect.arrayContaining([
        ['failed', 'ItemSoftDeleted'],
        ['failed', 'ProtectionStopped'],
      ]),
    );
    const deleted = record.failures?.find(({ error }) => error?.code === 'ItemSoftDeleted');
    expect(deleted?.error?.message).toMatch(/kept until \d{4}-\d\d-\d\dT/);
  }, 60_000);

  test('fails for what nothing protects yet', async () => {
    app = await startEmbeddedApp({ world, plan: () => samplePlan() });
    const record = await backedUp('daily disks');
    expect(record.status).toBe('failed');
    expect(failuresOf(record)).toEqual([['db-data', 'failed', 'NotProtected']]);
  }, 60_000);

  test('fails where its rule selects nothing at all', async () => {
    app = await startEmbeddedApp({ world: planWorld(), plan: () => samplePlan() });
    const record = await backedUp('daily disks');
    expect([record.status, record.error?.code]).toEqual(['failed', 'NothingSelected']);
  }, 60_000);

  test('fails where a daily limit kept some of it from being begun', async () => {
    const target = shareOf('papers01', 'docs');
    const shares = planWorld({
      accounts: [{ name: 'papers01', shares: ['docs'], protectedShares: ['docs'], tags: daily }],
    });
    app = await startEmbeddedApp({
      world: shares,
      plan: () => samplePlan(),
      startAt: '2026-08-22T02:00:00Z',
    });
    for (let time = 0; time < 10; time++) {
      const one = await app.request('POST', '/api/backups', { targets: [target] });
      await app.runEnded((one?.body as { id: string }).id);
    }
    const last = await app.request('POST', '/api/backups', { targets: [target] });
    const record = await app.runEnded((last?.body as { id: string }).id);
    expect([record.status, record.failures?.[0]?.error?.code]).toEqual(['failed', 'DailyLimit']);
  }, 120_000);

  test('does not mind the old item of a share that another item backs up', async () => {
    const items = [
      { ...shareIn('docs', 'SoftDeleted'), readableName: true, sourceDeleted: true },
      shareIn('docs'),
    ];
    const again = planWorld({
      accounts: [{ name: 'papers01', shares: ['docs'], tags: daily }],
      filesVault: { items },
    });
    app = await startEmbeddedApp({ world: again, plan: () => samplePlan() });
    const record = await backedUp('daily shares');
    expect([record.status, record.counts]).toEqual(['completed', { total: 2, completed: 1, skipped: 1 }]);
  }, 60_000);

  test('fails for a disk that soft delete keeps, in the same words', async () => {
    const instance = { name: 'db-1', kind: 'disk', sourceId: diskId('db-data'), policy: 'disks' } as const;
    const disks = planWorld({ disks: [{ name: 'db-data', tags: daily }] });
    const [vault] = disks.dataProtection?.vaults ?? [];
    app = await startEmbeddedApp({
      world: {
        ...disks,
        dataProtection: {
          vaults: [{ ...vault, id: disksVaultId, instances: [{ ...instance, softDeleted: true }] }],
        },
      },
      plan: () => samplePlan(),
    });
    const accepted = await app.request('POST', '/api/backups', {
      target: { id: `${disksVaultId}/backupInstances/db-1` },
    });
    const record = await app.runEnded((accepted?.body as { id: string }).id);
    expect([record.status, record.error?.code]).toEqual(['failed', 'ItemSoftDeleted']);
    const named = await app.request('POST', '/api/backups', {
      target: { kind: 'disk', vaultId: disksVaultId, datasourceId: diskId('db-data') },
    });
    const byName = await app.runEnded((named?.body as { id: string }).id);
    expect([byName.status, byName.error?.code]).toEqual(['failed', 'ItemSoftDeleted']);
  }, 60_000);
});

test('a schedule leaves out what somebody has stopped, and fails for what soft delete keeps', async () => {
  const night = {
    ...{ name: 'night', cron: '30 1 * * *', timeZone: 'Europe/Berlin' },
    backUp: { rules: ['daily shares'] },
  };
  app = await startEmbeddedApp({
    world,
    plan: () => samplePlan({ schedules: [night] }),
    startAt: '2026-08-21T23:00:00Z',
  });
  await app.clock.advanceTo('2026-08-22T01:30:00Z');
  const answer = await app.request('GET', '/api/runs?kind=backUp&top=100');
  const [batch] = (answer?.body as { value: RunRecord[] }).value.filter((one) => one.batch === undefined);
  const { counts } = (await app.request('GET', `/api/runs/${batch?.id}`))?.body as RunRecord;
  expect(counts).toEqual({ total: 3, completed: 1, failed: 1, skipped: 1 });
}, 60_000);

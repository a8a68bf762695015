import { describe, expect, test } from 'vitest';
import type { RunRecord } from '../../src/runs/run.ts';
import { startEmbeddedApp, type EmbeddedApp } from '../support/embeddedApp.ts';
import { numbered, planWorld, samplePlan, shareOf } from '../support/planWorld.ts';
import { runRows } from '../support/runDesk.ts';

const shares = numbered('docs', 12);
const papers = { name: 'papers01', shares, protectedShares: shares, tags: { backup: 'daily' } };
const night = {
  name: 'night',
  cron: '30 1 * * *',
  timeZone: 'Europe/Berlin',
  backUp: { rules: ['daily shares'] },
  concurrency: 5,
};
const plan = (schedule: Record<string, unknown> = {}) =>
  samplePlan({ schedules: [{ ...night, ...schedule }] });

const batches = async (app: EmbeddedApp): Promise<readonly RunRecord[]> => {
  const answer = await app.request('GET', '/api/runs?kind=backUp&top=100');
  return (answer?.body as { value: RunRecord[] }).value.filter(({ batch }) => batch === undefined);
};

/** Most children of a batch that ran at one time, from their own records. */
function mostAtOnce(app: EmbeddedApp): number {
  const spans = runRows(app.tables.runs)
    .filter((row) => row['batch'] !== undefined)
    .flatMap((row) => [
      { at: String(row['createdAt']), step: 1 },
      { at: String(row['endedAt']), step: -1 },
    ])
    .sort((one, other) => one.at.localeCompare(other.at) || one.step - other.step);
  let [now, most] = [0, 0];
  for (const { step } of spans) most = Math.max(most, (now += step));
  return most;
}

describe('a schedule', () => {
  test('fires at its local time, backs up what its rule selects, and tells of it once', async () => {
    const posted: string[] = [];
    const failing = {
      storageAccountId: shareOf('papers01', 'docs07').storageAccountId,
      share: 'docs07',
      jobs: [{ status: 'Failed' as const }],
    };
    const world = planWorld({ accounts: [papers] });
    const app = await startEmbeddedApp({
      world: { ...world, recoveryServices: { ...world.recoveryServices, datasources: [failing] } },
      plan: () => plan(),
      startAt: '2026-08-21T23:00:00Z',
      environment: { NOTIFY_URL: 'https://hooks.example.net/backup', NOTIFY_KEY: 'a key' },
      post: (_url, _headers, body) => Promise.resolve(void posted.push(body)).then(() => 204),
    });
    await app.clock.advanceTo('2026-08-22T01:30:00Z');
    const [batch, ...others] = await batches(app);
    expect(others).toEqual([]);
    expect(batch?.requestedBy).toEqual({ source: 'schedule', key: 'night/2026-08-21T23:30Z' });
    const answer = await app.request('GET', `/api/runs/${batch?.id}`);
    const record = answer?.body as RunRecord;
    expect([record.status, record.counts]).toEqual(['failed', { total: 12, completed: 11, failed: 1 }]);
    expect(record.failures?.[0]?.error?.message).toMatch(/internal error/);
    expect(record.report?.['medianSeconds']).toBeGreaterThan(0);
    expect(app.simulator.effects.count('backup')).toBe(12);
    expect(mostAtOnce(app)).toBe(5);
    expect(posted).toHaveLength(1);
    expect(JSON.parse(posted[0] ?? '')).toMatchObject({ data: { counts: { total: 12, failed: 1 } } });
    await app.stop();
  }, 60_000);

  test('whose ticks come doubled begins each occurrence once', async () => {
    const world = planWorld({ accounts: [papers] });
    const app = await startEmbeddedApp({ world, plan: () => plan(), startAt: '2026-08-21T23:29:30Z' });
    for (let second = 0; second < 120; second += 10) {
      await app.request('POST', '/admin/functions/scheduleTick', {});
      await app.clock.runFor(10_000);
    }
    await app.clock.runFor(3_600_000);
    expect(await batches(app)).toHaveLength(1);
    expect(app.simulator.effects.count('backup')).toBe(12);
    await app.stop();
  }, 60_000);

  test('skips an item whose on-demand backups of the day are used up, before asking', async () => {
    const world = planWorld({ accounts: [{ ...papers, shares: ['docs'], protectedShares: ['docs'] }] });
    const hourly = () => plan({ cron: '0 * * * *', timeZone: 'UTC' });
    const app = await startEmbeddedApp({ world, plan: hourly, startAt: '2026-08-22T00:30:00Z' });
    await app.clock.advanceTo('2026-08-22T13:30:00Z');
    const ended = (await batches(app)).map(
      ({ status, requestedBy }) => `${requestedBy.key.slice(-6)} ${status}`,
    );
    expect(ended.slice(0, 4)).toEqual([
      '13:00Z skipped',
      '12:00Z skipped',
      '11:00Z skipped',
      '10:00Z completed',
    ]);
    expect(app.simulator.effects.count('backup')).toBe(10);
    await app.stop();
  }, 60_000);

  test('begins no item after its window has closed', async () => {
    const world = planWorld({ accounts: [papers] });
    const short = () => plan({ window: 'PT1M', concurrency: 1 });
    const app = await startEmbeddedApp({ world, plan: short, startAt: '2026-08-21T23:29:00Z' });
    await app.clock.advanceTo('2026-08-22T01:00:00Z');
    const [batch] = await batches(app);
    const answer = await app.request('GET', `/api/runs/${batch?.id}`);
    const { counts = { total: 0 }, failures } = answer?.body as RunRecord;
    expect(counts.total).toBe(12);
    expect((counts.completed ?? 0) + (counts.skipped ?? 0)).toBe(12);
    expect(counts.skipped).toBeGreaterThan(8);
    expect(failures?.[0]?.error?.code).toBe('WindowClosed');
    await app.stop();
  }, 60_000);
});

/** Rows of an instance's history. */
async function historyRows(app: EmbeddedApp, instanceId: string): Promise<number> {
  const path = `/runtime/webhooks/durabletask/instances/${instanceId}?showHistory=true`;
  const answer = await app.request('GET', path);
  return (answer?.body as { historyEvents: unknown[] }).historyEvents.length;
}

describe('a batch', () => {
  test('of a hundred items has a history that does not grow with them', async () => {
    const many = numbered('docs', 100);
    const world = planWorld({ accounts: [{ ...papers, shares: many, protectedShares: many }] });
    const app = await startEmbeddedApp({ world });
    const targets = many.map((share) => shareOf('papers01', share));
    const accepted = await app.request('POST', '/api/backups', { targets });
    const { id } = accepted?.body as { id: string };
    const record = await app.runEnded(id);
    expect(record.counts).toEqual({ total: 100, completed: 100 });
    expect(await historyRows(app, `${id}-1`)).toBeLessThan(20);
    expect(await historyRows(app, `${id}-1-1`)).toBeLessThan(20);
    await app.stop();
  }, 60_000);

  test('that is cancelled begins no further item and ends cancelled', async () => {
    const world = planWorld({ accounts: [papers] });
    const app = await startEmbeddedApp({
      world,
      plan: () => plan({ concurrency: 2 }),
      startAt: '2026-08-21T23:29:00Z',
    });
    await app.clock.advanceTo('2026-08-21T23:30:20Z');
    const [batch] = await batches(app);
    const cancelled = await app.request('POST', `/api/runs/${batch?.id}/cancel`);
    expect(cancelled?.status).toBe(202);
    const record = await app.runEnded(batch?.id ?? '');
    expect(record.status).toBe('cancelled');
    expect(record.counts?.total).toBe(12);
    expect(app.simulator.effects.count('backup')).toBeLessThanOrEqual(2);
    await app.stop();
  }, 60_000);

  test('held by ?wait= answers with its counts as soon as it has ended', async () => {
    const app = await startEmbeddedApp({ world: planWorld({ accounts: [papers] }) });
    const targets = shares.slice(0, 3).map((share) => shareOf('papers01', share));
    const answer = await app.request('POST', '/api/backups?wait=200', { targets });
    expect(answer?.status).toBe(200);
    expect(answer?.body).toMatchObject({ status: 'completed', counts: { total: 3, completed: 3 } });
    await app.stop();
  }, 60_000);

  test('whose process is killed again and again backs every item up once', async () => {
    const app = await startEmbeddedApp({ world: planWorld({ accounts: [papers] }) });
    const targets = shares.map((share) => shareOf('papers01', share));
    const accepted = await app.request('POST', '/api/backups', { targets }, { 'idempotency-key': 'k' });
    const { id } = accepted?.body as { id: string };
    for (let kill = 0; kill < 6; kill++) {
      await app.clock.runFor(7_000);
      app.kill();
    }
    const record = await app.runEnded(id);
    expect([record.status, record.counts]).toEqual(['completed', { total: 12, completed: 12 }]);
    expect(app.simulator.effects.count('backup')).toBe(12);
    expect(app.deaths()).toBe(6);
    await app.stop();
  }, 60_000);
});

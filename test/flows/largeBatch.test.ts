import { expect, test } from 'vitest';
import type { RunRecord } from '../../src/runs/run.ts';
import { startEmbeddedApp, type EmbeddedApp } from '../support/embeddedApp.ts';
import { numbered, planWorld, samplePlan } from '../support/planWorld.ts';
import { runRows } from '../support/runDesk.ts';

const daily = { backup: 'daily' };

/** The one batch of the app, from its row: its children fill every list. */
const batchOf = (app: EmbeddedApp): string =>
  runRows(app.tables.runs).find((row) => row['batch'] === undefined)?.rowKey ?? '';

test('a schedule of a thousand shares backs up every one once, in ten shards, within its concurrency', async () => {
  const shares = numbered('docs', 100);
  const accounts = numbered('box', 10).map((name) => ({
    name,
    shares,
    protectedShares: shares,
    tags: daily,
  }));
  const night = {
    name: 'night',
    cron: '30 1 * * *',
    timeZone: 'UTC',
    backUp: { rules: ['daily shares'] },
    concurrency: 100,
  };
  const app = await startEmbeddedApp({
    world: planWorld({ accounts }),
    plan: () => samplePlan({ schedules: [night] }),
    startAt: '2026-08-22T01:29:30Z',
  });
  await app.clock.advanceTo('2026-08-22T01:30:30Z');
  const record = await app.runEnded(batchOf(app));
  expect([record.status, record.counts]).toEqual(['completed', { total: 1000, completed: 1000 }]);
  expect(app.simulator.effects.count('backup')).toBe(1000);
  const minutes = (Date.parse(record.endedAt ?? '') - Date.parse(record.createdAt)) / 60_000;
  expect(minutes).toBeLessThan(60);
  console.info(
    `1,000 targets: ${minutes.toFixed(1)} min, ${app.simulator.log.length} requests, ${JSON.stringify(record.report)}`,
  );
  await app.stop();
}, 300_000);

test('a sweep over five thousand resources reads every page and keeps to the limits of two days', async () => {
  const disks = numbered('disk', 4700).map((name) => ({ name, tags: {} }));
  const accounts = numbered('box', 300).map((name) => ({ name, shares: ['docs'], tags: daily }));
  const app = await startEmbeddedApp({
    world: planWorld({ accounts, disks }),
    plan: () => samplePlan(),
    startAt: '2026-08-22T02:00:00Z',
  });
  const ended = async (day: string): Promise<RunRecord> => {
    await app.clock.advanceTo(`${day}T02:17:10Z`);
    const listed = await app.request('GET', '/api/runs?kind=sweep&top=1');
    return app.runEnded((listed?.body as { value: RunRecord[] }).value[0]?.id ?? '', 20);
  };
  const first = await ended('2026-08-22');
  expect(first.counts).toEqual({ total: 300, completed: 50, skipped: 250 });
  expect(first.report).toMatchObject({ pages: 6, accountsListed: 300, skipped: { DailyLimit: 250 } });
  const second = await ended('2026-08-23');
  expect(second.counts).toEqual({ total: 250, completed: 50, skipped: 200 });
  expect(app.simulator.effects.count('protect')).toBe(100);
  expect(app.simulator.log.filter(({ status }) => status === 400 || status === 429)).toEqual([]);
  console.info(`5,000 resources: ${app.simulator.log.length} requests, ${JSON.stringify(first.report)}`);
  await app.stop();
}, 300_000);

import { createMemoryStore, type InstanceStore } from '../local/functions-host/durable/instanceStore.ts';
import { startEmbeddedApp } from '../test/support/embeddedApp.ts';
import { accountId, numbered, planWorld, samplePlan } from '../test/support/planWorld.ts';
import { runRows } from './fleetFigures.ts';
import type { BenchOptions, BenchReport } from './report.ts';

const concurrency = 100;
/** Seconds of every job; the service asks not to be looked at before a minute. */
const jobSeconds = 35;

const shardId = /^[0-9a-f]{40}-\d+-\d+$/;

/** A store that counts the history rows which shards write. */
function countingStore(): InstanceStore & { readonly shardRows: () => number } {
  const store = createMemoryStore();
  let rows = 0;
  return {
    ...store,
    shardRows: () => rows,
    commit: (instanceId, change) => {
      if (shardId.test(instanceId)) rows += change.history?.length ?? 0;
      store.commit(instanceId, change);
    },
  };
}

/** A schedule that backs up so many shares, and how long its batch takes. */
async function makespan(count: number): Promise<{ readonly seconds: number; readonly shardRows: number }> {
  const perAccount = Math.min(count, 100);
  const shares = numbered('docs', perAccount);
  const boxes = numbered('box', Math.ceil(count / perAccount));
  const tags = { backup: 'daily' };
  const accounts = boxes.map((name) => ({ name, shares, protectedShares: shares, tags }));
  const { recoveryServices, ...rest } = planWorld({ accounts });
  const datasources = boxes.flatMap((box) =>
    shares.map((share) => ({ storageAccountId: accountId(box), share, jobs: [{ seconds: jobSeconds }] })),
  );
  const backUp = { rules: ['daily shares'] };
  const night = { name: 'night', cron: '30 1 * * *', timeZone: 'UTC', backUp, concurrency };
  const instances = countingStore();
  const app = await startEmbeddedApp({
    ...{ world: { ...rest, recoveryServices: { ...recoveryServices, datasources } }, instances },
    plan: () => samplePlan({ schedules: [night] }),
    startAt: '2026-08-22T01:29:30Z',
  });
  await app.clock.advanceTo('2026-08-22T01:30:30Z');
  const batch = runRows(app).find((row) => row['batch'] === undefined)?.rowKey ?? '';
  const { counts, createdAt, endedAt = '' } = await app.runEnded(batch);
  if (counts?.completed !== count) throw new Error(`Not all were backed up: ${JSON.stringify(counts)}`);
  await app.stop();
  return { seconds: (Date.parse(endedAt) - Date.parse(createdAt)) / 1000, shardRows: instances.shardRows() };
}

/** How long a batch takes beside what its concurrency allows: the end of one backup begins the next. */
export async function batch({ quick }: BenchOptions): Promise<BenchReport> {
  const backups = quick ? 200 : 1000;
  const alone = await makespan(1);
  const all = await makespan(backups);
  const ideal = (backups / concurrency) * alone.seconds;
  const [ratio, rows] = [all.seconds / ideal, all.shardRows / backups];
  return {
    title: 'Makespan of a batch',
    layer:
      `b: a schedule of ${backups} shares, ${concurrency} at a time, each job ${jobSeconds} s; ideal is the batch of one, ` +
      'once for each wave',
    columns: ['batch of one', 'ideal', 'measured', 'measured ÷ ideal', 'history rows of shards per backup'],
    rows: [
      [
        ...[alone.seconds, ideal, all.seconds].map((seconds) => `${seconds.toFixed(0)} s`),
        ...[ratio.toFixed(3), rows.toFixed(1)],
      ],
    ],
    data: { backups, concurrency, jobSeconds, alone, all, ideal, ratio },
  };
}

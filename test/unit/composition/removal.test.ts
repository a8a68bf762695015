import { expect, test } from 'vitest';
import { itemsOf } from '../../../src/batches/batchItem.ts';
import { runServices } from '../../../src/composition/invocationServices.ts';
import { acceptRun } from '../../../src/runs/acceptRun.ts';
import { finishRun } from '../../../src/runs/finishRun.ts';
import { findRun } from '../../../src/runs/runRow.ts';
import { httpApp, type HttpApp } from '../../support/httpApp.ts';

const day = 24 * 60;

/** A run that has ended, with a row of every kind about it. */
async function leave(app: HttpApp, key: string): Promise<string> {
  const { tables } = app.services;
  const runs = runServices(app.services, app.context('test'));
  const of = { kind: 'targets', count: 1, digest: key } as const;
  const request = { kind: 'batch', of, options: {}, concurrency: 1 } as const;
  const { run } = await acceptRun(runs, request, { source: 'http', caller: 'local', key });
  const stored = await findRun(runs, run.id);
  await tables.steps.put({
    partitionKey: run.id,
    rowKey: `01-${key}`,
    name: 'recoveryServices.readItem',
    input: '{}',
  });
  if (stored) await tables.batchItems.put({ partitionKey: itemsOf(stored.run), rowKey: `item-${key}` });
  const ending = { status: 'completed', warnings: [] } as const;
  await finishRun(runs, { runId: run.id, generation: 1, ending });
  const at = app.services.clock().toISOString();
  await tables.outbox.put({ partitionKey: 'sent', rowKey: key, at });
  await tables.triggers.put({
    partitionKey: `event-${key}`,
    rowKey: `handled-${key}`,
    at,
    became: 'started',
  });
  await tables.steps.put({ partitionKey: `guard-${at}`, rowKey: `guarded-${key}` });
  await tables.dailyCounters.put({ partitionKey: at.slice(0, 10), rowKey: key, used: 1 });
  return run.id;
}

/** Partitions and keys of every row but those of timers and of the day's work. */
async function left({ services: { tables } }: HttpApp): Promise<readonly string[]> {
  const all = { column: 'PartitionKey', before: '~' };
  const names = ['runs', 'steps', 'batchItems', 'outbox', 'triggers', 'dailyCounters'] as const;
  const pages = await Promise.all(
    names.map(async (name) => [name, (await tables[name].scan(all)).rows] as const),
  );
  return pages.flatMap(([name, rows]) =>
    rows
      .filter(({ partitionKey }) => !['ticks', 'standing', 'removal'].includes(partitionKey))
      .map(({ rowKey }) => `${name} ${rowKey}`),
  );
}

test('everything about a run that ended long ago goes with it, and nothing about a young one', async () => {
  const purged: string[] = [];
  const app = httpApp();
  const { flows } = app;
  flows.purge = async (instanceId) => void purged.push(instanceId);
  const old = await leave(app, 'old');
  app.pass(30 * day);
  await leave(app, 'young');
  const before = await left(app);
  app.pass(6 * day);
  await app.fire('watchRuns');
  expect(purged).toEqual([`${old}-1`]);
  const after = await left(app);
  expect(before.filter((row) => !after.includes(row) && !row.startsWith('runs '))).toEqual([
    'steps 01-old',
    'steps guarded-old',
    'batchItems item-old',
    'outbox old',
    'triggers handled-old',
    'dailyCounters old',
  ]);
  expect(after.filter((row) => row.startsWith('runs ') && row.includes(old))).toEqual([`runs ${old}`]);
  expect(app.log).toContain('Records of 1 runs were removed.');
});

test('what is not a run is looked through once a day', async () => {
  const app = httpApp();
  let scans = 0;
  const { outbox } = app.services.tables;
  const scan = outbox.scan.bind(outbox);
  outbox.scan = (wanted) => {
    scans += 1;
    return scan(wanted);
  };
  await app.fire('watchRuns');
  await app.fire('watchRuns');
  app.pass(day);
  await app.fire('watchRuns');
  expect(scans).toBe(2);
});

import { beforeEach, expect, test } from 'vitest';
import { advanceShard } from '../../../src/batches/advanceShard.ts';
import { addItems, itemKey, itemsOf, listItems, type BatchServices } from '../../../src/batches/batchItem.ts';
import { chargesOf, takeCharges } from '../../../src/batches/dailyLimits.ts';
import { acceptRun } from '../../../src/runs/acceptRun.ts';
import { rowOfRun, type RunState } from '../../../src/runs/runRow.ts';
import { memoryTable } from '../../support/memoryStorage.ts';
import { shareOf } from '../../support/planWorld.ts';
import { runDesk, type RunDesk } from '../../support/runDesk.ts';

const target = shareOf('papers01', 'docs');
const request = { kind: 'backUp', target } as const;
const key = itemKey('docs');

const batchRun: RunState = {
  ...{ id: 'b'.repeat(40), kind: 'backUp', status: 'running', digest: 'd'.repeat(64) },
  request: { kind: 'batch', of: { kind: 'targets', count: 1, digest: 'd' }, options: {}, concurrency: 5 },
  requestedBy: { source: 'http', caller: 'local', key: 'night' },
  ...{ createdAt: '2026-08-22T02:00:00.000Z', generation: 1, generationAt: '2026-08-22T02:00:00.000Z' },
  facts: { acceptedAt: '2026-08-22T02:00:00.000Z', mayDeleteBackups: false },
  warnings: [],
};

let desk: RunDesk;
let services: BatchServices;
let asked: string[];

beforeEach(async () => {
  desk = runDesk();
  asked = [];
  services = {
    ...{ clock: desk.services.clock, runs: desk.services, minimumPollSeconds: 1 },
    cancelChild: (runId) => Promise.resolve(void asked.push(runId)),
    ...{ batchItems: memoryTable('batchItems'), dailyCounters: memoryTable('dailyCounters') },
    loadPlan: () => Promise.reject(new Error('no plan is asked for')),
    estate: {} as never,
  };
  await addItems(services.batchItems, itemsOf(batchRun), [
    { key, state: 'planned', target: 'docs', request },
  ]);
});

const look = () =>
  advanceShard(services, {
    runId: batchRun.id,
    generation: 1,
    shard: { from: key },
    concurrency: 5,
  });
const itemNow = async () => (await listItems(services.batchItems, itemsOf(batchRun)))[0]?.item;

async function useUpTheDay(): Promise<void> {
  for (let time = 0; time < 10; time++)
    await takeCharges(services.dailyCounters, desk.services.clock(), chargesOf(request));
}

async function acceptChild(): Promise<string> {
  const part = { batch: batchRun.id, item: key };
  return (await acceptRun(desk.services, request, batchRun.requestedBy, part)).run.id;
}

test('a child that was accepted just before a crash is carried, though the day’s limit is used up', async () => {
  await desk.runs.insert(rowOfRun(batchRun));
  const child = await acceptChild();
  await useUpTheDay();
  expect(await look()).toMatchObject({ open: 1 });
  expect(await itemNow()).toMatchObject({ state: 'started', run: child });
  expect(desk.started.map(({ instanceId }) => instanceId)).toEqual([`${child}-1`]);
});

test('of a batch that was cancelled meanwhile it is carried, and asked to stop', async () => {
  await desk.runs.insert(rowOfRun({ ...batchRun, cancelRequestedAt: '2026-08-22T02:00:10.000Z' }));
  const child = await acceptChild();
  expect(await look()).toMatchObject({ open: 1 });
  expect(await itemNow()).toMatchObject({ state: 'started', run: child });
  await look();
  expect(asked).toEqual([child]);
});

test('where there is no child the limit and the cancellation say so', async () => {
  await desk.runs.insert(rowOfRun(batchRun));
  await useUpTheDay();
  expect(await look()).toMatchObject({ open: 0 });
  expect(await itemNow()).toMatchObject({ state: 'ended', status: 'skipped', error: { code: 'DailyLimit' } });
});

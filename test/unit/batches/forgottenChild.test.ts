import { beforeEach, expect, test } from 'vitest';
import { advanceShard } from '../../../src/batches/advanceShard.ts';
import { itemKey, itemsOf, listItems } from '../../../src/batches/batchItem.ts';
import { chargesOf, takeCharges } from '../../../src/batches/dailyLimits.ts';
import { acceptRun } from '../../../src/runs/acceptRun.ts';
import { batchDesk, batchRun, type BatchDesk } from '../../support/batchDesk.ts';
import { shareOf } from '../../support/planWorld.ts';

const target = shareOf('papers01', 'docs');
const request = { kind: 'backUp', target } as const;
const key = itemKey('docs');

let batch: BatchDesk;

beforeEach(async () => {
  batch = await batchDesk([{ key, state: 'planned', target: 'docs', request }]);
});

const look = () =>
  advanceShard(batch.services, {
    runId: batchRun().id,
    generation: 1,
    shard: { from: key },
    concurrency: 5,
  });
const itemNow = async () => (await listItems(batch.services.batchItems, itemsOf(batchRun())))[0]?.item;

async function useUpTheDay(): Promise<void> {
  for (let time = 0; time < 10; time++)
    await takeCharges(batch.services.dailyCounters, batch.desk.services.clock(), chargesOf(request));
}

async function acceptChild(): Promise<string> {
  const { id, requestedBy } = batchRun();
  const part = { batch: id, item: key };
  return (await acceptRun(batch.desk.services, request, requestedBy, part)).run.id;
}

test('a child that was accepted just before a crash is carried, though the day’s limit is used up', async () => {
  await batch.carry(batchRun());
  const child = await acceptChild();
  await useUpTheDay();
  expect(await look()).toMatchObject({ open: 1 });
  expect(await itemNow()).toMatchObject({ state: 'started', run: child });
  expect(batch.desk.started.map(({ instanceId }) => instanceId)).toEqual([`${child}-1`]);
});

test('of a batch that was cancelled meanwhile it is carried, and asked to stop', async () => {
  await batch.carry(batchRun({ cancelRequestedAt: '2026-08-22T02:00:10.000Z' }));
  const child = await acceptChild();
  expect(await look()).toMatchObject({ open: 1 });
  expect(await itemNow()).toMatchObject({ state: 'started', run: child });
  await look();
  expect(batch.asked).toEqual([child]);
});

test('where there is no child the limit and the cancellation say so', async () => {
  await batch.carry(batchRun());
  await useUpTheDay();
  expect(await look()).toMatchObject({ open: 0 });
  expect(await itemNow()).toMatchObject({ state: 'ended', status: 'skipped', error: { code: 'DailyLimit' } });
});

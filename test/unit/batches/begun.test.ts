import { expect, test } from 'vitest';
import { advanceShard } from '../../../src/batches/advanceShard.ts';
import { itemKey, itemsOf, listItems, type BatchItem } from '../../../src/batches/batchItem.ts';
import { chargesOf, takeCharges } from '../../../src/batches/dailyLimits.ts';
import { findRun, type RunState } from '../../../src/runs/runRow.ts';
import { shardIdOf } from '../../../src/runs/run.ts';
import { batchDesk, batchRun } from '../../support/batchDesk.ts';
import { diskId } from '../../support/planWorld.ts';

const target = { id: diskId('data') };
const item: BatchItem = {
  key: itemKey('data'),
  state: 'planned',
  target: 'data',
  request: { kind: 'backUp', target },
};

async function advanced(one: BatchItem, differs: Partial<RunState> = {}, number?: number) {
  const batch = await batchDesk([one]);
  await batch.carry(batchRun(differs));
  const look = (waits = 1) =>
    advanceShard(
      { ...batch.services, minimumPollSeconds: waits },
      {
        runId: batchRun().id,
        generation: 1,
        shard: { from: '' },
        concurrency: 5,
        ...(number !== undefined && { number }),
      },
    );
  const itemNow = async () => (await listItems(batch.services.batchItems, itemsOf(batchRun())))[0]?.item;
  return { batch, look, itemNow };
}

test('an item that is begun names its run and when; the run names its batch, its item and its shard', async () => {
  const { batch, look, itemNow } = await advanced(item, {}, 3);
  expect(await look()).toEqual({ open: 1, waitSeconds: 300 });
  const begun = await itemNow();
  expect(begun).toMatchObject({ state: 'started', startedAt: '2026-08-22T02:00:00.000Z' });
  const child = (await findRun(batch.desk.services, begun?.run ?? ''))?.run;
  expect(child).toMatchObject({ batch: batchRun().id, shard: shardIdOf(batchRun().id, 1, 3) });
  const alone = await advanced(item);
  await alone.look();
  const lone = (await findRun(alone.batch.desk.services, (await alone.itemNow())?.run ?? ''))?.run;
  expect([lone?.batch, lone && 'shard' in lone]).toEqual([batchRun().id, false]);
});

test('an item that asks for nothing ends skipped', async () => {
  const { request: _request, ...nothing } = item;
  const { look, itemNow } = await advanced(nothing);
  expect(await look()).toMatchObject({ open: 0 });
  expect(await itemNow()).toEqual({
    ...nothing,
    state: 'ended',
    status: 'skipped',
    endedAt: '2026-08-22T02:00:00.000Z',
  });
});

test('an item that a daily limit keeps is told which', async () => {
  const { batch, look, itemNow } = await advanced(item);
  for (let time = 0; time < 10; time++)
    await takeCharges(
      batch.services.dailyCounters,
      batch.services.clock(),
      chargesOf({ kind: 'backUp', target }),
    );
  await look();
  expect(await itemNow()).toEqual({
    ...{ ...item, state: 'ended', status: 'skipped', endedAt: '2026-08-22T02:00:00.000Z' },
    error: {
      code: 'DailyLimit',
      message: `daily limit: the service takes 10 on-demand backups a day for ${diskId('data')}`,
    },
  });
});

test('an item of a batch that was cancelled says so', async () => {
  const { look, itemNow } = await advanced(item, { cancelRequestedAt: '2026-08-22T02:00:00.000Z' });
  await look();
  expect(await itemNow()).toMatchObject({
    status: 'cancelled',
    error: { code: 'RunCancelled', message: 'The batch was cancelled.' },
  });
});

test('children that run are not asked to stop while nobody has cancelled the batch', async () => {
  const { batch, look } = await advanced(item);
  await look();
  await look();
  expect(batch.asked).toEqual([]);
});

test('an item whose run is lost stays as it is', async () => {
  const lost = { ...item, state: 'started', run: 'lost' } as const;
  const { look, itemNow } = await advanced(lost);
  expect(await look()).toMatchObject({ open: 1 });
  expect(await itemNow()).toEqual(lost);
});

test('a shard looks again as seldom as the app is told to, and at most every five minutes', async () => {
  const { look } = await advanced(item);
  expect((await look(301)).waitSeconds).toBe(301);
  expect((await look(299)).waitSeconds).toBe(300);
});

test('a shard of a batch that is not there begins nothing', async () => {
  const { services } = await batchDesk([item]);
  const input = { runId: 'none', generation: 1, shard: { from: '' }, concurrency: 5 };
  expect(await advanceShard(services, input)).toEqual({ open: 0, waitSeconds: 0 });
});

import { beforeEach, describe, expect, test } from 'vitest';
import { advanceShard } from '../../../src/batches/advanceShard.ts';
import { itemKey, itemsOf, listItems, type BatchItem } from '../../../src/batches/batchItem.ts';
import type { BatchServices } from '../../../src/batches/batchItem.ts';
import { findRun, rowOfRun, type RunState } from '../../../src/runs/runRow.ts';
import { finishRun } from '../../../src/runs/finishRun.ts';
import { batchDesk, batchRun as batchOnDesk } from '../../support/batchDesk.ts';
import { shareOf } from '../../support/planWorld.ts';
import type { RunDesk } from '../../support/runDesk.ts';

const shares = ['a', 'b', 'c', 'd', 'e'];
const keys = shares.map((share) => itemKey(share));
const itemOf = (share: string): BatchItem => ({
  ...{ key: itemKey(share), state: 'planned', target: share },
  request: { kind: 'backUp', target: shareOf('papers01', share) },
});

const ofFive: RunState['request'] = {
  ...{ kind: 'batch', of: { kind: 'targets', count: 5, digest: 'd' }, options: {}, concurrency: 2 },
};
const batchRun = (differs: Partial<RunState> = {}): RunState =>
  batchOnDesk({ request: ofFive, generation: 2, ...differs });

let desk: RunDesk;
let services: BatchServices;
let asked: string[];
let carry: (differs?: Partial<RunState>) => Promise<void>;

beforeEach(async () => {
  const batch = await batchDesk(shares.map(itemOf));
  ({ desk, services, asked } = batch);
  carry = (differs) => batch.carry(batchRun(differs));
});

const look = (generation = 2, concurrency = 2) =>
  advanceShard(services, { runId: batchRun().id, generation, shard: { from: '' }, concurrency });
const states = async () =>
  (await listItems(services.batchItems, itemsOf(batchRun())))
    .map(({ item }) => item.status ?? item.state)
    .sort();
const children = async () =>
  (await listItems(services.batchItems, itemsOf(batchRun()))).flatMap(({ item }) => item.run ?? []);
const end = async (runId: string, status: 'completed' | 'failed') => {
  const generation = (await findRun(desk.services, runId))?.run.generation ?? 0;
  const error = status === 'failed' ? { error: { code: 'X', message: 'x'.repeat(600) } } : {};
  await finishRun(desk.services, { runId, generation, ending: { status, warnings: [], ...error } });
};

describe('a shard', () => {
  test('begins as many children as may run, and no more while they run', async () => {
    await carry();
    expect(await look()).toEqual({ open: 5, waitSeconds: 300 });
    expect(await states()).toEqual(['planned', 'planned', 'planned', 'started', 'started']);
    expect(await look()).toEqual({ open: 5, waitSeconds: 300 });
    expect(await states()).toEqual(['planned', 'planned', 'planned', 'started', 'started']);
  });

  test('begins one for each that has ended, and tells how it did', async () => {
    await carry();
    await look();
    const [first = '', second = ''] = await children();
    await end(first, 'completed');
    expect((await look()).open).toBe(4);
    expect(await states()).toEqual(['completed', 'planned', 'planned', 'started', 'started']);
    await end(second, 'failed');
    expect((await look()).open).toBe(3);
    const items = (await listItems(services.batchItems, itemsOf(batchRun()))).map(({ item }) => item);
    const failed = items.find(({ status }) => status === 'failed');
    expect(failed).toMatchObject({ state: 'ended', run: second, endedAt: '2026-08-22T02:00:00.000Z' });
    expect(failed?.error?.message).toHaveLength(500);
    expect(await look()).toMatchObject({ open: 3 });
  });

  test.each([
    ['of an older generation', 1, {}],
    ['of a newer generation', 3, {}],
    ['of a batch that has ended', 2, { status: 'completed', endedAt: '2026-08-22T03:00:00.000Z' }],
  ] as const)('%s begins nothing', async (_what, generation, differs) => {
    await carry(differs);
    expect(await look(generation)).toEqual({ open: 0, waitSeconds: 0 });
    expect(await states()).toEqual(Array.from({ length: 5 }, () => 'planned'));
    expect(desk.started).toEqual([]);
  });

  test('of a batch that was cancelled begins none, and asks each running child to stop', async () => {
    await carry();
    await look();
    const running = await children();
    const stored = await findRun(desk.services, batchRun().id);
    await desk.runs.replace(
      rowOfRun(batchRun({ cancelRequestedAt: '2026-08-22T02:00:10.000Z' })),
      stored?.etag ?? '',
    );
    expect((await look()).open).toBe(2);
    expect(await states()).toEqual(['cancelled', 'cancelled', 'cancelled', 'started', 'started']);
    expect(asked.sort()).toEqual([...running].sort());
  });

  test.each([
    ['at the end of its window still begins', '2026-08-22T02:00:00.000Z', 'started'],
    ['after its window begins none', '2026-08-22T01:59:59.999Z', 'skipped'],
  ])('%s', async (_what, notAfter, state) => {
    const { request } = batchRun();
    await carry({ request: { ...request, notAfter } as RunState['request'] });
    await look(2, 5);
    expect(await states()).toEqual(Array.from({ length: 5 }, () => state));
    if (state === 'skipped') {
      const [one] = await listItems(services.batchItems, itemsOf(batchRun()));
      expect(one?.item.error).toEqual({
        code: 'WindowClosed',
        message: 'The window closed at 2026-08-22T01:59:59.999Z.',
      });
    }
  });

  test('carries the part of the items that is its own', async () => {
    await carry();
    const [from = '', before = ''] = [...keys].sort().slice(1, 3);
    const part = { runId: batchRun().id, generation: 2, shard: { from, before }, concurrency: 5 };
    expect((await advanceShard(services, part)).open).toBe(1);
    expect(desk.started).toHaveLength(1);
  });
});

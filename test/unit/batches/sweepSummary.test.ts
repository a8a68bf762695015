import { expect, test } from 'vitest';
import {
  addItems,
  isGate,
  itemKey,
  listItems,
  shardsOf,
  standingOf,
  type BatchItem,
} from '../../../src/batches/batchItem.ts';
import { itemQuerySchema, readItemPage } from '../../../src/batches/itemPage.ts';
import { readSummary, writeSummary, type SweepSummary } from '../../../src/batches/sweepSummary.ts';
import { memoryTable } from '../../support/memoryStorage.ts';
import { shareOf } from '../../support/planWorld.ts';

const empty: SweepSummary = {
  ...{ counts: { missing: 1 }, pages: 2, accountsListed: 3, accountsDoneTo: 'z', drift: [], notEligible: [] },
  ...{ protectedOutsidePlan: [], orphans: [], unreadable: [], warnings: [] },
};

test('a summary is read as it was written, also one of many columns and after a longer one', async () => {
  const table = memoryTable();
  expect(await readSummary(table, 'p')).toBeUndefined();
  const long = { ...empty, warnings: [Array.from({ length: 50_000 }, (_, at) => at).join(' ')] };
  await writeSummary(table, 'p', long);
  expect(await readSummary(table, 'p')).toEqual(long);
  await writeSummary(table, 'p', empty);
  expect(await readSummary(table, 'p')).toEqual(empty);
  expect(await readSummary(table, 'other')).toBeUndefined();
});

test('a summary from before there were lists of what is not eligible and what lies outside the plan has them empty', async () => {
  const table = memoryTable();
  const { notEligible: _one, protectedOutsidePlan: _other, ...older } = empty;
  await writeSummary(table, 'p', { ...older } as SweepSummary);
  expect(await readSummary(table, 'p')).toEqual(empty);
});

test('lists that would not fit a row are cut to two hundred, and that is said once', async () => {
  const table = memoryTable();
  const of = <T>(count: number, one: T) => Array.from({ length: count }, () => one);
  const words = 'x'.repeat(500);
  const large: SweepSummary = {
    ...empty,
    drift: of(900, { target: words, item: 'i', rule: 'r', reason: 'r' }),
    orphans: of(201, { item: 'i', source: 's', vault: 'v' }),
    notEligible: of(202, { target: 't', rule: 'r', reason: 'r' }),
    protectedOutsidePlan: of(203, { target: 't', item: 'i', reason: 'r' }),
    unreadable: of(204, 'an account'),
    warnings: ['nothing seen', 'Lists are cut: before'],
  };
  await writeSummary(table, 'p', large);
  const kept = await readSummary(table, 'p');
  const lists = [kept?.drift, kept?.orphans, kept?.notEligible, kept?.protectedOutsidePlan, kept?.unreadable];
  expect(lists.map((list) => list?.length)).toEqual([200, 200, 200, 200, 200]);
  expect(kept?.warnings).toEqual([
    'nothing seen',
    'Lists are cut: 900 of drift, 201 orphans, 202 not eligible, 203 protected outside the plan.',
  ]);
  expect(kept?.counts).toEqual({ missing: 1 });
});

const itemOf = (name: string, differs: Partial<BatchItem> = {}): BatchItem => ({
  ...{ key: itemKey(name), state: 'planned', target: name },
  ...differs,
});

test('items are kept once each, in the order of their keys, and those that are there stay as they are', async () => {
  const table = memoryTable();
  const items = Array.from({ length: 45 }, (_, at) => itemOf(`vm-${at}`));
  await addItems(table, 'p', items);
  await addItems(table, 'p', [itemOf('VM-7', { state: 'ended', status: 'failed' })]);
  await table.put({ partitionKey: 'p', rowKey: 'summary' });
  const keys = items.map(({ key }) => key).sort();
  expect((await listItems(table, 'p')).map(({ item }) => item.key)).toEqual(keys);
  expect((await listItems(table, 'p')).every(({ item }) => item.state === 'planned')).toBe(true);
  const [from = '', , before = ''] = keys;
  expect((await listItems(table, 'p', { from, before })).map(({ item }) => item.key)).toEqual(
    keys.slice(0, 2),
  );
});

test('an item is read with everything that was written', async () => {
  const table = memoryTable();
  const whole = itemOf('docs', {
    ...{ state: 'ended', status: 'failed', rule: 'shares', run: 'r', error: { code: 'X', message: 'x' } },
    request: { kind: 'backUp', target: shareOf('papers01', 'docs') },
    ...{ startedAt: '2026-08-22T02:00:00.000Z', endedAt: '2026-08-22T02:01:00.000Z' },
  });
  await addItems(table, 'p', [whole]);
  expect((await listItems(table, 'p')).map(({ item }) => item)).toEqual([whole]);
});

test.each<readonly [Partial<BatchItem>, string]>([
  [{ state: 'planned' }, 'waiting'],
  [{ state: 'started' }, 'running'],
  [{ state: 'ended', status: 'failed' }, 'failed'],
  [{ state: 'ended' }, 'skipped'],
])('an item %j stands as %s', (differs, standing) => {
  expect(standingOf(itemOf('a', differs))).toBe(standing);
});

test.each([
  [{ kind: 'rule', rule: 'disks' }, true],
  [{ kind: 'targets', count: 1, digest: 'd' }, true],
  [{ kind: 'schedule', schedule: 'nightly', dueAt: '2026-08-22T02:00:00.000Z' }, false],
  [{ kind: 'drill', drill: 'monthly' }, false],
] as const)('a batch of %j is a gate: %s', (of, is) => {
  expect(isGate({ request: { kind: 'batch', of, options: {}, concurrency: 1 } })).toBe(is);
});

test('a sweep is no gate', () => {
  expect(isGate({ request: { kind: 'sweep', dryRun: false } })).toBe(false);
});

test('shards hold a hundred items that have not ended, in the order of their keys', () => {
  const key = (at: number) => `item-${String(at).padStart(4, '0')}`;
  const item = (at: number, state: BatchItem['state'] = 'planned'): BatchItem => ({
    key: key(at),
    state,
    target: 't',
  });
  expect(shardsOf([])).toEqual([]);
  expect(shardsOf([item(0, 'ended')])).toEqual([]);
  expect(shardsOf(Array.from({ length: 100 }, (_, at) => item(99 - at)))).toEqual([{ from: key(0) }]);
  const mixed = [
    item(0, 'ended'),
    ...Array.from({ length: 201 }, (_, at) => item(at + 1, at % 2 === 0 ? 'started' : 'planned')),
  ];
  expect(shardsOf(mixed)).toEqual([
    { from: key(1), before: key(101) },
    { from: key(101), before: key(201) },
    { from: key(201) },
  ]);
});

test('items come in pages as callers see them', async () => {
  const table = memoryTable();
  const run = { id: 'b'.repeat(40), digest: 'd'.repeat(64) };
  const request = { kind: 'backUp', target: shareOf('papers01', 'docs') } as const;
  const items = [
    itemOf('a', { state: 'started', run: 'r', rule: 'shares', request }),
    itemOf('b', { state: 'ended', status: 'failed', error: { code: 'X', message: 'x' } }),
    itemOf('c'),
  ].sort((one, other) => one.key.localeCompare(other.key));
  await addItems(table, `${'b'.repeat(40)}-${'d'.repeat(16)}`, items);
  const first = await readItemPage(table, run, { top: 2 });
  expect([first.items.length, first.continuation]).toEqual([2, items[1]?.key]);
  const second = await readItemPage(table, run, { continuation: first.continuation });
  expect([second.items.length, 'continuation' in second]).toEqual([1, false]);
  const shown = new Map([...first.items, ...second.items].map((one) => [one.target, one]));
  expect([shown.get('a'), shown.get('b'), shown.get('c')]).toEqual([
    { target: 'a', status: 'running', rule: 'shares', run: 'r', asks: request },
    { target: 'b', status: 'failed', error: { code: 'X', message: 'x' } },
    { target: 'c', status: 'waiting' },
  ]);
});

test.each([
  [{ top: '1' }, true],
  [{ top: '1000' }, true],
  [{ top: '999', continuation: `item-${'0f'.repeat(12)}` }, true],
  [{}, true],
  [{ top: '0' }, false],
  [{ top: '1001' }, false],
  [{ top: '10x' }, false],
  [{ continuation: 'item-' }, false],
  [{ continuation: `xitem-${'0f'.repeat(12)}` }, false],
  [{ skip: '1' }, false],
])('a page is asked for by %j: %s', (query, is) => {
  expect(itemQuerySchema.safeParse(query).success).toBe(is);
});

import { beforeEach, describe, expect, test } from 'vitest';
import {
  createRowWriter,
  hashIn,
  readPriors,
  type NextRow,
  type Prior,
  type Unsent,
} from '../../../src/coverage/keptRows.ts';
import { listKeyOf, resourceHash, type KeptRow } from '../../../src/coverage/rows.ts';
import { memoryTable, type MemoryTable } from '../../support/memoryStorage.ts';
import { diskId, subscriptionId } from '../../support/planWorld.ts';

const readAt = '2026-08-22T02:00:00.000Z';
const rowOf = (name: string, differs: Partial<KeptRow> = {}): KeptRow => ({
  ...{ id: diskId(name), kind: 'disk', name, subscriptionId, resourceGroup: 'apps' },
  ...{ state: 'ok', since: '2026-08-01T00:00:00.000Z', reason: 'planted' },
  ...differs,
});
const nextOf = (row: KeptRow, more: Partial<NextRow> = {}): NextRow => ({ row, level: 'ok', ...more });
const hash = (name: string) => resourceHash('disk', diskId(name));

let table: MemoryTable;
let priors: Map<string, Prior>;
let writer: ReturnType<typeof createRowWriter>;

/** Another refresh: it knows what is stored, and nothing else. */
async function begin(at = readAt): Promise<void> {
  priors = await readPriors(table);
  writer = createRowWriter(table, priors, at);
}

async function write(next: NextRow, untold?: Unsent): Promise<void> {
  await writer.put(next, untold);
  await writer.flush();
}

const keys = (partition = 'now') =>
  table
    .rows()
    .filter(({ partitionKey }) => partitionKey === partition)
    .map(({ rowKey }) => rowKey)
    .sort();
const writes = () => table.operations['writeTogether'] ?? 0;

beforeEach(async () => {
  table = memoryTable('coverage');
  await begin();
});

describe('a row', () => {
  test('is kept with its place and the change that made it', async () => {
    const row = rowOf('data');
    await write(nextOf(row, { level: 'late', checkedAt: readAt }));
    expect(keys()).toEqual([listKeyOf(row), `id|${hash('data')}`].sort());
    expect(await table.read('now', `id|${hash('data')}`)).toMatchObject({ listKey: listKeyOf(row) });
    expect(await table.read('now', listKeyOf(row))).toMatchObject({
      ...{ level: 'late', checkedAt: readAt, data: JSON.stringify(row) },
    });
    const [change] = table.rows().filter(({ partitionKey }) => partitionKey === 'change-2026-08');
    // 9999999999999 less the instant: newer changes come first.
    expect(change?.rowKey).toBe(`${hash('data')}|8212635999999`);
    expect(JSON.parse(String(change?.['data']))).toEqual({ at: readAt, state: 'ok', reason: 'planted' });
  });

  test('is remembered by the next refresh with what it compares and ages', async () => {
    const point = { at: '2026-08-21T21:00:00.000Z', source: 'jobs' } as const;
    const lastRun = { id: 'run-1', kind: 'backUp', status: 'failed', createdAt: readAt };
    const expected = { every: 'P1D', grace: 'PT6H', from: 'rule' } as const;
    await write(
      nextOf(rowOf('data', { lastGoodPoint: point, lastRun, expect: expected }), { checkedAt: readAt }),
    );
    await begin();
    expect(priors.get(hash('data'))).toMatchObject({
      ...{ id: diskId('data'), kind: 'disk', state: 'ok', since: '2026-08-01T00:00:00.000Z', level: 'ok' },
      ...{ checkedAt: readAt, point, lastRun },
      expect: { everyMs: 86_400_000, graceMs: 21_600_000, from: 'rule' },
    });
    await write(nextOf(rowOf('plain')));
    await begin();
    expect(Object.keys(priors.get(hash('plain')) ?? {}).sort()).toEqual(
      ['digest', 'id', 'kind', 'level', 'listKey', 'since', 'state'].sort(),
    );
  });

  test('that is as it was is not written again', async () => {
    await write(nextOf(rowOf('data'), { checkedAt: readAt }));
    await begin('2026-08-22T03:00:00.000Z');
    const before = writes();
    await write(nextOf(rowOf('data'), { checkedAt: readAt }));
    expect(writes()).toBe(before);
  });

  test.each([
    ['its words', nextOf(rowOf('data', { reason: 'other' }), { checkedAt: readAt })],
    ['its level', nextOf(rowOf('data'), { level: 'late', checkedAt: readAt })],
    ['when its points were listed', nextOf(rowOf('data'), { checkedAt: '2026-08-22T03:00:00.000Z' })],
  ])('that differs in %s is written in its place, and no change of state with it', async (_what, next) => {
    await write(nextOf(rowOf('data'), { checkedAt: readAt }));
    const before = keys();
    await begin('2026-08-22T03:00:00.000Z');
    await write(next);
    expect(keys()).toEqual(before);
    expect((await table.read('now', listKeyOf(next.row)))?.['data']).toBe(JSON.stringify(next.row));
    expect((await table.read('now', listKeyOf(next.row)))?.['level']).toBe(next.level);
    expect(keys('change-2026-08')).toHaveLength(1);
  });

  test('of another state moves in the list, and the change is kept', async () => {
    await write(nextOf(rowOf('data')));
    await begin('2026-08-22T03:00:00.000Z');
    const late = rowOf('data', { state: 'late', since: '2026-08-22T03:00:00.000Z', reason: 'old' });
    await write(nextOf(late));
    expect(keys()).toEqual([listKeyOf(late), `id|${hash('data')}`].sort());
    expect((await table.read('now', `id|${hash('data')}`))?.['listKey']).toBe(listKeyOf(late));
    expect(keys('change-2026-08')).toHaveLength(2);
  });

  test('that is gone is removed with its place; one that nobody knows is no matter', async () => {
    await write(nextOf(rowOf('data')));
    await writer.remove(hash('other'));
    await writer.remove(hash('data'));
    await writer.flush();
    expect(keys()).toEqual([]);
    expect(priors.size).toBe(0);
  });

  test('that an earlier attempt has removed already is no obstacle to the others', async () => {
    await write(nextOf(rowOf('data')));
    await begin();
    await table.remove('now', `id|${hash('data')}`);
    await writer.remove(hash('data'));
    await write(nextOf(rowOf('other')));
    expect(keys()).toEqual([listKeyOf(rowOf('other')), `id|${hash('other')}`].sort());
  });

  test('that changes twice in one refresh is written twice, one after the other', async () => {
    await writer.put(nextOf(rowOf('data')), undefined);
    const late = rowOf('data', { state: 'late', since: readAt });
    await writer.put(nextOf(late), undefined);
    await writer.flush();
    expect(keys()).toEqual([listKeyOf(late), `id|${hash('data')}`].sort());
    await writer.put(nextOf(rowOf('data')), undefined);
    await writer.remove(hash('data'));
    await writer.flush();
    expect(keys()).toEqual([]);
  });
});

test('what waits to be told lies beside it, under the instant of the refresh', async () => {
  const untold = { event: 'late', row: { name: 'data' } } as Unsent;
  await write(nextOf(rowOf('data')), untold);
  const stored = await table.read('now', `untold|1787364000000|${hash('data')}`);
  expect(JSON.parse(String(stored?.['data']))).toEqual(untold);
});

test('rows are written about a hundred changes at a time, history before what is true now', async () => {
  const order: string[] = [];
  const watched = {
    ...table,
    writeTogether: (partition: string, changes: Parameters<typeof table.writeTogether>[1]) => {
      order.push(`${partition} ${changes.length}`);
      return table.writeTogether(partition, changes);
    },
  };
  const many = createRowWriter(watched, priors, readAt);
  for (let at = 0; at < 50; at++) await many.put(nextOf(rowOf(`data-${at}`)), undefined);
  expect(order).toEqual(['change-2026-08 48', 'now 96']);
  await many.flush();
  expect(order).toEqual(['change-2026-08 48', 'now 96', 'change-2026-08 2', 'now 4']);
  await many.flush();
  expect(order).toHaveLength(4);
});

test('more than a thousand rows are all known', async () => {
  for (let at = 0; at < 1001; at++) await writer.put(nextOf(rowOf(`data-${at}`)), undefined);
  await writer.flush();
  await begin();
  expect(priors.size).toBe(1001);
});

test('the hash of a resource is the end of its place in the list', () => {
  expect(hashIn(listKeyOf(rowOf('data')))).toBe(hash('data'));
  expect(hash('data')).toMatch(/^[0-9a-f]{40}$/);
});

import { describe, expect, test } from 'vitest';
import { createSharedState } from '../../../src/pacer/sharedState.ts';
import { memoryTable, type MemoryTable, type PortFaults } from '../../support/memoryStorage.ts';

type Count = { readonly sum: number };

/** A number that instances share; unknown it is 100 per second of the clock. */
const countOn = (table: MemoryTable, merge?: (stored: Count, known: Count) => Count) =>
  createSharedState<Count>({
    ...{ table, partitionKey: 'p', rowKey: 'r', staleMs: 30_000 },
    row: (state) => ({ ...state, partitionKey: 'p', rowKey: 'r' }),
    state: (stored) => ({ sum: Number(stored['sum']) }),
    unknown: (nowMs) => ({ sum: nowMs / 10 }),
    ...(merge && { merge }),
  });
const add = (count: number) => (state: Count) => ({
  state: { sum: state.sum + count },
  answer: `had ${state.sum}`,
});
const sumIn = (table: MemoryTable) => table.rows().map((row) => row['sum']);

describe('a shared state', () => {
  test('that is not there is what is believed at that time; nothing is written by a look', async () => {
    const table = memoryTable();
    expect(await countOn(table).peek(1000)).toEqual({ sum: 100 });
    expect(table.rows()).toEqual([]);
  });

  test('is written by the first change and replaced by the next, and each is told what it asked for', async () => {
    const table = memoryTable();
    const count = countOn(table);
    expect(await count.change(1000, add(5))).toBe('had 100');
    expect(await count.change(2000, add(1))).toBe('had 105');
    expect(sumIn(table)).toEqual([106]);
    expect(table.operations).toEqual({ read: 1, insert: 1, replace: 1 });
    expect(await count.peek(2000)).toEqual({ sum: 106 });
  });

  test('is read again once it is stale, half a minute after it was read or written', async () => {
    const table = memoryTable();
    const [one, other] = [countOn(table), countOn(table)];
    await one.change(1000, add(0));
    await other.change(1000, add(7));
    expect(await one.peek(30_999)).toEqual({ sum: 100 });
    expect(await one.peek(31_000)).toEqual({ sum: 107 });
  });

  test('that another has changed is read and changed again', async () => {
    const table = memoryTable();
    const [one, other] = [countOn(table), countOn(table)];
    await one.change(1000, add(0));
    await other.change(1000, add(7));
    expect(await one.change(1000, add(1))).toBe('had 107');
    expect(sumIn(table)).toEqual([108]);
  });

  test('keeps what only this process knows, and joins it with what is read', async () => {
    const table = memoryTable();
    const most = (stored: Count, known: Count) => ({ sum: Math.max(stored.sum, known.sum) });
    const [one, plain] = [countOn(table, most), countOn(table)];
    await one.change(1000, add(0));
    await plain.peek(1000);
    one.remember({ sum: 500 });
    plain.remember({ sum: 500 });
    expect([await one.peek(2000), await plain.peek(2000)]).toEqual([{ sum: 500 }, { sum: 500 }]);
    expect([await one.peek(60_000), await plain.peek(60_000)]).toEqual([{ sum: 500 }, { sum: 100 }]);
    expect(sumIn(table)).toEqual([100]);
  });

  test('that is remembered before anything was read does not pass for what is stored', async () => {
    const count = countOn(memoryTable());
    count.remember({ sum: 500 });
    expect(await count.peek(1000)).toEqual({ sum: 100 });
  });
});

describe('changes that are asked for together', () => {
  test('share one write, in their order; those that come meanwhile share the next', async () => {
    const table = memoryTable();
    const count = countOn(table);
    const told = await Promise.all([1, 2, 3, 4].map((more) => count.change(1000, add(more))));
    expect(told).toEqual(['had 100', 'had 101', 'had 103', 'had 106']);
    expect(sumIn(table)).toEqual([110]);
    expect(table.operations).toEqual({ read: 1, insert: 1, replace: 1 });
  });

  test('fail together where the table does, and those after them are written', async () => {
    let fails = true;
    const before: PortFaults['before'] = (operation) => {
      if (fails && operation === 'table.insert') throw new Error('storage is down');
    };
    const table = memoryTable('table', { before });
    const count = countOn(table);
    await expect(count.change(1000, add(1))).rejects.toThrow('storage is down');
    fails = false;
    expect(await count.change(1000, add(2))).toBe('had 100');
    expect(sumIn(table)).toEqual([102]);
  });

  test('whose write took effect without an answer are told as failed, and the next begins from what is stored', async () => {
    let loses = true;
    const after: PortFaults['after'] = (operation) => {
      if (loses && operation === 'table.insert') throw new Error('no answer');
    };
    const table = memoryTable('table', { after });
    const count = countOn(table);
    await expect(count.change(1000, add(1))).rejects.toThrow('no answer');
    loses = false;
    expect(await count.change(1000, add(2))).toBe('had 101');
  });

  test('are given up after twenty conflicts in a row', async () => {
    const table = memoryTable();
    const busy: MemoryTable = { ...table, insert: () => Promise.resolve({ kind: 'conflict' }) };
    let reads = 0;
    const read = (...place: Parameters<MemoryTable['read']>) => (reads++, table.read(...place));
    await expect(countOn({ ...busy, read }).change(1000, add(1))).rejects.toThrow(
      'The budget row r was changed by others 20 times in a row.',
    );
    expect(reads).toBe(20);
  });
});

import { QueueClient } from '@azure/storage-queue';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAzurite, type Azurite } from '../../local/azurite.ts';
import { azureQueue } from '../../src/storage/azureQueue.ts';
import { azureTable } from '../../src/storage/azureTable.ts';
import type { Table } from '../../src/storage/table.ts';
import { memoryTable } from '../support/memoryStorage.ts';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

const account = () => ({ connectionString: azurite.connectionString });
const tables: readonly (readonly [string, () => Table])[] = [
  ['the table service', () => azureTable(account(), 'contract')],
  ['the table in memory', () => memoryTable()],
];

describe.each(tables)('%s', (_name, makeTable) => {
  let table: Table;
  beforeAll(() => {
    table = makeTable();
  });

  test('keeps text, whole numbers and truth values, and tells what is not there', async () => {
    const row = {
      partitionKey: 'kinds',
      rowKey: 'a',
      text: "it's",
      number: 7,
      truth: true,
      absent: undefined,
    };
    await table.insert(row);
    const { etag, ...read } = (await table.read('kinds', 'a')) ?? { etag: '' };
    expect(read).toEqual({ partitionKey: 'kinds', rowKey: 'a', text: "it's", number: 7, truth: true });
    expect(etag).not.toBe('');
    expect(await table.read("kind's", 'a')).toBeUndefined();
  });

  test('inserts a row once', async () => {
    const row = { partitionKey: 'insert', rowKey: 'a', by: 'first' };
    expect((await table.insert(row)).kind).toBe('written');
    expect((await table.insert({ ...row, by: 'second' })).kind).toBe('conflict');
    expect(await table.read('insert', 'a')).toMatchObject({ by: 'first' });
  });

  test('replaces a whole row under its ETag, and a row that is gone under none', async () => {
    await table.insert({ partitionKey: 'replace', rowKey: 'a', old: 1 });
    const etag = (await table.read('replace', 'a'))?.etag ?? '';
    const written = await table.replace({ partitionKey: 'replace', rowKey: 'a', fresh: 2 }, etag);
    expect(written).toEqual({ kind: 'written', etag: (await table.read('replace', 'a'))?.etag });
    expect((await table.read('replace', 'a'))?.['old']).toBeUndefined();
    expect((await table.replace({ partitionKey: 'replace', rowKey: 'a', late: 3 }, etag)).kind).toBe(
      'conflict',
    );
    await table.remove('replace', 'a');
    await table.remove('replace', 'a');
    expect((await table.replace({ partitionKey: 'replace', rowKey: 'a', late: 3 }, etag)).kind).toBe(
      'conflict',
    );
  });

  test('writes several rows of a partition together, or none of them', async () => {
    const key = (rowKey: string) => ({ partitionKey: 'together', rowKey });
    const first = await table.writeTogether('together', [
      { kind: 'insert', row: { ...key('a'), by: 'first' } },
      { kind: 'insert', row: { ...key('b'), by: 'first' } },
    ]);
    const tags = async (...keys: string[]) =>
      Promise.all(keys.map(async (rowKey) => (await table.read('together', rowKey))?.etag ?? ''));
    expect(first).toEqual({ kind: 'written', etags: await tags('a', 'b') });
    const [etag = ''] = first.kind === 'written' ? first.etags : [];

    const refused = await table.writeTogether('together', [
      { kind: 'insert', row: { ...key('c'), by: 'second' } },
      { kind: 'insert', row: { ...key('b'), by: 'second' } },
    ]);
    expect(refused).toEqual({ kind: 'conflict' });
    expect(await table.read('together', 'c')).toBeUndefined();

    const moved = await table.writeTogether('together', [
      { kind: 'replace', row: { ...key('a'), by: 'third' }, etag },
      { kind: 'remove', rowKey: 'b' },
      { kind: 'insert', row: key('d') },
    ]);
    expect(moved).toEqual({ kind: 'written', etags: await tags('a', 'b', 'd') });
    expect(await table.read('together', 'b')).toBeUndefined();

    const late = { kind: 'replace', row: { ...key('a'), by: 'late' }, etag } as const;
    expect(await table.writeTogether('together', [late])).toEqual({ kind: 'conflict' });
    const gone = { kind: 'remove', rowKey: 'b' } as const;
    expect(await table.writeTogether('together', [gone])).toEqual({ kind: 'conflict' });
    expect(await table.read('together', 'a')).toMatchObject({ by: 'third' });

    const put = await table.writeTogether('together', [
      { kind: 'put', row: { ...key('a'), by: 'fourth' } },
      { kind: 'put', row: { ...key('e'), by: 'fourth' } },
    ]);
    expect(put).toEqual({ kind: 'written', etags: await tags('a', 'e') });
    expect(await table.read('together', 'e')).toMatchObject({ by: 'fourth' });
  });

  test('puts a row whatever is there', async () => {
    await table.put({ partitionKey: 'put', rowKey: 'a', by: 'first', old: 1 });
    await table.put({ partitionKey: 'put', rowKey: 'a', by: 'second' });
    expect(await table.read('put', 'a')).toMatchObject({ by: 'second' });
    expect((await table.read('put', 'a'))?.['old']).toBeUndefined();
  });

  test('gives pages in the order of row keys, between bounds, with a continuation until the last', async () => {
    for (const key of ['09', '01', '05', '03', '07']) await table.put({ partitionKey: 'page', rowKey: key });
    const first = await table.page('page', { from: '03', before: '09', top: 2 });
    expect(first.rows.map(({ rowKey }) => rowKey)).toEqual(['03', '05']);
    const rest = { from: '03', before: '09', top: 2, continuation: first.continuation ?? '' };
    const second = await table.page('page', rest);
    expect(second.rows.map(({ rowKey }) => rowKey)).toEqual(['07']);
    expect(second.continuation).toBeUndefined();
    expect(await table.page('nothing')).toEqual({ rows: [] });
  });
});

describe('the queue service', () => {
  test('gets messages that never expire, in base64, after their delay', async () => {
    const queue = azureQueue(account(), 'contract');
    await queue.send('{"stepId":"01"}');
    await queue.send('{"stepId":"02"}', 600);
    const { receivedMessageItems } = await new QueueClient(
      azurite.connectionString,
      'contract',
    ).receiveMessages({ numberOfMessages: 10 });
    expect(receivedMessageItems.map(({ messageText }) => atob(messageText))).toEqual(['{"stepId":"01"}']);
    expect(receivedMessageItems[0]?.expiresOn.getUTCFullYear()).toBe(9999);
  });

  test('gets no message over 8 KiB', async () => {
    await expect(azureQueue(account(), 'contract').send('x'.repeat(8193))).rejects.toThrow(RangeError);
  });
});

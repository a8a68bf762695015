import { expect, test } from 'vitest';
import { groupedWrites } from '../../../src/storage/groupedWrites.ts';
import { memoryTable } from '../../support/memoryStorage.ts';

/** A table with rows `00` … of one partition, and their ETags. */
async function filled(count: number) {
  const table = memoryTable();
  const keys = Array.from({ length: count }, (_, at) => String(at).padStart(3, '0'));
  const tags = new Map<string, string>();
  for (const rowKey of keys) {
    const written = await table.insert({ partitionKey: 'vault', rowKey });
    if (written.kind === 'written') tags.set(rowKey, written.etag);
  }
  const grouped = groupedWrites(table);
  const replace = (rowKey: string, by = 'us') =>
    grouped.replace({ partitionKey: 'vault', rowKey, by }, tags.get(rowKey) ?? '');
  return { table, grouped, keys, replace };
}

test('writes that are asked for at once are one operation, and each gets its own ETag', async () => {
  const { table, keys, replace } = await filled(16);
  const answers = await Promise.all(keys.map((key) => replace(key)));
  expect(table.operations).toEqual({ insert: 16, writeTogether: 1 });
  const stored = table.rows().map(({ etag }) => ({ kind: 'written', etag }));
  expect(answers).toEqual(stored);
});

test('an operation holds a hundred changes at most', async () => {
  const { table, keys, replace } = await filled(250);
  await Promise.all(keys.map((key) => replace(key)));
  expect(table.operations['writeTogether']).toBe(3);
  expect(table.rows().every((row) => row['by'] === 'us')).toBe(true);
});

test('a write that comes alone is made as it is', async () => {
  const { table, grouped, replace } = await filled(2);
  await replace('000');
  await grouped.remove('vault', '001');
  expect(table.operations).toEqual({ insert: 2, replace: 1, remove: 1 });
  expect(table.rows()).toHaveLength(1);
});

test('a row that another has changed is a conflict for its own caller alone', async () => {
  const { table, replace } = await filled(3);
  await table.put({ partitionKey: 'vault', rowKey: '001', by: 'another' });
  const answers = await Promise.all(['000', '001', '002'].map((key) => replace(key)));
  expect(answers.map(({ kind }) => kind)).toEqual(['written', 'conflict', 'written']);
  expect(table.rows().map((row) => row['by'])).toEqual(['us', 'another', 'us']);
});

test('two changes of one row are made one after the other', async () => {
  const { table, grouped, replace } = await filled(2);
  const answers = await Promise.all([replace('000', 'first'), replace('001'), replace('000', 'second')]);
  expect(answers.map(({ kind }) => kind)).toEqual(['written', 'written', 'conflict']);
  expect(table.rows().map((row) => row['by'])).toEqual(['first', 'us']);
  await Promise.all([grouped.remove('vault', '000'), grouped.remove('vault', '000')]);
  expect(table.rows()).toHaveLength(1);
});

test('storage that fails is told to every caller, and the next write is tried again', async () => {
  const { table, replace } = await filled(2);
  const broken = { ...table, writeTogether: () => Promise.reject(new Error('the account is away')) };
  const grouped = groupedWrites(broken);
  const tags = table.rows().map(({ etag }) => etag);
  const both = ['000', '001'].map((rowKey, at) =>
    grouped.replace({ partitionKey: 'vault', rowKey }, tags[at] ?? ''),
  );
  await expect(Promise.allSettled(both)).resolves.toMatchObject([
    { status: 'rejected' },
    { status: 'rejected' },
  ]);
  expect((await replace('000')).kind).toBe('written');
});

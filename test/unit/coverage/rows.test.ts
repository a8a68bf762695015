import { expect, test } from 'vitest';
import { csvField, csvOf } from '../../../src/coverage/csv.ts';
import { listKeyOf, nowPartition, pageOfRows, type KeptRow } from '../../../src/coverage/rows.ts';
import { memoryTable } from '../../support/memoryStorage.ts';

const rowOf = (
  name: string,
  state: KeptRow['state'],
  since: string,
  more: Partial<KeptRow> = {},
): KeptRow => ({
  id: `/subscriptions/44444444-5555-4666-8777-888888888888/resourceGroups/apps/providers/Microsoft.Compute/disks/${name}`,
  kind: 'disk',
  name,
  subscriptionId: '44444444-5555-4666-8777-888888888888',
  resourceGroup: 'apps',
  state,
  since,
  reason: 'planted',
  ...more,
});

async function tableOf(rows: readonly KeptRow[]) {
  const table = memoryTable('coverage');
  for (const row of rows) {
    await table.put({
      partitionKey: nowPartition,
      rowKey: listKeyOf(row),
      data: JSON.stringify(row),
    });
  }
  return table;
}

const planted = [
  rowOf('fine', 'ok', '2026-01-01T00:00:00.000Z'),
  rowOf('late', 'late', '2026-02-02T00:00:00.000Z', { rule: 'Daily' }),
  rowOf('down-since-march', 'down', '2026-03-01T00:00:00.000Z', { rule: 'daily' }),
  rowOf('down-since-january', 'down', '2026-01-09T00:00:00.000Z', { kind: 'virtualMachine' }),
];
const namesOf = (rows: readonly KeptRow[]) => rows.map(({ name }) => name);

test('rows come worst first, and of one state the oldest first', async () => {
  const { rows } = await pageOfRows(await tableOf(planted), {}, { top: 10 });
  expect(namesOf(rows)).toEqual(['down-since-january', 'down-since-march', 'late', 'fine']);
});

test('pages follow each other without a gap, under a filter too', async () => {
  const table = await tableOf(planted);
  const first = await pageOfRows(table, { rule: 'DAILY' }, { top: 1 });
  const second = await pageOfRows(table, { rule: 'DAILY' }, { top: 1, continuation: first.continuation });
  expect([...namesOf(first.rows), ...namesOf(second.rows)]).toEqual(['down-since-march', 'late']);
});

test('a state reads its part of the list alone', async () => {
  const table = await tableOf(planted);
  const { rows } = await pageOfRows(table, { state: 'down' }, { top: 10 });
  expect(namesOf(rows)).toEqual(['down-since-january', 'down-since-march']);
  expect(table.operations['page']).toBe(1);
});

test('a field never becomes a formula, and quotes are doubled', () => {
  expect(csvField('=HYPERLINK("x")')).toBe('"\'=HYPERLINK(""x"")"');
  expect(csvField('plain')).toBe('plain');
});

test('the file has a line for the names and one for each row', () => {
  const lines = csvOf([
    { ...rowOf('a,b', 'late', '2026-02-02T00:00:00.000Z'), readAt: '2026-03-01T10:00:00.000Z' },
  ]);
  expect(lines.split('\r\n')).toHaveLength(3);
  expect(lines).toContain('"a,b"');
});

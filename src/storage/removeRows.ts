import type { RowScan, StoredRow, Table } from './table.ts';

/** Removals that are written together. */
const mostTogether = 100;

/** Removes rows of one partition; those that are gone already refuse the whole: then each is removed by itself. */
async function removeRows(table: Table, partitionKey: string, rowKeys: readonly string[]): Promise<void> {
  for (let begin = 0; begin < rowKeys.length; begin += mostTogether) {
    const some = rowKeys.slice(begin, begin + mostTogether);
    const changes = some.map((rowKey) => ({ kind: 'remove', rowKey }) as const);
    if ((await table.writeTogether(partitionKey, changes)).kind === 'conflict')
      for (const rowKey of some) await table.remove(partitionKey, rowKey);
  }
}

/** Removes every row of a partition, or of a range of it. */
export async function removeRange(
  table: Table,
  partitionKey: string,
  range: { readonly from?: string; readonly before?: string } = {},
): Promise<void> {
  for (;;) {
    const { rows, continuation } = await table.page(partitionKey, range);
    await removeRows(
      table,
      partitionKey,
      rows.map(({ rowKey }) => rowKey),
    );
    if (continuation === undefined) return;
  }
}

function byPartition(rows: readonly StoredRow[]): ReadonlyMap<string, readonly string[]> {
  const keys = new Map<string, string[]>();
  for (const { partitionKey, rowKey } of rows)
    keys.set(partitionKey, [...(keys.get(partitionKey) ?? []), rowKey]);
  return keys;
}

/** Removes rows of any partition, a page at a time. */
export async function removeScanned(table: Table, scan: Omit<RowScan, 'continuation'>): Promise<void> {
  let continuation: string | undefined;
  do {
    const page = await table.scan({ ...scan, ...(continuation === undefined ? {} : { continuation }) });
    for (const [partitionKey, rowKeys] of byPartition(page.rows))
      await removeRows(table, partitionKey, rowKeys);
    continuation = page.continuation;
  } while (continuation !== undefined);
}

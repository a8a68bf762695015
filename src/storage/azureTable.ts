import { odata, TableClient, type TableEntity, type TableEntityResult } from '@azure/data-tables';
import { onFirstUse, type StorageAccount } from './storageAccount.ts';
import type { Column, Row, RowPage, RowRange, StoredRow, Table, Written } from './table.ts';

/** One table in Azure Tables, created on first use. Conflicts and missing rows are answers; anything else is thrown. */
export function azureTable(account: StorageAccount, name: string): Table {
  const client = tableClient(account, name);
  const ready = onFirstUse(() => client.createTable());
  const first = async <T>(operation: () => Promise<T>): Promise<T> => {
    await ready();
    return operation();
  };
  return {
    insert: (row) => first(() => written(client.createEntity(entityOf(row)))),
    read: (partitionKey, rowKey) => first(() => read(client, partitionKey, rowKey)),
    replace: (row, etag) => first(() => written(client.updateEntity(entityOf(row), 'Replace', { etag }))),
    put: (row) => first(async () => void (await client.upsertEntity(entityOf(row), 'Replace'))),
    remove: (partitionKey, rowKey) => first(() => remove(client, partitionKey, rowKey)),
    page: (partitionKey, range) => first(() => page(client, partitionKey, range ?? {})),
  };
}

// A repeated write may meet its own first effect: callers read again after a conflict and compare owners.
const retryOptions = { maxRetries: 2, retryDelayInMs: 200 };

function tableClient(account: StorageAccount, name: string): TableClient {
  if ('connectionString' in account) {
    const { connectionString } = account;
    const allowInsecureConnection = /^UseDevelopmentStorage=true|http:\/\//i.test(connectionString);
    return TableClient.fromConnectionString(connectionString, name, {
      retryOptions,
      allowInsecureConnection,
    });
  }
  const url = `https://${account.accountName}.table.core.windows.net`;
  return new TableClient(url, name, account.credential, { retryOptions });
}

const statusOf = (error: unknown): number | undefined =>
  typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : undefined;

async function unless<T>(statuses: readonly number[], operation: Promise<T>): Promise<T | undefined> {
  try {
    return await operation;
  } catch (error) {
    if (statuses.includes(statusOf(error) ?? 0)) return undefined;
    throw error;
  }
}

async function written(operation: Promise<{ etag?: string }>): Promise<Written> {
  const answer = await unless([404, 409, 412], operation);
  return answer ? { kind: 'written', etag: answer.etag ?? '' } : { kind: 'conflict' };
}

const remove = async (client: TableClient, partitionKey: string, rowKey: string): Promise<void> =>
  void (await unless([404], client.deleteEntity(partitionKey, rowKey)));

async function read(
  client: TableClient,
  partitionKey: string,
  rowKey: string,
): Promise<StoredRow | undefined> {
  const entity = await unless([404], client.getEntity<Record<string, unknown>>(partitionKey, rowKey));
  return entity && rowOf(entity);
}

async function page(client: TableClient, partitionKey: string, range: RowRange): Promise<RowPage> {
  const pages = client
    .listEntities<Record<string, unknown>>({ queryOptions: { filter: filterOf(partitionKey, range) } })
    .byPage({
      maxPageSize: range.top ?? 1000,
      ...(range.continuation === undefined ? {} : { continuationToken: range.continuation }),
    });
  const next = await pages.next();
  if (next.done) return { rows: [] };
  const { continuationToken } = next.value;
  return {
    rows: next.value.map(rowOf),
    ...(continuationToken === undefined ? {} : { continuation: continuationToken }),
  };
}

function filterOf(partitionKey: string, { from, before }: RowRange): string {
  const parts = [odata`PartitionKey eq ${partitionKey}`];
  if (from !== undefined) parts.push(odata`RowKey ge ${from}`);
  if (before !== undefined) parts.push(odata`RowKey lt ${before}`);
  return parts.join(' and ');
}

const entityOf = (row: Row): TableEntity<Record<string, Column>> =>
  Object.fromEntries(
    Object.entries(row).filter(([name, value]) => value !== undefined && name !== 'etag'),
  ) as {
    partitionKey: string;
    rowKey: string;
  };

const isColumn = (value: unknown): value is Column => ['string', 'number', 'boolean'].includes(typeof value);

function rowOf(entity: TableEntityResult<Record<string, unknown>>): StoredRow {
  const { etag, timestamp: _timestamp, partitionKey, rowKey, ...columns } = entity;
  const kept = Object.entries(columns).filter(
    ([name, value]) => !name.startsWith('odata.') && isColumn(value),
  );
  const read = Object.fromEntries(kept) as Record<string, Column>;
  return { ...read, partitionKey: partitionKey ?? '', rowKey: rowKey ?? '', etag };
}

import type { TableClient, TableEntity, TableEntityResult, TransactionAction } from '@azure/data-tables';
import { onFirstUse } from '../libraries/onFirstUse.ts';
import {
  RowRefused,
  type Column,
  type Row,
  type RowChange,
  type RowPage,
  type RowRange,
  type RowScan,
  type StoredRow,
  type Table,
  type Written,
  type WrittenTogether,
  type StorageAccount,
} from './table.ts';

/** One table in Azure Tables, created on first use. Conflicts and missing rows are answers; anything else is thrown. */
export function azureTable(account: StorageAccount, name: string): Table {
  const ready = onFirstUse(async () => {
    const client = await tableClient(account, name);
    await client.createTable();
    return client;
  });
  const first = async <T>(operation: (client: TableClient) => Promise<T>): Promise<T> =>
    operation(await ready());
  return {
    insert: (row) => first((client) => written(client.createEntity(entityOf(row)))),
    read: (partitionKey, rowKey) => first((client) => read(client, partitionKey, rowKey)),
    replace: (row, etag) =>
      first((client) => written(client.updateEntity(entityOf(row), 'Replace', { etag }))),
    put: (row) => first(async (client) => void (await client.upsertEntity(entityOf(row), 'Replace'))),
    writeTogether: (partitionKey, changes) => first((client) => writeTogether(client, partitionKey, changes)),
    remove: (partitionKey, rowKey) => first((client) => remove(client, partitionKey, rowKey)),
    page: (partitionKey, range) => first((client) => page(client, partitionKey, range ?? {})),
    scan: (scan) => first((client) => scanTable(client, scan)),
  };
}

// A repeated write may meet its own first effect: callers read again after a conflict and compare owners.
const retryOptions = { maxRetries: 2, retryDelayInMs: 200 };

async function tableClient(account: StorageAccount, name: string): Promise<TableClient> {
  const { TableClient } = await import('../libraries/storageClients.ts');
  if ('connectionString' in account) {
    const { connectionString } = account;
    const allowInsecureConnection = /^UseDevelopmentStorage=true|http:\/\//i.test(connectionString);
    return TableClient.fromConnectionString(connectionString, name, {
      retryOptions,
      allowInsecureConnection,
    });
  }
  return new TableClient(account.tableUrl, name, account.credential, { retryOptions });
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

/** @throws RowRefused where the table says that it will never take what was sent. */
async function accepted<T>(operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    if (![400, 413].includes(statusOf(error) ?? 0)) throw error;
    throw new RowRefused(error instanceof Error ? error.message : String(error));
  }
}

async function written(operation: Promise<{ etag?: string }>): Promise<Written> {
  const answer = await unless([404, 409, 412], accepted(operation));
  return answer ? { kind: 'written', etag: answer.etag ?? '' } : { kind: 'conflict' };
}

function actionOf(partitionKey: string, change: RowChange): TransactionAction {
  switch (change.kind) {
    case 'insert':
      return ['create', entityOf(change.row)];
    case 'put':
      return ['upsert', entityOf(change.row), 'Replace'];
    case 'replace':
      return ['update', entityOf(change.row), 'Replace', { etag: change.etag }];
    case 'remove':
      return ['delete', { partitionKey, rowKey: change.rowKey }];
  }
}

async function writeTogether(
  client: TableClient,
  partitionKey: string,
  changes: readonly RowChange[],
): Promise<WrittenTogether> {
  const actions = changes.map((change) => actionOf(partitionKey, change));
  const answer = await unless([404, 409, 412], accepted(client.submitTransaction(actions)));
  if (!answer) return { kind: 'conflict' };
  return { kind: 'written', etags: answer.subResponses.map(({ etag }) => etag ?? '') };
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
  const { odata } = await import('../libraries/storageClients.ts');
  return pageOf(client, filterOf(odata, partitionKey, range), range);
}

const columnName = /^[A-Za-z]\w*$/;

/** The first character that no partition's name has in its place ends the prefix. */
async function scanTable(client: TableClient, { partitionPrefix, ...scan }: RowScan): Promise<RowPage> {
  if (!columnName.test(scan.column)) throw new RangeError('A column is named by letters and digits.');
  const { odata } = await import('../libraries/storageClients.ts');
  const parts = [`${scan.column} ${odata`lt ${scan.before}`}`];
  if (partitionPrefix !== undefined)
    parts.push(odata`PartitionKey ge ${partitionPrefix}`, odata`PartitionKey lt ${`${partitionPrefix}~`}`);
  return pageOf(client, parts.join(' and '), scan);
}

async function pageOf(
  client: TableClient,
  filter: string,
  { top = 1000, continuation }: Pick<RowRange, 'top' | 'continuation'>,
): Promise<RowPage> {
  const pages = client.listEntities<Record<string, unknown>>({ queryOptions: { filter } }).byPage({
    maxPageSize: top,
    ...(continuation === undefined ? {} : { continuationToken: continuation }),
  });
  const next = await pages.next();
  if (next.done) return { rows: [] };
  const { continuationToken } = next.value;
  return {
    rows: next.value.map(rowOf),
    ...(continuationToken === undefined ? {} : { continuation: continuationToken }),
  };
}

type Quote = (strings: TemplateStringsArray, ...values: string[]) => string;

function filterOf(odata: Quote, partitionKey: string, { from, before }: RowRange): string {
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

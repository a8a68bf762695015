import type { TokenCredential } from '@azure/identity';

/** A column of a table row. Longer or nested data goes into one string column as JSON (at most 32,000 characters). */
export type Column = string | number | boolean;

/** One row as it is written. */
export interface Row {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly [column: string]: Column | undefined;
}

/** One row as it was read. */
export interface StoredRow extends Row {
  readonly etag: string;
}

/** What a row says beside its keys: members that are `structured` are JSON in a column of their own, absent ones have none. */
export const columnsOf = (members: object, structured: readonly string[]): Readonly<Record<string, Column>> =>
  Object.fromEntries(
    Object.entries(members)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, structured.includes(name) ? JSON.stringify(value) : (value as Column)]),
  );

/** The members in columns that {@link columnsOf} has made. */
export const membersOf = (
  columns: Readonly<Record<string, Column | undefined>>,
  structured: readonly string[],
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(columns).map(([name, value]) => [
      name,
      structured.includes(name) ? (JSON.parse(String(value)) as unknown) : value,
    ]),
  );

/** The answer to a conditional write; `conflict` also when the row is gone. */
export type Written = { readonly kind: 'written'; readonly etag: string } | { readonly kind: 'conflict' };

/** One of several changes that are written together; a row that is removed must be there. */
export type RowChange =
  | { readonly kind: 'insert'; readonly row: Row }
  /** Written whatever is there. */
  | { readonly kind: 'put'; readonly row: Row }
  | { readonly kind: 'replace'; readonly row: Row; readonly etag: string }
  | { readonly kind: 'remove'; readonly rowKey: string };

/** The answer to several changes that were asked for together; an ETag for each, empty for a removal. */
export type WrittenTogether =
  { readonly kind: 'written'; readonly etags: readonly string[] } | { readonly kind: 'conflict' };

/** The table will never take such a row: a column of over 32,768 characters, or a row of over a mebibyte. */
export class RowRefused extends Error {
  override readonly name = 'RowRefused';
}

/** Part of a partition, in the order of row keys. */
export interface RowPage {
  readonly rows: readonly StoredRow[];
  /** Opaque; absent after the last page. */
  readonly continuation?: string;
}

/** Which rows of a partition to read. Bounds compare row keys as text. */
export interface RowRange {
  readonly from?: string;
  /** Exclusive. */
  readonly before?: string;
  /** Rows per page, 1–1000. */
  readonly top?: number;
  readonly continuation?: string;
}

/** Rows of any partition whose column holds an earlier text: `PartitionKey`, or a column with an instant. */
export interface RowScan {
  readonly column: string;
  /** Exclusive. */
  readonly before: string;
  /** Partitions that begin so alone. */
  readonly partitionPrefix?: string;
  readonly continuation?: string;
}

/**
 * The few table operations everything durable is built on: Azure Tables in production, a model in tests.
 * Any of them may throw after the write has been applied; callers read again and compare owners.
 */
export interface Table {
  /** Writes a row that must not exist yet. */
  insert(row: Row): Promise<Written>;
  read(partitionKey: string, rowKey: string): Promise<StoredRow | undefined>;
  /** Replaces the whole row if its ETag is still `etag`. */
  replace(row: Row, etag: string): Promise<Written>;
  /** Writes the whole row, whatever is there. */
  put(row: Row): Promise<void>;
  /**
   * Makes 1–100 changes of one partition, each of another row: all of them or none, counted and paid as one operation.
   *
   * @returns `conflict` when one of the changes cannot be made.
   */
  writeTogether(partitionKey: string, changes: readonly RowChange[]): Promise<WrittenTogether>;
  /** Removes a row; a missing one is fine. */
  remove(partitionKey: string, rowKey: string): Promise<void>;
  /** One page of a partition. */
  page(partitionKey: string, range?: RowRange): Promise<RowPage>;
  /** One page over all partitions: reads the whole table, so it is asked for once a day at most. A page may be empty. */
  scan(scan: RowScan): Promise<RowPage>;
}

/** Every row of a partition, or of a part of it, in the order of row keys. */
export async function everyRow(
  table: Pick<Table, 'page'>,
  partitionKey: string,
  range: Pick<RowRange, 'from' | 'before'> = {},
): Promise<readonly StoredRow[]> {
  const rows: StoredRow[] = [];
  let continuation: string | undefined;
  do {
    const page = await table.page(partitionKey, {
      ...range,
      ...(continuation === undefined ? {} : { continuation }),
    });
    rows.push(...page.rows);
    continuation = page.continuation;
  } while (continuation !== undefined);
  return rows;
}

/** How much lies in a queue. */
export interface QueueLook {
  /** Messages, hidden ones included, as the service estimates them. Makes the queue where there is none. */
  depth(): Promise<number>;
}

/** The queue that carries steps. */
export interface MessageQueue {
  /** Sends a text of at most 8 KiB, visible after whole seconds (0–604,800), that never expires. */
  send(text: string, delaySeconds?: number): Promise<void>;
}

/** Where tables and queues are: a connection string, or an account reached by identity, whose service URLs are origins. */
export type StorageAccount =
  | { readonly connectionString: string }
  | { readonly queueUrl: string; readonly tableUrl: string; readonly credential: TokenCredential };

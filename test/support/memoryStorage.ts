import {
  RowRefused,
  type MessageQueue,
  type Row,
  type RowChange,
  type RowPage,
  type RowRange,
  type StoredRow,
  type Table,
} from '../../src/storage/table.ts';

/** One port call, told before and after it takes effect; throwing from `after` loses the answer, from `before` the call. */
export interface PortFaults {
  readonly before?: (operation: string) => void | Promise<void>;
  readonly after?: (operation: string) => void | Promise<void>;
}

/** A table in memory, with ETags; `operations` counts calls by name, `rows` shows what is stored. */
export interface MemoryTable extends Table {
  readonly operations: Record<string, number>;
  readonly rows: () => readonly StoredRow[];
}

const longestColumn = 32_768;

/** Azure Tables takes 32,768 characters in a column. */
function refuseLong(row: Row): void {
  const long = Object.entries(row).find(
    ([, value]) => typeof value === 'string' && value.length > longestColumn,
  );
  if (long) throw new RowRefused(`PropertyValueTooLarge: ${long[0]}`);
}

/** An Azure table as far as the app relies on it: conditional writes, pages in row-key order, continuation tokens. */
export function memoryTable(name = 'table', faults: PortFaults = {}): MemoryTable {
  const partitions = new Map<string, Partition>();
  const partitionOf = (partitionKey: string): Partition => {
    const known = partitions.get(partitionKey) ?? createPartition();
    partitions.set(partitionKey, known);
    return known;
  };
  const operations: Record<string, number> = {};
  let version = 0;

  async function port<T>(operation: string, effect: () => T): Promise<T> {
    operations[operation] = (operations[operation] ?? 0) + 1;
    await faults.before?.(`${name}.${operation}`);
    const answer = effect();
    await faults.after?.(`${name}.${operation}`);
    return answer;
  }
  const write = (row: Row) => {
    refuseLong(row);
    const etag = `v${++version}`;
    partitionOf(row.partitionKey).set({ ...row, etag });
    return { kind: 'written', etag } as const;
  };
  const find = (partitionKey: string, rowKey: string) => partitions.get(partitionKey)?.rows.get(rowKey);

  function canBeMade(partitionKey: string, change: RowChange): boolean {
    if (change.kind === 'insert') return !find(partitionKey, change.row.rowKey);
    if (change.kind === 'put') return true;
    if (change.kind === 'remove') return find(partitionKey, change.rowKey) !== undefined;
    return find(partitionKey, change.row.rowKey)?.etag === change.etag;
  }
  function made(partitionKey: string, change: RowChange): string {
    if (change.kind !== 'remove') return write(change.row).etag;
    partitions.get(partitionKey)?.remove(change.rowKey);
    return '';
  }

  return {
    operations,
    rows: () => [...partitions.values()].flatMap(({ rows }) => [...rows.values()]),
    insert: (row) =>
      port('insert', () => (find(row.partitionKey, row.rowKey) ? { kind: 'conflict' } : write(row))),
    read: (partitionKey, rowKey) => port('read', () => find(partitionKey, rowKey)),
    replace: (row, etag) =>
      port('replace', () =>
        find(row.partitionKey, row.rowKey)?.etag === etag ? write(row) : { kind: 'conflict' },
      ),
    put: (row) => port('put', () => void write(row)),
    writeTogether: (partitionKey, changes) =>
      port('writeTogether', () => {
        if (changes.some((change) => !canBeMade(partitionKey, change))) return { kind: 'conflict' };
        return { kind: 'written', etags: changes.map((change) => made(partitionKey, change)) };
      }),
    remove: (partitionKey, rowKey) => port('remove', () => void partitions.get(partitionKey)?.remove(rowKey)),
    page: (partitionKey, range) =>
      port('page', () => partitions.get(partitionKey)?.page(range ?? {}) ?? { rows: [] }),
    scan: ({ column, before, partitionPrefix = '' }) =>
      port('scan', () => {
        const rows = [...partitions.values()].flatMap((partition) => [...partition.rows.values()]);
        const told = (row: StoredRow) => (column === 'PartitionKey' ? row.partitionKey : row[column]);
        return {
          rows: rows.filter(
            (row) =>
              row.partitionKey.startsWith(partitionPrefix) &&
              typeof told(row) === 'string' &&
              String(told(row)) < before,
          ),
        };
      }),
  };
}

/** Rows of one partition. */
interface Partition {
  readonly rows: ReadonlyMap<string, StoredRow>;
  set(row: StoredRow): void;
  remove(rowKey: string): void;
  page(range: RowRange): RowPage;
}

/** Row keys are sorted when a page is asked for, and stay so until a row comes or goes. */
function createPartition(): Partition {
  const rows = new Map<string, StoredRow>();
  let sorted: readonly string[] | undefined;
  return {
    rows,
    set(row) {
      if (!rows.has(row.rowKey)) sorted = undefined;
      rows.set(row.rowKey, row);
    },
    remove(rowKey) {
      if (rows.delete(rowKey)) sorted = undefined;
    },
    page({ continuation, from = '', before, top = 1000 }) {
      sorted ??= [...rows.keys()].sort();
      const first = firstAtLeast(sorted, continuation ?? from);
      const end = before === undefined ? sorted.length : firstAtLeast(sorted, before);
      const keys = sorted.slice(first, Math.min(end, first + top));
      const next = first + top < end ? sorted[first + top] : undefined;
      return {
        rows: keys.flatMap((key) => rows.get(key) ?? []),
        ...(next === undefined ? {} : { continuation: next }),
      };
    },
  };
}

/** Place of the first key that is not less than `key`. */
function firstAtLeast(sorted: readonly string[], key: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A message as it lies in the queue. */
export interface QueuedMessage {
  readonly text: string;
  readonly visibleAt: Date;
  /** How often it has been taken, this time included. */
  readonly times?: number;
}

/** A queue in memory: no order among visible messages is promised, nothing expires. */
export interface MemoryQueue extends MessageQueue {
  readonly messages: readonly QueuedMessage[];
  /** Takes the first message that is visible now, if any. */
  take(): QueuedMessage | undefined;
  /** What was taken and not acknowledged is visible again after some seconds. */
  bringBack(text: string, delaySeconds: number, times: number): void;
  /** When the next message becomes visible; undefined when the queue is empty. */
  nextAt(): Date | undefined;
}

/** A storage queue with visibility delays, on the given clock. */
export function memoryQueue(clock: () => Date, faults: PortFaults = {}): MemoryQueue {
  const messages: QueuedMessage[] = [];
  const visible = (message: QueuedMessage): boolean => message.visibleAt <= clock();
  return {
    messages,
    send: async (text, delaySeconds = 0) => {
      if (Buffer.byteLength(text) > 8192) throw new RangeError('too long');
      if (!Number.isInteger(delaySeconds)) throw new RangeError('whole seconds');
      await faults.before?.('queue.send');
      messages.push({ text, visibleAt: new Date(clock().getTime() + delaySeconds * 1000) });
      await faults.after?.('queue.send');
    },
    bringBack: (text, delaySeconds, times) =>
      void messages.push({ text, times, visibleAt: new Date(clock().getTime() + delaySeconds * 1000) }),
    take: () => {
      const index = messages.findIndex(visible);
      return index < 0 ? undefined : messages.splice(index, 1)[0];
    },
    nextAt: () =>
      messages.map(({ visibleAt }) => visibleAt).sort((one, other) => one.getTime() - other.getTime())[0],
  };
}

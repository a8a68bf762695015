import type { RowChange, Table, Written } from './table.ts';

/** Changes that one operation may hold. */
const mostTogether = 100;

type Change = Extract<RowChange, { kind: 'replace' | 'remove' }>;

interface Waiting {
  readonly change: Change;
  readonly done: (written: Written) => void;
  readonly failed: (error: unknown) => void;
}

const rowKeyOf = (change: Change): string => (change.kind === 'remove' ? change.rowKey : change.row.rowKey);

/** As many of the first changes as one operation may hold: no row twice. */
function firstGroup(waiting: readonly Waiting[]): readonly Waiting[] {
  const keys = new Set<string>();
  const twice = waiting.findIndex(({ change }) => keys.size === keys.add(rowKeyOf(change)).size);
  return waiting.slice(0, Math.min(twice < 0 ? waiting.length : twice, mostTogether));
}

async function alone(table: Table, partitionKey: string, change: Change): Promise<Written> {
  if (change.kind === 'replace') return table.replace(change.row, change.etag);
  await table.remove(partitionKey, change.rowKey);
  return { kind: 'written', etag: '' };
}

async function settle(table: Table, partitionKey: string, { change, done, failed }: Waiting): Promise<void> {
  try {
    done(await alone(table, partitionKey, change));
  } catch (error) {
    failed(error);
  }
}

/** Writes a group and answers all who wait for it; never throws. */
async function write(table: Table, partitionKey: string, group: readonly Waiting[]): Promise<void> {
  const [first] = group;
  if (group.length === 1 && first) return settle(table, partitionKey, first);
  try {
    const changes = group.map(({ change }) => change);
    const answer = await table.writeTogether(partitionKey, changes);
    if (answer.kind === 'written')
      return group.forEach(({ done }, at) => done({ kind: 'written', etag: answer.etags[at] ?? '' }));
  } catch (error) {
    return group.forEach(({ failed }) => failed(error));
  }
  // One of them cannot be made: each by itself says which.
  await Promise.all(group.map((one) => settle(table, partitionKey, one)));
}

/**
 * A table that makes replacements and removals of one partition together, as one operation, when they are asked for at
 * once or while another is on its way. Every caller gets the answer that the table itself would have given.
 */
export function groupedWrites(table: Table): Table {
  const lanes = new Map<string, Waiting[]>();

  async function drain(partitionKey: string, lane: Waiting[]): Promise<void> {
    // Those who ask in the same turn come along.
    await Promise.resolve();
    while (lane.length > 0) {
      const group = firstGroup(lane);
      lane.splice(0, group.length);
      await write(table, partitionKey, group);
    }
    lanes.delete(partitionKey);
  }

  const ask = (partitionKey: string, change: Change): Promise<Written> =>
    new Promise((done, failed) => {
      const known = lanes.get(partitionKey);
      const lane = known ?? [];
      lane.push({ change, done, failed });
      if (known) return;
      lanes.set(partitionKey, lane);
      void drain(partitionKey, lane);
    });

  return {
    insert: (row) => table.insert(row),
    read: (partitionKey, rowKey) => table.read(partitionKey, rowKey),
    replace: (row, etag) => ask(row.partitionKey, { kind: 'replace', row, etag }),
    put: (row) => table.put(row),
    writeTogether: (partitionKey, changes) => table.writeTogether(partitionKey, changes),
    remove: async (partitionKey, rowKey) => void (await ask(partitionKey, { kind: 'remove', rowKey })),
    page: (partitionKey, range) => table.page(partitionKey, range),
    scan: (scan) => table.scan(scan),
  };
}

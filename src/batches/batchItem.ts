import { createHash } from 'node:crypto';
import type { EstateServices } from '../estate/askArm.ts';
import type { LoadedPlan } from '../plan/loadPlan.ts';
import type { Shard } from '../runs/activities.ts';
import type { RunRequest } from '../runs/request.ts';
import type { BatchCounts, RunStatus } from '../runs/run.ts';
import type { RunState } from '../runs/runRow.ts';
import type { RunServices } from '../runs/runServices.ts';
import { columnsOf, everyRow, membersOf, type Row, type StoredRow, type Table } from '../storage/table.ts';

/** One item of a batch. Instants are ISO 8601 UTC. */
export interface BatchItem {
  /** Row key: hash of the target, so that gathering twice meets the same items. */
  readonly key: string;
  /** `planned` has no run yet; `ended` may never have had one (skipped). */
  readonly state: 'planned' | 'started' | 'ended';
  /** ARM id, or what a person calls the target. */
  readonly target: string;
  /** What its run is asked for; absent where nothing is asked. */
  readonly request?: RunRequest;
  readonly rule?: string;
  readonly run?: string;
  readonly status?: RunStatus;
  readonly error?: { readonly code: string; readonly message: string };
  readonly startedAt?: string;
  readonly endedAt?: string;
}

/** Whether somebody asked for backups as a gate: it must not pass without them. Schedules and sweeps come again. */
export const isGate = ({ request }: Pick<RunState, 'request'>): boolean =>
  request.kind === 'batch' && ['rule', 'targets'].includes(request.of.kind);

/** How an item stands: its ending, else `running`, else `waiting`. */
export const standingOf = ({ state, status }: BatchItem): keyof BatchCounts => {
  if (state === 'ended') return status ?? 'skipped';
  return state === 'started' ? 'running' : 'waiting';
};

/** The code of items that a dry run has only told. */
export const dryRunCode = 'DryRun';

/** An item with the ETag under which it was read. */
export interface StoredItem {
  readonly item: BatchItem;
  readonly etag: string;
}

/** Where the items of a batch lie: the digest keeps two lists apart that came under one idempotency key. */
export const itemsOf = ({ id, digest }: Pick<RunState, 'id' | 'digest'>): string =>
  `${id}-${digest.slice(0, 16)}`;

/** Row keys of items begin so; other rows of the partition do not. */
const prefix = 'item-';

/** First and last bound of item keys. */
const itemKeys = { from: prefix, before: 'item.' } as const;

/** The key of the item for a target. */
export const itemKey = (target: string): string =>
  `${prefix}${createHash('sha256').update(target.toLowerCase(), 'utf8').digest('hex').slice(0, 24)}`;

const structured = ['request', 'error'];

/** The row of an item. */
export const rowOfItem = (partitionKey: string, { key, ...members }: BatchItem): Row => ({
  ...columnsOf(members, structured),
  ...{ partitionKey, rowKey: key },
});

export function itemOfRow({ partitionKey: _, rowKey, etag, ...columns }: StoredRow): StoredItem {
  return { item: { ...membersOf(columns, structured), key: rowKey } as unknown as BatchItem, etag };
}

/** Every item of a range, in the order of keys. */
export async function listItems(
  table: Table,
  partitionKey: string,
  range: { readonly from?: string; readonly before?: string } = {},
): Promise<readonly StoredItem[]> {
  const rows = await everyRow(table, partitionKey, { ...itemKeys, ...range });
  return rows.map(itemOfRow);
}

/** Rows written together. */
const atOnce = 20;

/** Adds items that are not there yet; those that are stay as they are. */
export async function addItems(
  table: Table,
  partitionKey: string,
  items: readonly BatchItem[],
): Promise<void> {
  for (let begin = 0; begin < items.length; begin += atOnce) {
    const some = items.slice(begin, begin + atOnce);
    await Promise.all(some.map((item) => table.insert(rowOfItem(partitionKey, item))));
  }
}

/** Children that one orchestration holds at most. */
const mostChildren = 100;

/** Cuts the planned items into shards of at most 100, in the order of their keys; ended items may lie between them. */
export function shardsOf(items: readonly BatchItem[]): readonly Shard[] {
  const keys = items
    .filter(({ state }) => state !== 'ended')
    .map(({ key }) => key)
    .sort();
  const firsts = keys.filter((_, at) => at % mostChildren === 0);
  return firsts.map((from, at) => {
    const before = firsts[at + 1];
    return { from, ...(before === undefined ? {} : { before }) };
  });
}

/** Everything batches and sweeps are carried with. */
export interface BatchServices {
  readonly clock: () => Date;
  readonly runs: RunServices;
  /** Asks a child to stop, also one that waits for its job. Harmless to repeat. */
  readonly cancelChild: (runId: string, caller: string | undefined) => Promise<void>;
  /** Items of batches: partition = batch and digest of its request, row key = item. */
  readonly batchItems: Table;
  /** What was used up of the service's daily limits: partition = UTC date. */
  readonly dailyCounters: Table;
  readonly loadPlan: () => Promise<LoadedPlan>;
  readonly estate: EstateServices;
  /** Least pause between two looks at children, in seconds. */
  readonly minimumPollSeconds: number;
}

import { createHash } from 'node:crypto';
import type { JobSeen, WatchOrder, WatchOutcome } from '../arm/backupJob.ts';
import type { JsonObject } from '../arm/call.ts';
import { idKey } from '../arm/resourceId.ts';
import type { StepSummary } from '../steps/step.ts';
import { columnsOf, everyRow, membersOf, type Row, type StoredRow, type Table } from '../storage/table.ts';

/** The vault of the backup that a run's steps have started, from the handle in its outcome; undefined before. */
export function vaultOfBackup(steps: readonly StepSummary[]): string | undefined {
  const handles = steps.flatMap(({ outcome }) => (outcome?.kind === 'done' ? [outcome.result] : []));
  const handle = handles.findLast(
    (result): result is JsonObject =>
      typeof result === 'object' && result !== null && 'attemptId' in result && 'vaultId' in result,
  );
  const vaultId = handle?.['vaultId'];
  return typeof vaultId === 'string' ? vaultId : undefined;
}

/** A watched job as its row keeps it. */
export interface Watch extends WatchOrder {
  /** Lists read to their end since the first look was due in which no id named the job. */
  readonly misses: number;
  readonly looked?: boolean;
  /** Reads of the job alone that gave nothing to read. */
  readonly unread?: number;
  readonly seen?: JobSeen;
  readonly cancelRequested?: boolean;
  /** The run has ended `timedOut`; the job is watched on, and its ending goes into the record. */
  readonly late?: true;
  readonly outcome?: WatchOutcome;
  /** How often the platform did not know the flow that is to be told. */
  readonly untold?: number;
}

/** A watch as it was read. */
export interface HeldWatch {
  readonly watch: Watch;
  readonly etag: string;
}

/** Key of a vault in tables and instance ids: 24 hex digits of SHA-256 over its id in lower case. */
export const vaultKeyOf = (vaultId: string): string =>
  createHash('sha256').update(idKey(vaultId), 'utf8').digest('hex').slice(0, 24);

const structured = ['seen', 'started', 'outcome'];

/** Row of a watch: partition = key of the vault, row key = `<runId>-<event>`. */
export const rowOfWatch = (watch: Watch): Row => ({
  ...columnsOf(watch, structured),
  partitionKey: vaultKeyOf(watch.vaultId),
  rowKey: `${watch.runId}-${watch.event}`,
});

/** The watch in a row that {@link rowOfWatch} has made. */
export function watchOfRow({
  partitionKey: _partition,
  rowKey: _rowKey,
  etag,
  ...columns
}: StoredRow): HeldWatch {
  return { watch: membersOf(columns, structured) as unknown as Watch, etag };
}

/** Every watch of a vault. */
export async function listWatches(watches: Table, vaultKey: string): Promise<readonly HeldWatch[]> {
  const rows = await everyRow(watches, vaultKey);
  return rows.map(watchOfRow);
}

/** The latest watch of a run in a vault; undefined when it has none, or its outcome has been told. */
export async function findWatch(
  watches: Table,
  vaultId: string,
  runId: string,
): Promise<HeldWatch | undefined> {
  // '.' sorts after '-': the first key behind all of the run's.
  const { rows } = await watches.page(vaultKeyOf(vaultId), { from: `${runId}-`, before: `${runId}.` });
  return rows
    .map(watchOfRow)
    .sort((one, other) => one.watch.event - other.watch.event)
    .at(-1);
}

import { everyRow, type Row, type StoredRow, type Table } from '../storage/table.ts';
import type { WatchOrder } from '../arm/backupJob.ts';

/** Does something for each of many, so many at once; one that fails keeps no other from it, and is thrown at the end. */
export async function inBatches<T>(
  all: readonly T[],
  atOnce: number,
  act: (one: T) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let one = all[next++]; one !== undefined; one = all[next++]) {
      try {
        await act(one);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, worker));
  if (failures.length > 0) throw failures[0];
}

/** The tracker of a vault as its row keeps it; instants ISO 8601 UTC. */
export interface Tracker {
  readonly vaultKey: string;
  readonly vaultId: string;
  readonly service: WatchOrder['service'];
  readonly subscriptionId: string;
  /** `ending` is said before the last look at the watches: whoever reads it must write. */
  readonly state: 'live' | 'ending' | 'idle';
  /** Part of the orchestration's id, `track-<vaultKey>-<generation>`: an ended id is never started again. */
  readonly generation: number;
  /** Whether the generation's start was answered. */
  readonly started: boolean;
  readonly nextTickAt: string;
  readonly lastListAt?: string;
  /** Slot that the pacer has reserved for the next list; empty when none is. */
  readonly slotAt?: string;
  /** Requests that the last list took. */
  readonly pages: number;
  /** A list comes sooner when a new job is watched; not where the budget alone spaces them. */
  readonly mayHurry: boolean;
  /** Seconds that ended jobs took, by kind, the latest 40 of each. */
  readonly durations: Readonly<Record<string, readonly number[]>>;
}

/** A tracker as it was read. */
export interface HeldTracker {
  readonly tracker: Tracker;
  readonly etag: string;
}

const partition = 'trackers';

/** Row of a tracker; all trackers lie in one partition. */
export const rowOfTracker = ({ vaultKey, durations, ...columns }: Tracker): Row => ({
  ...columns,
  durations: JSON.stringify(durations),
  partitionKey: partition,
  rowKey: vaultKey,
});

/** The tracker in a row that {@link rowOfTracker} has made. */
function trackerOfRow({
  partitionKey: _partition,
  rowKey,
  etag,
  durations,
  ...columns
}: StoredRow): HeldTracker {
  const read = { ...columns, durations: JSON.parse(String(durations)), vaultKey: rowKey };
  return { tracker: read as unknown as Tracker, etag };
}

/** The tracker of a vault; undefined before its first job. */
export async function readTracker(watches: Table, vaultKey: string): Promise<HeldTracker | undefined> {
  const row = await watches.read(partition, vaultKey);
  return row && trackerOfRow(row);
}

/** Every tracker there has been: one row per vault. */
export async function listTrackers(watches: Table): Promise<readonly HeldTracker[]> {
  const rows = await everyRow(watches, partition);
  return rows.map(trackerOfRow);
}

/** Writes a tracker under its ETag; undefined when another has written. */
export async function changeTracker(
  watches: Table,
  { tracker, etag }: HeldTracker,
  change: Partial<Tracker>,
): Promise<HeldTracker | undefined> {
  const next = { ...tracker, ...change };
  const written = await watches.replace(rowOfTracker(next), etag);
  return written.kind === 'written' ? { tracker: next, etag: written.etag } : undefined;
}

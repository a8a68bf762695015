import { createHash } from 'node:crypto';
import type { JobSeen } from '../arm/backupJob.ts';
import type { Failure, Json, JsonObject } from '../arm/call.ts';
import { idKey } from '../arm/resourceId.ts';
import type { StepSummary } from '../steps/step.ts';
import type { Row, StoredRow, Table } from '../storage/table.ts';

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

/** What a flow hands to the activity `watchJob`: everything by which its job is told from the others of the vault. */
export type WatchOrder = {
  readonly runId: string;
  readonly generation: number;
  /** n of the event `job-<n>` that will tell; counts over the run, never used twice. */
  readonly event: number;
  readonly service: 'recoveryServices' | 'dataProtection';
  readonly vaultId: string;
  readonly itemId: string;
  /** Kind of item as the service's domain names it. */
  readonly kind: string;
  /** The next four: what jobs of the item are shown under, as far as it is known. */
  readonly friendlyName?: string;
  readonly serverName?: string;
  readonly hasNamesake?: boolean;
  readonly backupType?: string;
  /** The expiry that was asked for, ISO 8601 UTC: lists of recovery points carry none. */
  readonly expiresAt?: string;
  /** A restore's job is watched, not a backup's. */
  readonly operation?: 'Restore';
  /** The service's activity id of the backup, where it echoes. */
  readonly attemptId: string;
  /** When the backup was sent, ISO 8601 UTC. */
  readonly sentAt: string;
  /** Seconds the service asked to wait between looks. */
  readonly waitSeconds: number;
  readonly jobId?: string;
  /** Somebody else's running backup of the item counts, too. */
  readonly joined?: true;
  /** End of the send window of another run's backup of the item: a job of that time may be that one's. ISO 8601 UTC. */
  readonly otherSentBy?: string;
  /** A job that no id names is taken by item, operation and start: its operation has told what it could. */
  readonly byItem?: true;
  /** What the step that started the job has given, for a flow that was not told of it. */
  readonly started?: Json;
  /** ISO 8601 UTC; the watch then ends `timedOut`. */
  readonly giveUpAt: string;
  /** A cancelled run's job is followed on. */
  readonly goesOnAfterCancel?: true;
};

/** What a watch tells its flow: how the job ended, or what the flow must do before it can be told. */
export type WatchOutcome =
  | { readonly kind: 'ended'; readonly ending: JsonObject }
  /** No job of the list carries the attempt's id: the operation names it. */
  | { readonly kind: 'unmatched' }
  | { readonly kind: 'cancelRequested'; readonly jobId?: string }
  /** `unknown`: several jobs may be the run's, and a person must look. */
  | {
      readonly kind: 'failed' | 'timedOut' | 'unknown';
      readonly failure: Failure;
      readonly job?: JobSeen;
    };

/** The event `job-<n>`. */
export interface JobEvent {
  readonly event: number;
  readonly outcome: WatchOutcome;
  /** What the step that started the job has given. */
  readonly started?: Json;
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
export function rowOfWatch(watch: Watch): Row {
  const columns = Object.entries(watch)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, structured.includes(name) ? JSON.stringify(value) : value]);
  return {
    ...Object.fromEntries(columns),
    partitionKey: vaultKeyOf(watch.vaultId),
    rowKey: `${watch.runId}-${watch.event}`,
  };
}

/** The watch in a row that {@link rowOfWatch} has made. */
export function watchOfRow({
  partitionKey: _partition,
  rowKey: _rowKey,
  etag,
  ...columns
}: StoredRow): HeldWatch {
  const members = Object.entries(columns).map(([name, value]): [string, Json | undefined] => [
    name,
    structured.includes(name) ? (JSON.parse(String(value)) as Json) : value,
  ]);
  return { watch: Object.fromEntries(members) as unknown as Watch, etag };
}

/** Every watch of a vault. */
export async function listWatches(watches: Table, vaultKey: string): Promise<readonly HeldWatch[]> {
  const held: HeldWatch[] = [];
  let continuation: string | undefined;
  do {
    const page = await watches.page(vaultKey, continuation === undefined ? {} : { continuation });
    held.push(...page.rows.map(watchOfRow));
    continuation = page.continuation;
  } while (continuation !== undefined);
  return held;
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

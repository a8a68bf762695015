import { createHash } from 'node:crypto';
import type { Failure, Json } from '../arm/call.ts';
import { columnsOf, membersOf, type Row, type StoredRow, type Table } from '../storage/table.ts';
import type {
  AcceptedRequest,
  BatchReport,
  JobState,
  RecoveryPoint,
  RequestedBy,
  RunEnding,
  RunFacts,
  RunRecord,
  RunStatus,
} from './run.ts';

function inOrder(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((entry: Json) => inOrder(entry) ?? null);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, inOrder(member as Json | undefined)]));
}

/** SHA-256 of a request in hex, whatever the order of its members. */
export const digestOf = (request: Json): string =>
  createHash('sha256')
    .update(JSON.stringify(inOrder(request)), 'utf8')
    .digest('hex');

/**
 * Id of the run for one occurrence: the first 40 hex digits of SHA-256 over source, caller, key and, in a batch, the item.
 *
 * @param round how many runs of the same occurrence have had their records removed.
 */
export function runIdOf({ source, caller, key }: RequestedBy, item?: string, round = 0): string {
  const occurrence = JSON.stringify([source, caller ?? '', key, item ?? '', ...(round > 0 ? [round] : [])]);
  return createHash('sha256').update(occurrence, 'utf8').digest('hex').slice(0, 40);
}

/** Id of the flow that carries a generation of a run. Never reused: starting an ended id would run it again. */
export const instanceIdOf = (runId: string, generation: number): string => `${runId}-${generation}`;

/** A run as its row keeps it. Instants are ISO 8601 UTC. */
export interface RunState {
  readonly id: string;
  readonly kind: RunRecord['kind'];
  readonly status: RunStatus;
  readonly request: AcceptedRequest;
  readonly requestedBy: RequestedBy;
  /** SHA-256 of the request: the same key with another body is seen by it. */
  readonly digest: string;
  readonly createdAt: string;
  readonly generation: number;
  /** When the present generation was made. */
  readonly generationAt: string;
  readonly begunAt?: string;
  readonly endedAt?: string;
  readonly cancelRequestedAt?: string;
  /** Who asked for that, and who closed the run, as {@link RequestedBy} has callers. */
  readonly cancelRequestedBy?: string;
  readonly closedAt?: string;
  readonly closedBy?: string;
  readonly facts: RunFacts;
  /** When the last run of the same key ended, whose record was removed. */
  readonly keyUsedUntil?: string;
  /** How many runs of the same key there were before; absent means none. */
  readonly round?: number;
  readonly batch?: string;
  readonly item?: string;
  /** Instance of the batch's shard that began it. */
  readonly shard?: string;
  readonly result?: Json;
  readonly error?: Failure;
  readonly job?: JobState;
  readonly recoveryPoint?: RecoveryPoint;
  readonly warnings: readonly string[];
  /** Of a batch that has ended. */
  readonly report?: BatchReport;
}

/** A run with the ETag under which it was read. */
export interface StoredRun {
  readonly run: RunState;
  readonly etag: string;
}

/**
 * The one partition of runs and their lists, so that a run and its place in every list change together. A run costs at
 * most eighteen row writes over its life: a partition takes 2,000 a second.
 */
export const runPartition = 'runs';

const structured = [
  'request',
  'requestedBy',
  'facts',
  'result',
  'error',
  'job',
  'recoveryPoint',
  'warnings',
  'report',
];

/** The row of a run; nested members are JSON in a column of their own. */
export const rowOfRun = ({ id, ...members }: RunState): Row => ({
  ...columnsOf(members, structured),
  ...{ partitionKey: runPartition, rowKey: id },
});

/** The run in a row that {@link rowOfRun} has made. */
export function runOfRow({ partitionKey: _partition, rowKey, etag, ...columns }: StoredRow): StoredRun {
  return { run: { ...membersOf(columns, structured), id: rowKey } as unknown as RunState, etag };
}

/** The run of an id; undefined when there is none. */
export async function findRun(
  services: { readonly runs: Table },
  id: string,
): Promise<StoredRun | undefined> {
  const row = await services.runs.read(runPartition, id);
  return row && forgottenAt(row) === undefined ? runOfRow(row) : undefined;
}

/** What is left of a run whose record was removed: the same key asked again is another run, under the id `next`. */
export const forgottenRow = ({ id, endedAt, requestedBy, item, round = 0 }: RunState): Row => ({
  ...{ partitionKey: runPartition, rowKey: id },
  forgotten: endedAt ?? '',
  next: runIdOf(requestedBy, item, round + 1),
});

/** When the run ended whose record was removed; undefined for a record that is there. */
export const forgottenAt = (row: StoredRow): string | undefined =>
  typeof row['forgotten'] === 'string' ? row['forgotten'] : undefined;

/** Runs of one occurrence, each asked for after the record of the one before was removed. */
const mostRounds = 1000;

/** Where a run of an occurrence lies, or would: the first id that no removed run holds. */
export interface RunPlace {
  readonly id: string;
  readonly found?: StoredRun;
  /** Of an id that is free: how many runs there were before, and when the last of them ended. */
  readonly before: Pick<RunState, 'round' | 'keyUsedUntil'>;
}

/** Looks for the run of an occurrence. */
export async function placeOfRun(
  services: { readonly runs: Table },
  requestedBy: RequestedBy,
  item?: string,
): Promise<RunPlace> {
  let before: RunPlace['before'] = {};
  for (let round = 0; round < mostRounds; round++) {
    const id = runIdOf(requestedBy, item, round);
    const row = await services.runs.read(runPartition, id);
    if (!row) return { id, before };
    const keyUsedUntil = forgottenAt(row);
    if (keyUsedUntil === undefined) return { id, found: runOfRow(row), before };
    before = { keyUsedUntil, round: round + 1 };
  }
  throw new Error(`The key ${requestedBy.key} was used ${mostRounds} times.`);
}

/** Whether a run has its ending; `timedOut` may still turn into the job's real one. */
export const hasEnded = (status: RunStatus): boolean => status !== 'accepted' && status !== 'running';

/** The members of a run that its ending sets. */
export const endingMembers = (ending: RunEnding): Partial<RunState> => ({
  status: ending.status,
  warnings: ending.warnings,
  ...(ending.result === undefined ? {} : { result: ending.result }),
  ...(ending.error ? { error: ending.error } : {}),
  ...(ending.job ? { job: ending.job } : {}),
  ...(ending.recoveryPoint ? { recoveryPoint: ending.recoveryPoint } : {}),
});

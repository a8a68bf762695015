import { nameBasedGuid, type Failure, type Json, type JsonObject } from './call.ts';
import { objectIn, textIn, textsIn } from './replyFields.ts';

/** A job of either backup service as last seen, in the service's words; times ISO 8601 UTC, absent where it sends none or year 1. */
export type JobSeen = {
  readonly id: string;
  readonly status: string;
  readonly progress?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
};

/** How a job ended, one to one with the service's word; `failure` on every ending that made no recovery point. */
export type JobEnding = {
  readonly job: JobSeen;
  readonly ended: 'completed' | 'completedWithWarnings' | 'failed' | 'cancelled';
  readonly failure?: Failure;
  readonly warnings: readonly string[];
  /** Whose it is, where the job tells; only asked of a job that was joined, or that no id named. */
  readonly startedBy?: JobStarter;
  /** @see WatchOrder.isTakenByStart */
  readonly isTakenByStart?: true;
  /** Read beside the end, where the budget allowed it; null: looked for, and not there yet. */
  readonly recoveryPoint?: PointMade | null;
};

/** The recovery point that a job has made. */
export type PointMade = {
  readonly id: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly type?: string;
  readonly tiers: readonly { readonly type: string; readonly expiresAt?: string }[];
};

/** Who has begun a job: another run of this app, the vault's policy, or somebody on demand. */
export type JobStarter = 'anotherRun' | 'policy' | 'onDemand';

/** A recovery point as a list shows it: where it is kept decides whether it can be restored at once. */
export interface ListedPoint {
  /** ARM id. */
  readonly id: string;
  readonly name: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  /** Tiers or data stores that hold it now, in the service's words; empty where none are told. */
  readonly stores: readonly string[];
}

/** Which point a drill wants. Instants are ISO 8601 UTC. */
export type PointWish = {
  readonly choose: 'latest' | 'random';
  readonly notBefore: string;
  readonly notAfter: string;
  /** Drill, occurrence and item: the same seed picks the same of the same points. */
  readonly seed: string;
  /** A certain point by name, instead of a choice. */
  readonly name?: string;
  /** The store it is restored from, where the restore names one. */
  readonly store?: string;
};

/** A point that was chosen, or how many there were and why none would do. */
export type PointChoice = {
  readonly chosen?: { readonly id: string; readonly name: string; readonly at: string };
  /** Points that could be restored within the span. */
  readonly eligible: number;
  /** Points of the span that are kept in the archive alone, or not in the store that is restored from. */
  readonly passedOver: number;
};

const isArchive = (store: string): boolean => /archive/i.test(store);
const sameText = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** Whether a point can be restored without being brought back from the archive first. A tier nobody knows is none. */
function isAtHand({ stores }: ListedPoint, store: string | undefined): boolean {
  if (store !== undefined) return stores.some((one) => sameText(one, store));
  return stores.length === 0 || stores.some((one) => !isArchive(one));
}

/** Where something stands in the order that a seed gives: a pure function, so that a replay picks the same. */
export const rankOf = (seed: string, name: string): string => nameBasedGuid(`${seed}|${name}`);

const byRank =
  (seed: string) =>
  (one: { readonly name: string }, other: { readonly name: string }): number =>
    rankOf(seed, one.name) < rankOf(seed, other.name) ? -1 : 1;

const newestFirst = (one: ListedPoint, other: ListedPoint): number => other.at.localeCompare(one.at);

/** Chooses a point: the newest, or the one that the seed picks; a certain one where it is named. */
export function choosePoint(points: readonly ListedPoint[], wish: PointWish): PointChoice {
  const { notBefore, notAfter, seed, name, store, choose } = wish;
  const within =
    name === undefined
      ? points.filter(({ at }) => at !== '' && at >= notBefore && at <= notAfter)
      : points.filter((point) => sameText(point.name, name));
  const atHand = within.filter((point) => isAtHand(point, store));
  const [first] = [...atHand].sort(choose === 'random' ? byRank(seed) : newestFirst);
  return {
    ...(first ? { chosen: { id: first.id, name: first.name, at: first.at } } : {}),
    eligible: atHand.length,
    passedOver: within.length - atHand.length,
  };
}

/**
 * The job that an ended operation names: a bare GUID from Recovery Services, a full ARM id from Data Protection.
 *
 * Read from `properties` of a status document or from the top of a result, `jobId` or the first of `jobIds`.
 *
 * @returns the id as the service wrote it; undefined when it named none, the job is then found by listing.
 */
export function jobIdOf(body: Json | undefined): string | undefined {
  const root = objectIn(body);
  const properties = objectIn(root['properties']);
  return (
    textIn(properties['jobId']) ??
    textIn(root['jobId']) ??
    textsIn(properties['jobIds'])[0] ??
    textsIn(root['jobIds'])[0]
  );
}

/** What a service has accepted, and by which the job it begins is followed; with `jobId` the operation need not be read. */
export type StartedBackup = {
  readonly vaultId: string;
  readonly itemId: string;
  /** Step that started it: its poll URL is kept there; empty where no step of the run has, and a list has named the job. */
  readonly stepId: string;
  readonly attemptId: string;
  /** ISO 8601 UTC. */
  readonly sentAt: string;
  /** Seconds between polls that the service asked for: the beat of all later looks. */
  readonly waitSeconds: number;
  readonly otherSentBy?: string;
  readonly operationId?: string;
  /** As the service writes it: see {@link jobIdOf}. */
  readonly jobId?: string;
  /** Somebody else's backup of the same item, which this run follows instead of starting its own. */
  readonly joined?: true;
  /** What was started is a restore. */
  readonly operation?: 'Restore';
};

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
  /** No id has named the job, a list has, by item, operation and start: it may be somebody else's, as it may tell itself. */
  readonly isTakenByStart?: true;
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
  | { readonly kind: 'cancelRequested'; readonly jobId?: string; readonly isTakenByStart?: true }
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

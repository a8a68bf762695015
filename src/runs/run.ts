import type { Failure, Json, JsonObject } from '../arm/call.ts';
import { shareId } from '../arm/resourceId.ts';
import type { BackupOptions, RunRequest, Target, CleanUpRequest } from './request.ts';

/** What a batch backs up. Items of `targets` are stored before the run is accepted; `digest` tells two such lists apart. */
export type BatchOf =
  | { readonly kind: 'targets'; readonly count: number; readonly digest: string }
  | { readonly kind: 'rule'; readonly rule: string }
  | { readonly kind: 'schedule'; readonly schedule: string; readonly dueAt: string }
  /** `dueAt` is absent where somebody has asked for it. */
  | {
      readonly kind: 'drill';
      readonly drill: string;
      readonly dueAt?: string;
      readonly dryRun?: boolean;
    };

/** Backs up many items, each by a run of its own. */
export interface BatchRequest {
  readonly kind: 'batch';
  readonly of: BatchOf;
  readonly options: BackupOptions;
  /** Children that run at a time, 1–200. */
  readonly concurrency: number;
  /** Items not begun by then are skipped; ISO 8601 UTC. */
  readonly notAfter?: string;
}

/** Protects everything that the plan selects and reality lacks, or says what that would be. */
export interface SweepRequest {
  readonly kind: 'sweep';
  readonly dryRun: boolean;
}

/** Applies the plan to one resource that was written. */
export interface ProtectByPlanRequest {
  readonly kind: 'protectByPlan';
  /** ARM id of a disk, a storage account or a file share. */
  readonly resourceId: string;
}

/** Requests that the plan or a row of ours answers; all others name their target. */
export type PlanRequest = BatchRequest | SweepRequest | ProtectByPlanRequest | CleanUpRequest;

/** Everything a run may have been asked for. */
export type AcceptedRequest = RunRequest | PlanRequest;

/** Whether the plan decides what is done. */
export const isPlanRequest = (request: AcceptedRequest): request is PlanRequest =>
  request.kind === 'batch' ||
  request.kind === 'sweep' ||
  request.kind === 'protectByPlan' ||
  request.kind === 'cleanUp';

/** The kind that the run record shows. */
export function shownKind(request: AcceptedRequest): RunRequest['kind'] | 'sweep' {
  const { kind } = request;
  if (request.kind === 'batch') return request.of.kind === 'drill' ? 'drill' : 'backUp';
  if (kind === 'batch' || kind === 'cleanUp') return 'drill';
  return kind === 'protectByPlan' ? 'protect' : kind;
}

/** What a request is about; undefined for one about many things. */
export function targetOf(request: AcceptedRequest): Target | undefined {
  if (!isPlanRequest(request)) return request.target;
  return request.kind === 'protectByPlan' ? { id: request.resourceId } : undefined;
}

/** How a run stands. The last seven are endings; `timedOut` may still turn into the job's real ending, `unknown` is closed by a person. */
export type RunStatus =
  | 'accepted'
  | 'running'
  | 'completed'
  | 'completedWithWarnings'
  | 'failed'
  | 'cancelled'
  | 'skipped'
  | 'timedOut'
  | 'unknown';

/** Who asked. `key` is the idempotency key as given or made; `caller` is `<tenant>/<object id>`, `local` without access control. */
export interface RequestedBy {
  readonly source: 'http' | 'schedule' | 'eventGrid' | 'sweep' | 'batch';
  readonly caller?: string;
  readonly key: string;
}

/** Who has done something to a run, and when (ISO 8601 UTC). `caller` as in {@link RequestedBy}. */
export interface DoneBy {
  readonly caller?: string;
  readonly at: string;
}

/** The proof that a backup exists. `expiresAt` is the service's word where it sends one, else the instant that was asked for. */
export interface RecoveryPoint {
  readonly id: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly type?: string;
  readonly tiers: readonly { readonly type: string; readonly expiresAt?: string }[];
}

/** Azure Backup's job as last seen. Times ISO 8601 UTC; `progress` is the service's own words (`Transfer data to vault 40 %`). */
export interface JobState {
  readonly id: string;
  readonly status: string;
  readonly progress?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
}

/** How a flow ended: what the activity `finishRun` writes. Plain data. */
export interface RunEnding {
  readonly status: Exclude<RunStatus, 'accepted' | 'running'>;
  /** What came of it: ids, expiry sent, what a validation would do. At most 8 KiB. */
  readonly result?: Json;
  readonly error?: Failure;
  readonly job?: JobState;
  readonly recoveryPoint?: RecoveryPoint;
  readonly warnings: readonly string[];
}

/** One step in the run record. */
export interface StepReport {
  readonly name: string;
  readonly status: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly asks: number;
  readonly detail?: string;
}

/** How many items of a batch stand how. `waiting` have no run yet. */
export type BatchCounts = { readonly total: number } & {
  readonly [status in RunStatus | 'waiting']?: number;
};

/** One item of a batch that did not go well. */
export interface BatchFailure {
  readonly target: string;
  readonly run?: string;
  readonly status: RunStatus;
  readonly error?: { readonly code: string; readonly message: string };
}

/** One resource that the run of a sweep would protect. */
export interface WouldDo {
  readonly target: string;
  readonly rule?: string;
  readonly policyId?: string;
}

/** What a batch has come to: at most 30,000 characters as JSON. */
export interface BatchReport {
  readonly counts: BatchCounts;
  /** The first ones; `counts` has the number of all. */
  readonly failures: readonly BatchFailure[];
  /** Of a dry run: the first of what it would do, and the path of the list of all, page by page. */
  readonly wouldDo?: readonly WouldDo[];
  readonly nextLink?: string;
  /** Durations in seconds, reasons of what was skipped, and what a sweep found. */
  readonly report: JsonObject;
}

/** The run record as `GET /api/runs/{id}` shows it. */
export interface RunRecord {
  readonly id: string;
  readonly kind: RunRequest['kind'] | 'sweep';
  readonly status: RunStatus;
  readonly target?: Json;
  readonly requestedBy: RequestedBy;
  readonly cancelRequestedBy?: DoneBy;
  /** Of a run that ended `unknown`. */
  readonly closedBy?: DoneBy;
  readonly createdAt: string;
  readonly endedAt?: string;
  readonly batch?: string;
  readonly generation: number;
  /** While it runs: the service's work, or the end of one of its limits. */
  readonly waitsFor?: 'service' | 'limit';
  readonly steps: readonly StepReport[];
  readonly operation?: { readonly status: string };
  readonly job?: JobState;
  readonly recoveryPoint?: RecoveryPoint;
  readonly result?: Json;
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly advice?: string;
    readonly correlationId?: string;
  };
  readonly warnings: readonly string[];
  /** These three of a batch alone. */
  readonly counts?: BatchCounts;
  readonly failures?: readonly BatchFailure[];
  readonly report?: JsonObject;
  /** These two of the dry run of a sweep alone. */
  readonly wouldDo?: readonly WouldDo[];
  readonly nextLink?: string;
}

/** A run and which of its flows is meant: a later generation replaces one that was lost. */
export interface RunGeneration {
  readonly runId: string;
  readonly generation: number;
}

/** Input of the orchestration that carries a run. */
export interface RunInput extends RunGeneration {
  readonly request: AcceptedRequest;
  readonly facts: RunFacts;
  /** Whoever has started the flow has ordered its first step: the flow waits for it at once. */
  readonly isOrdered?: true;
}

/** Settings and permissions that a flow branches on, fixed when the run was accepted. */
export interface RunFacts {
  /** When the run was accepted, ISO 8601 UTC: expiry is computed from it. */
  readonly acceptedAt: string;
  readonly mayDeleteBackups: boolean;
  /** `RESTORE_DRILLS`; absent means no. */
  readonly mayDrill?: boolean;
  /** `MINIMUM_POLL_SECONDS`: the beat of looks that the service asks no wait for; absent means 10. */
  readonly beatSeconds?: number;
}

/** Input of the activity `finishRun`. */
export interface RunFinish extends RunGeneration {
  readonly ending: RunEnding;
}

/** Id of the instance that carries a shard. */
export const shardIdOf = (runId: string, generation: number, number: number): string =>
  `${runId}-${generation}-${number}`;

/** Raised to a shard when one of its children has ended. A hint: the shard's timer looks anyway. */
export const childEndedEvent = 'job-0';

/** The ARM id of what a target names; of a database the vault with container and database. */
export function targetName(target: Target): string {
  if ('id' in target) return target.id;
  switch (target.kind) {
    case 'fileShare':
      return shareId(target.storageAccountId, target.share);
    case 'virtualMachine':
      return target.virtualMachineId;
    case 'workload':
      return `${target.vaultId}/${target.container}/${target.database}`;
    case 'disk':
    case 'blobs':
      return target.datasourceId;
  }
}

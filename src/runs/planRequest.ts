import type { BackupOptions, RunRequest, Target } from './request.ts';

/** What a batch backs up. Items of `targets` are stored before the run is accepted; `digest` tells two such lists apart. */
export type BatchOf =
  | { readonly kind: 'targets'; readonly count: number; readonly digest: string }
  | { readonly kind: 'rule'; readonly rule: string }
  | { readonly kind: 'schedule'; readonly schedule: string; readonly dueAt: string };

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

/** Requests that the plan answers; all others name their target. */
export type PlanRequest = BatchRequest | SweepRequest | ProtectByPlanRequest;

/** Everything a run may have been asked for. */
export type AcceptedRequest = RunRequest | PlanRequest;

/** Whether the plan decides what is done. */
export const isPlanRequest = (request: AcceptedRequest): request is PlanRequest =>
  request.kind === 'batch' || request.kind === 'sweep' || request.kind === 'protectByPlan';

/** The kind that the run record shows. */
export function shownKind({ kind }: AcceptedRequest): RunRequest['kind'] | 'sweep' {
  if (kind === 'batch') return 'backUp';
  return kind === 'protectByPlan' ? 'protect' : kind;
}

/** What a request is about; undefined for one about many things. */
export function targetOf(request: AcceptedRequest): Target | undefined {
  if (!isPlanRequest(request)) return request.target;
  return request.kind === 'protectByPlan' ? { id: request.resourceId } : undefined;
}

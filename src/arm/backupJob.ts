import type { Failure } from './call.ts';

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
  /** Whose it is, where the job tells; only asked of a job that was joined. */
  readonly startedBy?: JobStarter;
};

/** Who has begun a job: another run of this app, the vault's policy, or somebody on demand. */
export type JobStarter = 'anotherRun' | 'policy' | 'onDemand';

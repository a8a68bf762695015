import type { ArmCall, ArmReply, JsonObject } from '../arm/call.ts';
import type { JobSeen } from '../arm/backupJob.ts';
import type { Watch } from './watch.ts';

/** A row of a vault's job list. Ids in lower case; `activityId` is empty where the service shows none. */
export interface ListedJob {
  readonly jobId: string;
  readonly activityId: string;
  readonly seen: JobSeen;
  /** `completed` needs nothing more; `detailed` has ended in a way whose reasons only a read of the job tells. */
  readonly state: 'running' | 'completed' | 'detailed';
}

/** Which jobs to list: those that started in a span, both ends inclusive. `kinds` are the watched items' kinds. */
export interface JobSpan {
  readonly from: Date;
  readonly to: Date;
  readonly kinds: readonly string[];
}

/** A job as one read of it tells. */
export type JobReading =
  | { readonly kind: 'ended'; readonly ending: JsonObject; readonly seen: JobSeen }
  | { readonly kind: 'running'; readonly seen: JobSeen };

/** What a list says about a backup that no id names. */
export type ItemMatch =
  | { readonly kind: 'found'; readonly jobId: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'ambiguous'; readonly failure: { readonly code: string; readonly message: string } };

/** The jobs of one backup service, described and read; pure. */
export interface JobService {
  /** Whether a list can be narrowed by the jobs' start: then a list that was cut silently is asked for in parts. */
  readonly listsBySpan: boolean;
  readonly listCall: (vaultId: string, span: JobSpan) => ArmCall;
  readonly readRows: (reply: ArmReply) => readonly ListedJob[];
  readonly readCall: (vaultId: string, jobId: string) => ArmCall;
  readonly readJob: (reply: ArmReply, jobId: string) => JobReading;
  /** The ending of a listed job that needs no read of its own. */
  readonly endingOf: (job: ListedJob) => JsonObject;
  /** By item, operation and start, in a list of every row. */
  readonly matchItem: (reply: ArmReply, watch: Watch) => ItemMatch;
  /** Azure's action that reads an operation of a backup: asked for only while its budget lasts. */
  readonly operationAction: string;
}

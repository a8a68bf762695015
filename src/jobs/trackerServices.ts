import { plainWords } from '../arm/words.ts';
import type { JobEnding, JobSeen, PointMade } from '../arm/backupJob.ts';
import type { ArmCall, ArmReply, Json, JsonObject } from '../arm/call.ts';
import type { StepServices } from '../steps/stepServices.ts';
import type { Table } from '../storage/table.ts';
import type { Watch } from './watch.ts';

/** A row of a vault's job list. Ids in lower case; `activityId` is empty where the service shows none. */
export interface ListedJob {
  readonly jobId: string;
  readonly activityId: string;
  readonly seen: JobSeen;
  /** How it has ended; absent while it runs. Reasons and warnings are told by a read of the job alone. */
  readonly ended?: JobEnding['ended'];
}

/** Which jobs to list: those that started in a span, both ends inclusive. `kinds` are the watched items' kinds. */
export interface JobSpan {
  readonly from: Date;
  readonly to: Date;
  readonly kinds: readonly string[];
}

/** A job as one read of it tells. */
type JobReading =
  | { readonly kind: 'ended'; readonly ending: JsonObject; readonly seen: JobSeen }
  | { readonly kind: 'running'; readonly seen: JobSeen };

/** What a list says about a backup that no id names. */
type ItemMatch =
  | { readonly kind: 'found'; readonly jobId: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'ambiguous'; readonly failure: { readonly code: string; readonly message: string } };

/** The jobs of one backup service, described and read; pure. */
interface JobService {
  /** Whether a list can be narrowed by the jobs' start: then a list that was cut silently is asked for in parts. */
  readonly listsBySpan: boolean;
  readonly listCall: (vaultId: string, span: JobSpan) => ArmCall;
  readonly readRows: (reply: ArmReply) => readonly ListedJob[];
  readonly readCall: (vaultId: string, jobId: string) => ArmCall;
  readonly readJob: (reply: ArmReply, jobId: string) => JobReading;
  /** By item, operation and start, in a list of every row. `isSettled`: read so late that the watched job is in it. */
  readonly matchItem: (reply: ArmReply, watch: Watch, isSettled: boolean) => ItemMatch;
  /** The list in which the recovery point of a backup's job would be, and how it is read: null when it is not there. */
  readonly pointOf: (
    watch: Watch,
    ending: JobEnding,
    now: Date,
  ) => { readonly call: ArmCall; readonly read: (reply: ArmReply) => PointMade | null };
  /** Azure's action that reads an operation of a backup: asked for only while its budget lasts. */
  readonly operationAction: string;
}

/** The same service, with every word that it reads made safe to be kept and told. */
export const inPlainWords = (service: JobService): JobService => ({
  ...service,
  readRows: (reply) => service.readRows(reply).map((row) => plainWords(row as unknown as Json) as never),
  readJob: (reply, jobId) => plainWords(service.readJob(reply, jobId) as unknown as Json) as never,
  pointOf: (...made) => {
    const { call, read } = service.pointOf(...made);
    return { call, read: (reply) => plainWords(read(reply) as unknown as Json) as never };
  },
});

/** Everything the tracker acts through. */
export interface TrackerServices extends Pick<StepServices, 'clock' | 'newId' | 'arm' | 'pacer' | 'log'> {
  /** Watches by vault, and the trackers' own rows. */
  readonly watches: Table;
  readonly jobServices: Readonly<Record<Watch['service'], JobService>>;
  /** Least pause between two lists, in seconds. */
  readonly minimumPollSeconds: number;
  /** Resolves after so many milliseconds: what a timer that fires early has left over. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Starts an orchestration; `exists` while one of that id is pending or running. */
  readonly start: (orchestration: string, instanceId: string, input: Json) => Promise<'started' | 'exists'>;
  /** Raises an event to an instance. */
  readonly raise: (
    instanceId: string,
    eventName: string,
    payload: Json,
  ) => Promise<'raised' | 'ended' | 'missing'>;
  /** Instance id of the flow that carries a generation of a run. */
  readonly flowOf: (runId: string, generation: number) => string;
  readonly isCancelRequested: (runId: string) => Promise<boolean>;
  /** Writes the real ending of a run that ended `timedOut` before its job did; absent: such jobs are not watched on. */
  readonly finishLate?: (runId: string, generation: number, ending: JsonObject) => Promise<void>;
}

import { foundInList } from '../steps/step.ts';
import type { ArmCall, ArmReply, Json, JsonObject } from '../arm/call.ts';
import { readInstant, textIn } from '../arm/replyFields.ts';
import { resourcePath } from '../arm/resourceId.ts';
import {
  backupCall,
  filterOf,
  filterTime,
  rowsIn,
  kindWords,
  type Resource,
  type ItemKind,
} from './paths.ts';
import type { JobEnding, JobSeen, PointMade } from '../arm/backupJob.ts';
import type { JobOwner } from './jobOwner.ts';
import { endingOfStatus, readJob } from './jobs.ts';
import { findRecoveryPoint, madeByJob, pointMadeIn } from './recoveryPoints.ts';
import { findEarlierJob, findJoinedJob } from './jobSearch.ts';

/** A row of the job list as the tracker reads it. */
interface ListedJob {
  readonly jobId: string;
  readonly activityId: string;
  readonly seen: JobSeen;
  readonly ended?: JobEnding['ended'];
}

interface Span {
  readonly from: Date;
  readonly to: Date;
  readonly kinds: readonly string[];
}

/** What the tracker knows of a watched backup. */
interface WatchedBackup extends Omit<JobOwner, 'kind'> {
  readonly kind: string;
  readonly attemptId: string;
  readonly sentAt: string;
  readonly expiresAt?: string;
  readonly joined?: true;
  readonly otherSentBy?: string;
}

/** Jobs of one kind are asked for by it; jobs of several kinds in one list. */
function kindFilter(kinds: readonly string[]): string | undefined {
  const words = new Set(kinds.map((kind) => kindWords[kind as ItemKind]?.backupManagementType));
  return words.size === 1 ? [...words][0] : undefined;
}

/** The jobs that started in a span: `startTime` and `endTime` of the filter both mean the start. */
const listCall = (vaultId: string, { from, to, kinds }: Span): ArmCall =>
  backupCall('GET', 'backupJobs/read', resourcePath(vaultId, 'backupJobs'), {
    query: {
      $filter: filterOf({
        startTime: filterTime(from),
        endTime: filterTime(to),
        backupManagementType: kindFilter(kinds),
      }),
    },
  });

const readCall = (vaultId: string, jobId: string): ArmCall =>
  backupCall('GET', 'backupJobs/read', resourcePath(vaultId, 'backupJobs', jobId));

const instantIn = (value: Json | undefined): string | undefined => readInstant(textIn(value))?.toISOString();

function seenIn({ name, properties }: Resource): JobSeen {
  const [startedAt, endedAt] = [instantIn(properties['startTime']), instantIn(properties['endTime'])];
  return {
    id: name,
    status: textIn(properties['status']) ?? '',
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
  };
}

const listedJob = (row: Resource): ListedJob => {
  const seen = seenIn(row);
  const ended = endingOfStatus(seen.status);
  // A running job's end is year 1, or absent.
  const { endedAt: _none, ...running } = seen;
  return {
    jobId: row.name.toLowerCase(),
    activityId: textIn(row.properties['activityId'])?.toLowerCase() ?? '',
    seen: ended === undefined ? running : seen,
    ...(ended === undefined ? {} : { ended }),
  };
};

function readOne(reply: ArmReply, jobId: string) {
  const context = {
    now: new Date(0),
    firstAt: new Date(0).toISOString(),
    ...{ attemptId: '', sentAt: '', waitSeconds: 60, stepId: foundInList },
  };
  const reading = readJob.read(reply, { vaultId: '', jobId, waitSeconds: 60 }, context);
  if (reading.kind === 'done') {
    const ending: JobEnding = reading.result;
    return { kind: 'ended', ending: ending as JsonObject, seen: ending.job } as const;
  }
  const seen = (reading.kind === 'waiting' ? reading.detail : undefined) as JobSeen | undefined;
  return { kind: 'running', seen: seen ?? { id: jobId, status: '' } } as const;
}

const mayBeOthers = (jobId: string) =>
  ({
    kind: 'ambiguous',
    failure: {
      code: 'BackupJobAmbiguous',
      message: `The job ${jobId} may be this run's or that of the run which had the item before.`,
    },
  }) as const;

function matchItem(reply: ArmReply, watch: WatchedBackup, isSettled: boolean) {
  const owner = { ...watch, kind: watch.kind as ItemKind };
  if (watch.joined) {
    const job = findJoinedJob(reply, owner, watch.sentAt);
    return job ? ({ kind: 'found', jobId: job.jobId } as const) : ({ kind: 'absent' } as const);
  }
  const attempts = {
    attemptIds: watch.attemptId === '' ? [] : [watch.attemptId],
    firstClaimAt: watch.sentAt,
    lastSendBy: watch.sentAt,
    joinForeign: false,
    isSettled,
    ...(watch.otherSentBy === undefined ? {} : { otherSentBy: watch.otherSentBy }),
  };
  const search = findEarlierJob(reply, owner, attempts);
  if (search.kind === 'foreign') return mayBeOthers(search.result.jobId);
  if (search.kind === 'ours') return { kind: 'found', jobId: search.result.jobId } as const;
  return search.kind === 'ambiguous' ? search : ({ kind: 'absent' } as const);
}

/** The recovery point that a backup's job has made. */
function pointOf(watch: WatchedBackup, { job }: JobEnding, now: Date) {
  const made = madeByJob(watch, job, now);
  return {
    call: findRecoveryPoint.describe(made),
    read: (reply: ArmReply): PointMade | null => pointMadeIn(reply, made),
  };
}

/** The jobs of Recovery Services vaults as the job tracker lists and reads them. */
export const recoveryServicesJobs = {
  listsBySpan: true,
  listCall,
  readRows: (reply: ArmReply): readonly ListedJob[] => rowsIn(reply).map(listedJob),
  readCall,
  readJob: readOne,
  matchItem,
  pointOf,
  operationAction: 'Microsoft.RecoveryServices/vaults/backupOperations/read',
} as const;

import type { ArmReply, JsonObject } from '../arm/call.ts';
import { memberIn, objectsIn } from '../arm/replyFields.ts';
import type { JobEnding, JobSeen, PointMade } from '../arm/backupJob.ts';
import { endingOfStatus, readInstanceJob, readJobEnding } from './jobs.ts';
import { findInstanceRecoveryPoint, instancePointIn, madeByInstanceJob } from './recoveryPoints.ts';
import { activityIdOf, findJobOf, jobCall, listJobsCall } from './jobSearch.ts';

/** A row of the job list as the tracker reads it. */
interface ListedJob {
  readonly jobId: string;
  readonly activityId: string;
  readonly seen: JobSeen;
  readonly ended?: JobEnding['ended'];
}

function listedJob(row: JsonObject): ListedJob {
  const seen = readInstanceJob(row);
  const ended = endingOfStatus(seen.status);
  return {
    ...{ jobId: seen.id.toLowerCase(), activityId: activityIdOf(row), seen },
    ...(ended === undefined ? {} : { ended }),
  };
}

function readOne(reply: ArmReply, jobId: string) {
  const seen = readInstanceJob(reply.body);
  const ending = readJobEnding(reply.body);
  if (ending) return { kind: 'ended', ending: ending as JsonObject, seen } as const;
  return { kind: 'running', seen: seen.id === '' ? { ...seen, id: jobId } : seen } as const;
}

/** A job that the user triggered, for the instance, about when the backup was sent. */
function matchItem(
  reply: ArmReply,
  watch: Omit<Parameters<typeof findJobOf>[1], 'isSettled'>,
  isSettled: boolean,
) {
  const found = findJobOf(reply, { ...watch, isSettled });
  if (found.kind === 'absent' || found.kind === 'ambiguous') return found;
  if (found.kind === 'foreign' && !watch.joined) {
    const message = `The job ${found.result.jobId} may be this run's or that of the run which had the instance before.`;
    return { kind: 'ambiguous', failure: { code: 'BackupJobAmbiguous', message } } as const;
  }
  return { kind: 'found', jobId: found.result.jobId } as const;
}

/** The recovery point that a backup's job has made. */
function pointOf(watch: Parameters<typeof madeByInstanceJob>[0], { job }: JobEnding, now: Date) {
  const made = madeByInstanceJob(watch, job, now);
  return {
    call: findInstanceRecoveryPoint.describe(made),
    read: (reply: ArmReply): PointMade | null => instancePointIn(reply, made) ?? null,
  };
}

/** The jobs of Backup vaults as the job tracker lists and reads them: the list takes no filter. */
export const dataProtectionJobs = {
  listsBySpan: false,
  listCall: listJobsCall,
  readRows: (reply: ArmReply): readonly ListedJob[] =>
    objectsIn(memberIn(reply.body, 'value')).map(listedJob),
  readCall: jobCall,
  readJob: readOne,
  matchItem,
  pointOf,
  operationAction: 'Microsoft.DataProtection/backupVaults/operationStatus/read',
} as const;

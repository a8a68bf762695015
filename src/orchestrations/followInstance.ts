import {
  followInstanceBackup,
  followInstanceSeconds,
  watchedInstanceBackup,
  type InstanceBackupHandle,
} from '../data-protection/backup.ts';
import type { JobEnding } from '../arm/backupJob.ts';
import type { WatchOutcome } from '../job-tracker/watch.ts';
import type { Flow, FlowContext } from './flow.ts';
import { StepFailed } from './stepFailed.ts';
import { takeStep } from './takeStep.ts';
import { notFollowed, watchJob, type BackupToWatch } from './watchedJob.ts';

/** An operation that nobody could read to its end says nothing about the job: the list does. */
const isUndecided = (error: unknown): boolean =>
  error instanceof StepFailed && ['timedOut', 'unknown'].includes(error.outcome.kind);

/** The job's id out of the backup's operation; null when the operation names none or could not be read. */
function* jobOfOperation(context: FlowContext, handle: InstanceBackupHandle): Flow<string | null> {
  if (handle.jobId !== undefined) return handle.jobId;
  if (handle.operationId === undefined) return null;
  try {
    return (yield* takeStep(context, followInstanceBackup, handle)).jobId;
  } catch (error) {
    if (isUndecided(error)) return null;
    throw error;
  }
}

function* withOperation(context: FlowContext, handle: InstanceBackupHandle): Flow<BackupToWatch> {
  const jobId = yield* jobOfOperation(context, handle);
  return { ...watchedInstanceBackup(handle), byItem: true, ...(jobId === null ? {} : { jobId }) };
}

/** Backup vaults have no call that ends a job: a cancelled run says so and follows its job to the end. */
function* followOn(
  context: FlowContext,
  handle: InstanceBackupHandle,
  seenId: string | undefined,
): Flow<WatchOutcome> {
  context.warnings.push(
    'The job cannot be cancelled and is followed to its end: Backup vaults cancel no jobs.',
  );
  const known = seenId === undefined ? handle : { ...handle, jobId: seenId };
  const backup = { ...(yield* withOperation(context, known)), goesOnAfterCancel: true as const };
  return yield* watchJob(context, backup, followInstanceSeconds);
}

function* outcomeOf(context: FlowContext, handle: InstanceBackupHandle): Flow<WatchOutcome> {
  const first = yield* watchJob(context, watchedInstanceBackup(handle), followInstanceSeconds);
  const outcome =
    first.kind === 'unmatched'
      ? yield* watchJob(context, yield* withOperation(context, handle), followInstanceSeconds)
      : first;
  return outcome.kind === 'cancelRequested' ? yield* followOn(context, handle, outcome.jobId) : outcome;
}

/**
 * Follows an accepted backup of an instance to the end of its job.
 *
 * @returns how the job ended, in the service's words; a failed or cancelled job is a value.
 * @throws StepFailed when the operation failed, or nothing could be learnt of the job in time.
 */
export function* followInstance(context: FlowContext, handle: InstanceBackupHandle): Flow<JobEnding> {
  if (handle.jobId !== undefined) context.job = { id: handle.jobId, status: 'InProgress' };
  const outcome = yield* outcomeOf(context, handle);
  if (outcome.kind !== 'ended') throw notFollowed(context, 'dataProtection.followInstance', outcome);
  const ending = outcome.ending as JobEnding;
  context.job = ending.job;
  return ending;
}

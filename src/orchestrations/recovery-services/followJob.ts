import {
  followBackupOperation,
  followSecondsOf,
  namesOf,
  watchedBackup,
  type BackupHandle,
} from '../../recovery-services/backup.ts';
import type { JobEnding, WatchOutcome } from '../../arm/backupJob.ts';
import { isKnown } from '../../recovery-services/jobOwner.ts';
import { findItemById } from '../../recovery-services/protectedItems.ts';
import { cancelJob, readStarter } from '../../recovery-services/jobs.ts';
import type { Flow, FlowContext } from '../flow.ts';
import { StepFailed } from '../refusals.ts';
import { takeStep } from '../takeStep.ts';
import {
  isUndecided,
  leaveJob,
  leaveUnlessOnDemand,
  notFollowed,
  watchJob,
  type BackupToWatch,
} from '../watchedJob.ts';

/** What a backup that the service has accepted is followed by. */
export type JobHandle = BackupHandle;

/** The job's id out of the backup's operation; null when the operation names none or could not be read. */
function* jobOfOperation(context: FlowContext, handle: JobHandle): Flow<string | null> {
  if (handle.operationId === undefined) return null;
  try {
    return (yield* takeStep(context, followBackupOperation, handle)).jobId;
  } catch (error) {
    if (isUndecided(error)) return null;
    throw error;
  }
}

/** The names under which the item's jobs are shown; undefined when the vault's list tells no more than is known. */
export function* readNames(
  context: FlowContext,
  { itemId, kind }: Pick<JobHandle, 'itemId' | 'kind'>,
): Flow<ReturnType<typeof namesOf> | undefined> {
  const item = yield* takeStep(context, findItemById, { itemId, kind });
  return item?.friendlyName === undefined ? undefined : namesOf(item);
}

/** A job that no id names is told from its neighbours' by the item's names. */
function* named(context: FlowContext, handle: JobHandle): Flow<JobHandle> {
  if (handle.jobId !== undefined || isKnown(handle)) return handle;
  try {
    return { ...handle, ...(yield* readNames(context, handle)) };
  } catch (error) {
    if (isUndecided(error)) return handle;
    throw error;
  }
}

/** What the operation told of the job, for the tracker to go on with. */
function* withOperation(context: FlowContext, handle: JobHandle): Flow<BackupToWatch> {
  const jobId = yield* jobOfOperation(context, handle);
  if (jobId !== null) return { ...watchedBackup(handle), byItem: true, jobId };
  return { ...watchedBackup(yield* named(context, handle)), byItem: true };
}

/** Ends the job of a run that was cancelled, where the service can, and follows it to whatever end it takes. */
function* cancelAndFollow(
  context: FlowContext,
  handle: JobHandle,
  seenId: string | undefined,
): Flow<WatchOutcome> {
  const backup = { ...(yield* knownJob(context, handle, seenId)), goesOnAfterCancel: true as const };
  if (backup.jobId !== undefined) {
    const { vaultId, waitSeconds } = handle;
    try {
      yield* takeStep(context, cancelJob, { vaultId, waitSeconds, jobId: backup.jobId });
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      context.warnings.push(`The job cannot be cancelled and is followed to its end. ${error.message}`);
    }
  }
  return yield* watchJob(context, backup, 86_400);
}

function* knownJob(context: FlowContext, handle: JobHandle, seenId: string | undefined): Flow<BackupToWatch> {
  if (seenId === undefined) return yield* withOperation(context, handle);
  return { ...watchedBackup(handle), jobId: seenId };
}

function* outcomeOf(context: FlowContext, given: JobHandle): Flow<WatchOutcome> {
  const handle = given.joined ? yield* named(context, given) : given;
  const followSeconds = followSecondsOf(handle);
  const first = yield* watchJob(context, watchedBackup(handle), followSeconds);
  const outcome =
    first.kind === 'unmatched'
      ? yield* watchJob(context, yield* withOperation(context, handle), followSeconds)
      : first;
  if (outcome.kind !== 'cancelRequested') return outcome;
  const read = (jobId: string) =>
    takeStep(context, readStarter, { vaultId: handle.vaultId, waitSeconds: handle.waitSeconds, jobId });
  const jobId = outcome.jobId ?? handle.jobId;
  if (handle.joined) throw yield* leaveJob(context, jobId, read);
  // A policy begins no restore.
  const mayBePolicys = outcome.isTakenByStart && handle.operation === undefined;
  if (mayBePolicys && jobId !== undefined) yield* leaveUnlessOnDemand(context, jobId, read);
  return yield* cancelAndFollow(context, handle, outcome.jobId);
}

/**
 * Follows an accepted backup to the end of its job: the one door behind which operation and job are watched.
 *
 * @returns how the job ended, in the service's words; a failed or cancelled job is a value.
 * @throws StepFailed when the operation failed, or nothing could be learnt of the job in time; FlowEnded when a joined job is left.
 */
export function* followJob(context: FlowContext, handle: JobHandle): Flow<JobEnding> {
  if (handle.jobId !== undefined) context.job = { id: handle.jobId, status: 'InProgress' };
  const outcome = yield* outcomeOf(context, handle);
  if (outcome.kind === 'ended') {
    const ending = outcome.ending as JobEnding;
    context.job = ending.job;
    return ending;
  }
  throw notFollowed(context, 'followJob', outcome);
}

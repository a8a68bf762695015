import type { BackupHandle } from '../recovery-services/backup.ts';
import { followBackupOperation } from '../recovery-services/backup.ts';
import {
  cancelJob,
  findBackupJob,
  readFileShareJob,
  readJob,
  readJobAfterCancel,
  type JobEnding,
  type JobInVault,
} from '../recovery-services/jobs.ts';
import type { Flow, FlowContext } from './flow.ts';
import { StepFailed } from './stepFailed.ts';
import { sleep, takeStep } from './takeStep.ts';

/** What a backup that the service has accepted is followed by. */
export type JobHandle = BackupHandle;

/** An operation that nobody could read to its end says nothing about the job: the list does. */
const isUndecided = (error: unknown): boolean =>
  error instanceof StepFailed && ['timedOut', 'unknown'].includes(error.outcome.kind);

/** The job's id out of the backup's operation; null when the operation names none or could not be read. */
function* jobOfOperation(context: FlowContext, handle: JobHandle): Flow<string | null> {
  if (handle.operationId === undefined) return null;
  // The service asks for this wait before the first poll; by then most jobs of shares have ended, too.
  yield* sleep(context, handle.waitSeconds);
  try {
    return (yield* takeStep(context, followBackupOperation, handle)).jobId;
  } catch (error) {
    if (isUndecided(error)) return null;
    throw error;
  }
}

function* jobIdOf(context: FlowContext, handle: JobHandle): Flow<string> {
  if (handle.jobId !== undefined) return handle.jobId;
  const named = yield* jobOfOperation(context, handle);
  return named ?? (yield* takeStep(context, findBackupJob, handle)).jobId;
}

/** Ends the job of a run that was cancelled, where the service can, and follows it to whatever end it takes. */
function* cancelAndFollow(context: FlowContext, job: JobInVault): Flow<JobEnding> {
  try {
    yield* takeStep(context, cancelJob, job);
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    context.warnings.push(`The job cannot be cancelled and is followed to its end. ${error.message}`);
  }
  return yield* takeStep(context, readJobAfterCancel, job);
}

function* endingOf(context: FlowContext, handle: JobHandle, jobId: string): Flow<JobEnding> {
  const { vaultId, waitSeconds, kind } = handle;
  const job = { vaultId, jobId, waitSeconds };
  try {
    return yield* takeStep(context, kind === 'fileShare' ? readFileShareJob : readJob, job);
  } catch (error) {
    if (error instanceof StepFailed && error.outcome.kind === 'cancelled') {
      return yield* cancelAndFollow(context, job);
    }
    throw error;
  }
}

/**
 * Follows an accepted backup to the end of its job: the one door behind which operation and job are watched.
 *
 * @returns how the job ended, in the service's words; a failed or cancelled job is a value.
 * @throws StepFailed when the operation failed, or nothing could be learnt of the job in time.
 */
export function* followJob(context: FlowContext, handle: JobHandle): Flow<JobEnding> {
  const jobId = yield* jobIdOf(context, handle);
  context.job = { id: jobId, status: 'InProgress' };
  const ending = yield* endingOf(context, handle, jobId);
  context.job = ending.job;
  return ending;
}

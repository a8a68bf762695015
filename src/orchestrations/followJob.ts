import type { BackupHandle } from '../recovery-services/backup.ts';
import { followBackupOperation } from '../recovery-services/backup.ts';
import { findBackupJob, readFileShareJob, readJob, type JobEnding } from '../recovery-services/jobs.ts';
import type { Flow, FlowContext } from './flow.ts';
import { StepFailed } from './stepFailed.ts';
import { takeStep } from './takeStep.ts';

/** What a backup that the service has accepted is followed by. */
export type JobHandle = BackupHandle;

/** An operation that nobody could read to its end says nothing about the job: the list does. */
const isUndecided = (error: unknown): boolean =>
  error instanceof StepFailed && ['timedOut', 'unknown'].includes(error.outcome.kind);

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

function* jobIdOf(context: FlowContext, handle: JobHandle): Flow<string> {
  if (handle.jobId !== undefined) return handle.jobId;
  const named = yield* jobOfOperation(context, handle);
  return named ?? (yield* takeStep(context, findBackupJob, handle)).jobId;
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
  const { vaultId, waitSeconds } = handle;
  const step = handle.kind === 'fileShare' ? readFileShareJob : readJob;
  const ending = yield* takeStep(context, step, { vaultId, jobId, waitSeconds });
  context.job = ending.job;
  return ending;
}

import { backUpNow, type BackupHandle, type BackupOrder } from '../recovery-services/backup.ts';
import type { JobEnding } from '../recovery-services/jobs.ts';
import { findRecoveryPoint, type RecoveryPointSeen } from '../recovery-services/recoveryPoints.ts';
import type { Flow, FlowContext, FlowEnding } from './flow.ts';
import { followJob } from './followJob.ts';
import { StepFailed } from './stepFailed.ts';
import { sleep, takeStep } from './takeStep.ts';

const madeNone = 'The list of recovery points shows none in the span of the job.';

/** Looks twice, a beat apart: the list may lag behind the job. */
function* recoveryPointOf(
  context: FlowContext,
  handle: BackupHandle,
  { job }: JobEnding,
): Flow<RecoveryPointSeen | null> {
  const startedAt = job.startedAt ?? handle.sentAt;
  const endedAt = job.endedAt ?? context.df.currentUtcDateTime.toISOString();
  // A joined backup has the expiry that its own starter asked for.
  const expiry = handle.joined ? {} : { expiresAt: handle.expiresAt };
  const sought = { itemId: handle.itemId, startedAt, endedAt, ...expiry };
  const first = yield* takeStep(context, findRecoveryPoint, sought);
  if (first) return first;
  yield* sleep(context, handle.waitSeconds);
  return yield* takeStep(context, findRecoveryPoint, sought);
}

/** The job's recovery point; a list that cannot be read leaves a warning, because the backup itself has ended well. */
function* proofOf(
  context: FlowContext,
  handle: BackupHandle,
  ending: JobEnding,
): Flow<RecoveryPointSeen | null> {
  try {
    const point = yield* recoveryPointOf(context, handle, ending);
    if (!point) context.warnings.push(madeNone);
    return point;
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    context.warnings.push(`The recovery points could not be read: ${error.message}`);
    return null;
  }
}

function sayJoined(context: FlowContext, { joined, expiresAt }: BackupHandle, { job }: JobEnding): void {
  if (!joined) return;
  context.warnings.push(
    `A backup of this item was already running: this run followed its job ${job.id}; the expiry ${expiresAt} was not sent.`,
  );
}

/** The service started no job because one of the same item runs: recorded as the end of an operation, too. */
const isInProgress = (error: unknown): boolean =>
  error instanceof StepFailed &&
  error.outcome.kind !== 'cancelled' &&
  error.outcome.failure.class === 'adopt';

/** Follows the backup that was started, or the one that stood in its way. */
function* followOrJoin(
  context: FlowContext,
  handle: BackupHandle,
): Flow<{ readonly handle: BackupHandle; readonly ending: JobEnding }> {
  try {
    return { handle, ending: yield* followJob(context, handle) };
  } catch (error) {
    if (!isInProgress(error)) throw error;
    const { operationId: _, ...rest } = handle;
    const joined: BackupHandle = { ...rest, joined: true };
    return { handle: joined, ending: yield* followJob(context, joined) };
  }
}

/** Backs up one protected item and follows the job to its end; the status is the job's own. */
export function* backUpItem(context: FlowContext, order: BackupOrder): Flow<FlowEnding> {
  const started = yield* takeStep(context, backUpNow, order);
  const { handle, ending } = yield* followOrJoin(context, started);
  sayJoined(context, handle, ending);
  context.warnings.push(...ending.warnings);
  const made = ending.ended === 'completed' || ending.ended === 'completedWithWarnings';
  const recoveryPoint = made ? yield* proofOf(context, handle, ending) : null;
  const result = {
    protectedItemId: order.itemId,
    ...(handle.joined ? { joined: true } : { expiresAt: order.expiresAt }),
  };
  return {
    status: ending.ended,
    result,
    job: ending.job,
    ...(recoveryPoint ? { recoveryPoint } : {}),
    ...(ending.failure ? { error: ending.failure } : {}),
  };
}

import { backUpNow, type BackupHandle, type BackupOrder } from '../recovery-services/backup.ts';
import type { JobEnding } from '../arm/backupJob.ts';
import { findRecoveryPoint, type RecoveryPointSeen } from '../recovery-services/recoveryPoints.ts';
import type { Flow, FlowContext, FlowEnding } from './flow.ts';
import { followJob } from './followJob.ts';
import { followOrJoin } from './followOrJoin.ts';
import { proofOfBackup } from './proofOfBackup.ts';
import { takeStep } from './takeStep.ts';

/** Where the recovery point of a job is looked for. */
function soughtPoint(context: FlowContext, handle: BackupHandle, { job }: JobEnding) {
  const startedAt = job.startedAt ?? handle.sentAt;
  const endedAt = job.endedAt ?? context.df.currentUtcDateTime.toISOString();
  // A joined backup has the expiry that its own starter asked for.
  const expiry = handle.joined ? {} : { expiresAt: handle.expiresAt };
  return { itemId: handle.itemId, startedAt, endedAt, ...expiry };
}

function proofOf(
  context: FlowContext,
  handle: BackupHandle,
  ending: JobEnding,
): Flow<RecoveryPointSeen | undefined> {
  const sought = soughtPoint(context, handle, ending);
  return proofOfBackup(context, handle.waitSeconds, () => takeStep(context, findRecoveryPoint, sought));
}

function sayJoined(context: FlowContext, { joined, expiresAt }: BackupHandle, { job }: JobEnding): void {
  if (!joined) return;
  context.warnings.push(
    `A backup of this item was already running: this run followed its job ${job.id}; the expiry ${expiresAt} was not sent.`,
  );
}

/** Backs up one protected item and follows the job to its end; the status is the job's own. */
export function* backUpItem(context: FlowContext, order: BackupOrder): Flow<FlowEnding> {
  const started = yield* takeStep(context, backUpNow, order);
  const { handle, ending } = yield* followOrJoin(context, started, followJob);
  sayJoined(context, handle, ending);
  context.warnings.push(...ending.warnings);
  const made = ending.ended === 'completed' || ending.ended === 'completedWithWarnings';
  const recoveryPoint = made ? yield* proofOf(context, handle, ending) : undefined;
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

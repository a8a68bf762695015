import { jobIdOf } from '../arm/backupJob.ts';
import type { ArmReply, Json, ArmCall } from '../arm/call.ts';
import { readErrorIn } from '../arm/outcomes.ts';
import { objectIn, textIn } from '../arm/replyFields.ts';
import { resourcePath } from '../arm/resourceId.ts';
import type { StepReading, LongRunning } from '../steps/step.ts';
import { backupCall, sameName, vaultIdOf } from './paths.ts';

/** The job that an item operation has started; null when the service named none. */
export type StartedJob = { readonly jobId: string | null };

/** The status of any item operation by its unsigned path, which serves them all. */
export const operationStatusCall = (vaultId: string, operationId: string): ArmCall =>
  backupCall('GET', 'backupOperations/read', resourcePath(vaultId, 'backupOperations', operationId));

/** How the operations of protected items are followed: by their status, which names the job; the result does not. */
export const itemOperation: LongRunning<{ readonly itemId: string }> = {
  follow: 'status',
  unsigned: ({ itemId }, operationId) => operationStatusCall(vaultIdOf(itemId), operationId),
  defaultWaitSeconds: 60,
};

/** The job's id as a bare GUID, whether the service named it so or as an ARM id. */
const jobIdIn = (body: Json | undefined): string | null =>
  jobIdOf(body)
    ?.split('/')
    .findLast((segment) => segment !== '') ?? null;

const running = (status: string | undefined): boolean =>
  status !== undefined && !['succeeded', 'failed', 'canceled', 'cancelled'].includes(status.toLowerCase());

/**
 * Reads the last poll of an item operation.
 *
 * Every word but Succeeded, Failed and Canceled is running. `Succeeded` beside an error counts as success only when it
 * names a job: the job then decides.
 */
export function readItemOperation(reply: ArmReply, waitSeconds: number): StepReading<StartedJob> {
  const { status, error } = objectIn(reply.body);
  const word = textIn(status);
  if (running(word)) return { kind: 'waiting', waitSeconds };
  const jobId = jobIdIn(reply.body);
  const failure = readErrorIn(error);
  const failed = word !== undefined && !sameName(word, 'Succeeded');
  if (failed || (failure && !jobId)) {
    const unnamed = { code: 'OperationFailed', message: `The operation ended ${word} without a reason.` };
    return { kind: 'refused', failure: failure ?? unnamed };
  }
  return { kind: 'done', result: { jobId } };
}

import type { ArmCall, ArmReply, Failure, Json } from '../arm/call.ts';
import { resourcePath } from '../arm/resourceId.ts';
import type { LongRunning, StepReading } from '../steps/step.ts';
import { objectIn, sameName, textIn, textsIn } from './fields.ts';
import { backupCall, vaultIdOf } from './paths.ts';

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

/** A job id as a bare GUID, from `jobId` (GUID or ARM id) or the first of `jobIds`. */
function jobIdIn(properties: Json | undefined): string | null {
  const { jobId, jobIds } = objectIn(properties);
  const id = textIn(jobId) ?? textsIn(jobIds)[0];
  return id?.split('/').findLast((segment) => segment !== '') ?? null;
}

function failureIn(error: Json | undefined): Failure | undefined {
  const { code, message } = objectIn(error);
  const text = textIn(message);
  if (!textIn(code) && !text) return undefined;
  return { code: textIn(code) ?? 'OperationFailed', message: text ?? 'The service gave no message.' };
}

const running = (status: string | undefined): boolean =>
  status !== undefined && !['succeeded', 'failed', 'canceled', 'cancelled'].includes(status.toLowerCase());

/**
 * Reads the last poll of an item operation.
 *
 * Every word but Succeeded, Failed and Canceled is running. `Succeeded` beside an error counts as success only when it
 * names a job: the job then decides.
 */
export function readItemOperation(reply: ArmReply, waitSeconds: number): StepReading<StartedJob> {
  const { status, properties, error } = objectIn(reply.body);
  const word = textIn(status);
  if (running(word)) return { kind: 'waiting', waitSeconds };
  const jobId = jobIdIn(properties);
  const failure = failureIn(error);
  const failed = word !== undefined && !sameName(word, 'Succeeded');
  if (failed || (failure && !jobId)) {
    const unnamed = { code: 'OperationFailed', message: `The operation ended ${word} without a reason.` };
    return { kind: 'refused', failure: failure ?? unnamed };
  }
  return { kind: 'done', result: { jobId } };
}

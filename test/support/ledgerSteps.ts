import type { ArmReply, JsonObject } from '../../src/arm/call.ts';
import type { EarlierAttempts, EarlierEffect, Step } from '../../src/steps/step.ts';

/** The vault that the ledger's tests act on. */
export const vault =
  '/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg/providers/Microsoft.RecoveryServices/vaults/v';

type Job = { readonly id: string; readonly activityId?: string; readonly running?: boolean };
const jobsIn = ({ body }: ArmReply): readonly Job[] => (body as { value: Job[] }).value;

function findJob(reply: ArmReply, _input: JsonObject, attempts: EarlierAttempts): EarlierEffect<string> {
  const ours = jobsIn(reply).filter(({ activityId }) => attempts.attemptIds.includes(activityId ?? ''));
  if (ours.length > 1) {
    return { kind: 'ambiguous', failure: { code: 'BackupJobAmbiguous', message: `${ours.length} jobs` } };
  }
  const [job] = ours;
  if (job) return { kind: 'ours', result: job.id };
  const foreign = jobsIn(reply).find(({ running }) => running);
  return foreign && attempts.joinForeign ? { kind: 'foreign', result: foreign.id } : { kind: 'absent' };
}

/** A POST that may not be sent twice; done at its acceptance. */
export const backUp: Step<{ readonly itemId: string }, string> = {
  name: 'backUp',
  describe: ({ itemId }) => ({
    action: 'Microsoft.RecoveryServices/vaults/backup/action',
    method: 'POST',
    path: `${itemId}/backup`,
    apiVersion: '2025-08-01',
  }),
  longRunning: { follow: 'status', defaultWaitSeconds: 60, endsAtAcceptance: true },
  read: (_reply, _input, { attemptId }) => ({ kind: 'done', result: attemptId }),
  repeat: {
    describeLook: () => ({
      action: 'Microsoft.RecoveryServices/vaults/backupJobs/read',
      method: 'GET',
      path: `${vault}/backupJobs`,
      apiVersion: '2025-08-01',
    }),
    findEarlier: findJob,
  },
  itemOf: ({ itemId }) => itemId,
  giveUpAfterSeconds: 21_600,
};

/** A PUT that may be repeated and is followed by its status. */
export const protect: Step<{ readonly itemId: string }, string> = {
  name: 'protect',
  describe: ({ itemId }) => ({
    action: 'Microsoft.RecoveryServices/vaults/write',
    method: 'PUT',
    path: itemId,
    apiVersion: '2025-08-01',
  }),
  longRunning: {
    follow: 'status',
    unsigned: (_input, operationId) => ({
      action: 'Microsoft.RecoveryServices/vaults/backupOperations/read',
      method: 'GET',
      path: `${vault}/backupOperations/${operationId}`,
      apiVersion: '2025-08-01',
    }),
    defaultWaitSeconds: 60,
  },
  read: (reply) => ({ kind: 'done', result: `protected ${reply.status}` }),
  repeat: 'safe',
  giveUpAfterSeconds: 3600,
};

/** Polls the operation that another step started. */
export const followBackup: Step<{ readonly stepId: string }, string> = {
  name: 'followBackup',
  describe: () => ({
    action: 'Microsoft.RecoveryServices/vaults/backupOperations/read',
    method: 'GET',
    path: `${vault}/backupOperations/fallback`,
    apiVersion: '2025-08-01',
  }),
  followsStep: ({ stepId }) => stepId,
  longRunning: { follow: 'status', defaultWaitSeconds: 60 },
  read: () => ({ kind: 'done', result: 'followed' }),
  repeat: 'safe',
  giveUpAfterSeconds: 3600,
};

/** A list of every page. */
export const listItems: Step<{ readonly vaultId: string }, number> = {
  name: 'listItems',
  describe: ({ vaultId }) => ({
    action: 'Microsoft.RecoveryServices/vaults/backupProtectedItems/read',
    method: 'GET',
    path: `${vaultId}/backupProtectedItems`,
    apiVersion: '2025-08-01',
  }),
  pages: true,
  read: (reply) => ({ kind: 'done', result: jobsIn(reply).length }),
  repeat: 'safe',
  giveUpAfterSeconds: 3600,
};

/** Reads a job until it has ended. */
export const readJob: Step<{ readonly jobId: string }, string> = {
  name: 'readJob',
  describe: ({ jobId }) => ({
    action: 'Microsoft.RecoveryServices/vaults/backupJobs/read',
    method: 'GET',
    path: `${vault}/backupJobs/${jobId}`,
    apiVersion: '2025-08-01',
  }),
  read: (reply, { jobId }) => {
    const { status } = reply.body as { status: string };
    return status === 'Completed'
      ? { kind: 'done', result: status }
      : { kind: 'waiting', waitSeconds: 120, detail: { id: jobId, status } };
  },
  readRefusal: (_failure, status) => (status === 404 ? { kind: 'waiting', waitSeconds: 30 } : undefined),
  repeat: 'safe',
  giveUpAfterSeconds: 86_400,
};

import type { ArmReply } from '../arm/call.ts';
import { resourcePath } from '../arm/resourceId.ts';
import { foundInList, type EarlierAttempts, type EarlierEffect, type Step } from '../steps/step.ts';
import { backupVaultIdOf, dataProtectionApiVersion, followStatus } from './datasources.ts';
import { jobIdOf, type JobStarter, type StartedBackup } from '../arm/backupJob.ts';
import { findEarlierJob, jobCall, listJobsCall } from './jobSearch.ts';
import { starterIn } from './jobs.ts';

/** What is needed to back up an instance now. */
export type InstanceBackupInput = {
  readonly instanceId: string;
  /** A rule of the instance's policy with objectType `AzureBackupRule`. */
  readonly ruleName: string;
  /** Tag of a retention rule, instead of the one the backup rule gives. */
  readonly retentionTag?: string;
};

/** What to follow after the service has accepted a backup; with a job id the operation need not be read. */
export type InstanceBackupHandle = StartedBackup & { readonly service: 'dataProtection' };

/** Seconds between looks as long as the service has not said. Recorded Retry-After of 2026. */
const usualWaitSeconds = 30;

/** What to follow of a job that the vault lists: an earlier attempt's own, or somebody else's, which is then joined. */
function findEarlier(
  reply: ArmReply,
  { instanceId }: InstanceBackupInput,
  attempts: EarlierAttempts,
): EarlierEffect<InstanceBackupHandle> {
  const earlier = findEarlierJob(reply, instanceId, attempts);
  if (earlier.kind === 'absent' || earlier.kind === 'ambiguous') return earlier;
  const { jobId, startedAt } = earlier.result;
  const found = {
    service: 'dataProtection',
    vaultId: backupVaultIdOf(instanceId),
    itemId: instanceId,
    stepId: foundInList,
    attemptId: attempts.attemptIds.at(-1) ?? '',
    sentAt: startedAt || attempts.firstClaimAt,
    waitSeconds: usualWaitSeconds,
    jobId,
  } as const;
  return earlier.kind === 'ours'
    ? { kind: 'ours', result: found }
    : { kind: 'foreign', result: { ...found, joined: true } };
}

/** What the tracker needs to know of a backup; one whose operation is unknown is found by its instance. */
export function watchedInstanceBackup(handle: InstanceBackupHandle) {
  const { service, vaultId, itemId, attemptId, sentAt, waitSeconds, jobId, joined } = handle;
  return {
    ...{ service, vaultId, itemId, kind: 'backupInstance', attemptId, sentAt, waitSeconds },
    ...(jobId === undefined ? {} : { jobId }),
    ...(joined === undefined ? {} : { joined }),
    ...(handle.operation === undefined ? {} : { operation: handle.operation }),
    ...(handle.otherSentBy === undefined ? {} : { otherSentBy: handle.otherSentBy }),
    ...(handle.operationId === undefined ? { byItem: true as const } : {}),
  };
}

/** Seconds for which the job of an instance is followed. */
export const followInstanceSeconds = 86_400;

/** Starts a backup of an instance. There is no idempotency key: after any doubt the vault's jobs are read first. */
export const backUpInstance: Step<InstanceBackupInput, InstanceBackupHandle> = {
  name: 'dataProtection.backUpInstance',
  describe: ({ instanceId, ruleName, retentionTag }) => ({
    action: 'Microsoft.DataProtection/backupVaults/backupInstances/backup/action',
    method: 'POST',
    path: resourcePath(instanceId, 'backup'),
    apiVersion: dataProtectionApiVersion,
    body: {
      backupRuleOptions: {
        ruleName,
        triggerOption: retentionTag ? { retentionTagOverride: retentionTag } : {},
      },
    },
  }),
  longRunning: { ...followStatus(usualWaitSeconds), endsAtAcceptance: true },
  read: (reply, { instanceId }, context) => {
    const jobId = jobIdOf(reply.body);
    return {
      kind: 'done',
      result: {
        service: 'dataProtection',
        vaultId: backupVaultIdOf(instanceId),
        itemId: instanceId,
        stepId: context.stepId,
        attemptId: context.attemptId,
        sentAt: context.sentAt,
        waitSeconds: context.waitSeconds,
        ...(context.otherSentBy && { otherSentBy: context.otherSentBy }),
        ...(context.operationId && { operationId: context.operationId }),
        ...(jobId && { jobId }),
      },
    };
  },
  repeat: {
    describeLook: ({ instanceId }) => listJobsCall(backupVaultIdOf(instanceId)),
    findEarlier,
  },
  watch: { seconds: () => followInstanceSeconds, orderOf: watchedInstanceBackup },
  itemOf: ({ instanceId }) => instanceId,
  // A daily limit parks the request until the next day (UTC).
  giveUpAfterSeconds: 93_600,
};

/** Follows the operation of a backup until it names its job. */
export const followInstanceBackup: Step<InstanceBackupHandle, { readonly jobId: string | null }> = {
  name: 'dataProtection.followInstanceBackup',
  describe: ({ vaultId, operationId }) => ({
    action: 'Microsoft.DataProtection/backupVaults/operationStatus/read',
    method: 'GET',
    path: resourcePath(vaultId, 'operationStatus', operationId ?? ''),
    apiVersion: dataProtectionApiVersion,
  }),
  longRunning: followStatus(usualWaitSeconds),
  followsStep: ({ stepId }) => stepId,
  read: (reply) => ({ kind: 'done', result: { jobId: jobIdOf(reply.body) ?? null } }),
  // Who may not read an operation has not learnt that it failed: the list of jobs tells.
  readRefusal: (_failure, status) => (status >= 400 ? { kind: 'done', result: { jobId: null } } : undefined),
  repeat: 'safe',
  giveUpAfterSeconds: 600,
  goesOnAfterCancel: true,
};

/** Whose a job is, as far as it tells: read once, of a job that a cancelled run leaves. */
export const readInstanceStarter: Step<
  { readonly vaultId: string; readonly jobId: string },
  { readonly startedBy?: JobStarter }
> = {
  name: 'dataProtection.readStarter',
  describe: ({ vaultId, jobId }) => jobCall(vaultId, jobId),
  read: (reply) => ({ kind: 'done', result: starterIn(reply.body) }),
  readRefusal: () => ({ kind: 'done', result: {} }),
  repeat: 'safe',
  giveUpAfterSeconds: 300,
  goesOnAfterCancel: true,
};

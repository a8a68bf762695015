import type { ArmReply, JsonObject } from '../arm/call.ts';
import { jobIdOf } from '../arm/longRunning.ts';
import { resourcePath, sameId } from '../arm/resourceId.ts';
import type { EarlierAttempts, EarlierEffect, Step } from '../steps/step.ts';
import { dataProtectionApiVersion } from './apiVersion.ts';
import { followStatus } from './instances.ts';
import { rows, text, within } from './replies.ts';

/** What is needed to back up an instance now. */
export type InstanceBackupInput = {
  readonly instanceId: string;
  /** A rule of the instance's policy with objectType `AzureBackupRule`. */
  readonly ruleName: string;
  /** Tag of a retention rule, instead of the one the backup rule gives. */
  readonly retentionTag?: string;
};

/** What to follow after the service has accepted a backup; with a job id the operation need not be read. */
export type InstanceBackupHandle = {
  readonly service: 'dataProtection';
  readonly vaultId: string;
  readonly itemId: string;
  /** Step that started it: its poll URL is kept there. */
  readonly stepId: string;
  readonly attemptId: string;
  /** ISO 8601 UTC. */
  readonly sentAt: string;
  /** Seconds between polls that the service asked for. */
  readonly waitSeconds: number;
  readonly operationId?: string;
  /** Full ARM id. */
  readonly jobId?: string;
  /** Somebody else's backup of the same instance, which this run follows instead of starting its own. */
  readonly joined?: true;
};

/** The vault an instance lies in. */
export const backupVaultOf = (instanceId: string): string =>
  instanceId.replace(/\/backupInstances\/[^/]+$/i, '');

/** Seconds between looks as long as the service has not said. Recorded Retry-After of 2026. */
const usualWaitSeconds = 30;
const startSkewMs = 120_000;

/** Whether a job of the list can be the work of one of our attempts, and how surely. */
function effectOf(
  job: JsonObject,
  input: InstanceBackupInput,
  attempts: EarlierAttempts,
): 'ours' | 'likely' | undefined {
  const properties = within(job, 'properties');
  const activityId = text(within(properties, 'activityID'))?.toLowerCase();
  if (activityId && attempts.attemptIds.some((id) => id.toLowerCase() === activityId)) return 'ours';
  const itemId = text(within(properties, 'backupInstanceId')) ?? '';
  const startedAt = Date.parse(text(within(properties, 'startTime')) ?? '');
  const isBackup =
    text(within(properties, 'operation'))?.startsWith('Backup') &&
    within(properties, 'isUserTriggered') !== false;
  const inTime =
    startedAt >= Date.parse(attempts.firstClaimAt) - startSkewMs &&
    startedAt <= Date.parse(attempts.lastSendBy) + startSkewMs;
  return sameId(itemId, input.instanceId) && isBackup && inTime ? 'likely' : undefined;
}

const runningStatuses = ['inprogress', 'started'];

function findEarlier(
  reply: ArmReply,
  input: InstanceBackupInput,
  attempts: EarlierAttempts,
): EarlierEffect<InstanceBackupHandle> {
  const jobs = rows(within(reply.body, 'value'));
  const handle = (job: JsonObject): InstanceBackupHandle => ({
    service: 'dataProtection',
    vaultId: backupVaultOf(input.instanceId),
    itemId: input.instanceId,
    stepId: '',
    attemptId: attempts.attemptIds.at(-1) ?? '',
    sentAt: text(within(job, 'properties', 'startTime')) ?? attempts.firstClaimAt,
    waitSeconds: usualWaitSeconds,
    jobId: text(job.id) ?? '',
  });
  const ours = jobs.filter((job) => effectOf(job, input, attempts) === 'ours');
  const likely = ours.length > 0 ? ours : jobs.filter((job) => effectOf(job, input, attempts) === 'likely');
  const [first, second] = likely;
  if (first && second && ours.length === 0) {
    const message = `${likely.length} backup jobs of ${input.instanceId} started while ours was in doubt`;
    return { kind: 'ambiguous', failure: { code: 'BackupJobAmbiguous', message } };
  }
  if (first) return { kind: 'ours', result: handle(first) };
  const running = attempts.joinForeign
    ? jobs.find((job) => isRunningBackup(job, input.instanceId))
    : undefined;
  return running ? { kind: 'foreign', result: { ...handle(running), joined: true } } : { kind: 'absent' };
}

const isRunningBackup = (job: JsonObject, instanceId: string): boolean =>
  sameId(text(within(job, 'properties', 'backupInstanceId')) ?? '', instanceId) &&
  runningStatuses.includes((text(within(job, 'properties', 'status')) ?? '').toLowerCase());

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
        vaultId: backupVaultOf(instanceId),
        itemId: instanceId,
        stepId: context.stepId,
        attemptId: context.attemptId,
        sentAt: context.sentAt,
        waitSeconds: context.waitSeconds,
        ...(context.operationId && { operationId: context.operationId }),
        ...(jobId && { jobId }),
      },
    };
  },
  repeat: {
    describeLook: ({ instanceId }) => ({
      action: 'Microsoft.DataProtection/backupVaults/backupJobs/read',
      method: 'GET',
      path: resourcePath(backupVaultOf(instanceId), 'backupJobs'),
      apiVersion: dataProtectionApiVersion,
    }),
    findEarlier,
  },
  itemOf: ({ instanceId }) => instanceId,
  giveUpAfterSeconds: 21_600,
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
  repeat: 'safe',
  giveUpAfterSeconds: 600,
};

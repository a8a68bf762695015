import {
  backUpInstance as backUpInstanceStep,
  followInstanceBackup,
  type InstanceBackupHandle,
} from '../data-protection/backup.ts';
import { chooseBackupRule, chooseRetentionTag } from '../data-protection/eligibility.ts';
import { findInstance, type BackupInstance } from '../data-protection/instances.ts';
import type { InstanceJobEnding } from '../data-protection/jobs.ts';
import { getBackupPolicy } from '../data-protection/policies.ts';
import { findInstanceRecoveryPoint } from '../data-protection/recoveryPoints.ts';
import type { WatchOutcome } from '../job-tracker/watch.ts';
import type { BackupOptions } from '../runs/request.ts';
import type { Flow, FlowContext, FlowEnding } from './flow.ts';
import { FlowEnded, StepFailed } from './stepFailed.ts';
import { takeStep } from './takeStep.ts';
import { notFollowed, watchJob, type BackupToWatch } from './watchedJob.ts';

function* existing(context: FlowContext, instanceId: string): Flow<BackupInstance> {
  const { found } = yield* takeStep(context, findInstance, { instanceId });
  if (!found)
    throw new FlowEnded('failed', {
      code: 'BackupInstanceNotFound',
      message: `there is no backup instance ${instanceId}`,
    });
  if (found.state.toLowerCase() === 'protectionconfigured') return found;
  throw new FlowEnded(
    'failed',
    found.failure ?? {
      code: 'NotProtected',
      message: `${found.id} is in state ${found.state}: only ProtectionConfigured can be backed up`,
    },
  );
}

/** The rule and tag to send, resolved from the instance's own policy before anything is sent. */
function* ruleOf(
  context: FlowContext,
  instance: BackupInstance,
  options: BackupOptions,
): Flow<{ readonly ruleName: string; readonly retentionTag?: string }> {
  const policy = yield* takeStep(context, getBackupPolicy, { policyId: instance.policyId });
  const rule = chooseBackupRule(policy, options.backupRule);
  if ('failure' in rule) throw new FlowEnded('failed', rule.failure);
  const tag = chooseRetentionTag(policy, options.retentionTag);
  if ('failure' in tag) throw new FlowEnded('failed', tag.failure);
  return { ...rule, ...tag };
}

function backupOf(handle: InstanceBackupHandle): BackupToWatch {
  const { service, vaultId, itemId, attemptId, sentAt, waitSeconds, jobId, joined } = handle;
  return {
    ...{ service, vaultId, itemId, kind: 'backupInstance', attemptId, sentAt, waitSeconds },
    ...(jobId === undefined ? {} : { jobId }),
    ...(joined === undefined ? {} : { joined }),
    ...(handle.operationId === undefined ? { byItem: true as const } : {}),
  };
}

const followSeconds = 86_400;

function* outcomeOf(context: FlowContext, handle: InstanceBackupHandle): Flow<WatchOutcome> {
  const backup = backupOf(handle);
  const first = yield* watchJob(context, backup, followSeconds);
  if (first.kind !== 'unmatched') return first;
  const { jobId } = yield* takeStep(context, followInstanceBackup, handle);
  const named = { ...backup, byItem: true as const, ...(jobId === null ? {} : { jobId }) };
  return yield* watchJob(context, named, followSeconds);
}

/** Follows a backup to the end of its job. @throws StepFailed when the operation failed, or nothing could be learnt. */
export function* followInstance(context: FlowContext, handle: InstanceBackupHandle): Flow<InstanceJobEnding> {
  if (handle.jobId !== undefined) context.job = { id: handle.jobId, status: 'InProgress' };
  const outcome = yield* outcomeOf(context, handle);
  if (outcome.kind !== 'ended') throw notFollowed(context, 'dataProtection.followInstance', outcome);
  const ending = outcome.ending as InstanceJobEnding;
  context.job = ending.job;
  return ending;
}

function* recoveryPointOf(
  context: FlowContext,
  instanceId: string,
  since: string,
): Flow<FlowEnding['recoveryPoint']> {
  try {
    const { found } = yield* takeStep(context, findInstanceRecoveryPoint, { instanceId, since });
    if (!found) context.warnings.push('The list of recovery points shows none made by this job.');
    return found;
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    context.warnings.push(`The recovery points could not be read: ${error.message}`);
    return undefined;
  }
}

/** Backs up one backup instance of any datasource and follows the job to its end. */
export function* backUpInstance(
  context: FlowContext,
  instanceId: string,
  options: BackupOptions,
): Flow<FlowEnding> {
  const instance = yield* existing(context, instanceId);
  const rule = yield* ruleOf(context, instance, options);
  const handle = yield* takeStep(context, backUpInstanceStep, { instanceId: instance.id, ...rule });
  if (handle.joined)
    context.warnings.push(
      `A backup of this instance was already running: this run followed its job ${handle.jobId ?? ''}.`,
    );
  const ending = yield* followInstance(context, handle);
  context.warnings.push(...ending.warnings);
  const made = ending.ended === 'completed' || ending.ended === 'completedWithWarnings';
  const recoveryPoint = made
    ? yield* recoveryPointOf(context, instance.id, ending.job.startedAt ?? handle.sentAt)
    : undefined;
  return {
    status: ending.ended,
    result: { backupInstanceId: instance.id, ...rule, ...(handle.joined && { joined: true }) },
    job: ending.job,
    ...(recoveryPoint && { recoveryPoint }),
    ...(ending.failure && { error: ending.failure }),
  };
}

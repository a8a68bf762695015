import {
  backUpInstance as backUpInstanceStep,
  type InstanceBackupHandle,
} from '../data-protection/backup.ts';
import { chooseBackupRule, chooseRetentionTag } from '../data-protection/eligibility.ts';
import type { BackupInstance } from '../data-protection/instances.ts';
import type { InstanceJobEnding } from '../data-protection/jobs.ts';
import { getBackupPolicy } from '../data-protection/policies.ts';
import { findInstanceRecoveryPoint, type InstanceRecoveryPoint } from '../data-protection/recoveryPoints.ts';
import type { BackupOptions } from '../runs/request.ts';
import type { Flow, FlowContext, FlowEnding } from './flow.ts';
import { followInstance } from './followInstance.ts';
import { untilConfigured } from './instanceState.ts';
import { FlowEnded, StepFailed } from './stepFailed.ts';
import { sleep, takeStep } from './takeStep.ts';

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

/** How long a Backup vault keeps a recovery point is the retention tag's: the other services' options say nothing to it. */
function warnOfForeignOptions(context: FlowContext, { keepFor, backupType, compress }: BackupOptions): void {
  const given = Object.entries({ keepFor, backupType, compress })
    .filter(([, value]) => value !== undefined && value !== 'Full' && value !== false)
    .map(([name]) => name);
  if (given.length > 0)
    context.warnings.push(
      `Of no meaning for a Backup vault, and left out: ${given.join(', ')}. Retention follows the policy, or retentionTag.`,
    );
}

/** Looks twice, a beat apart: the list may lag behind the job. */
function* recoveryPointOf(
  context: FlowContext,
  handle: InstanceBackupHandle,
  { job }: InstanceJobEnding,
): Flow<InstanceRecoveryPoint | undefined> {
  const since = job.startedAt ?? handle.sentAt;
  const until = job.endedAt ?? context.df.currentUtcDateTime.toISOString();
  const sought = { instanceId: handle.itemId, since, until };
  const { found } = yield* takeStep(context, findInstanceRecoveryPoint, sought);
  if (found) return found;
  yield* sleep(context, handle.waitSeconds);
  return (yield* takeStep(context, findInstanceRecoveryPoint, sought)).found;
}

/** The job's recovery point; a list that cannot be read leaves a warning, because the backup itself has ended well. */
function* proofOf(
  context: FlowContext,
  handle: InstanceBackupHandle,
  ending: InstanceJobEnding,
): Flow<InstanceRecoveryPoint | undefined> {
  try {
    const found = yield* recoveryPointOf(context, handle, ending);
    if (!found) context.warnings.push('The list of recovery points shows none in the span of the job.');
    return found;
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    context.warnings.push(`The recovery points could not be read: ${error.message}`);
    return undefined;
  }
}

/** The service started no job because one of the same instance runs: the operation may say so only at its end. */
const isInProgress = (error: unknown): boolean =>
  error instanceof StepFailed &&
  error.outcome.kind !== 'cancelled' &&
  error.outcome.failure.class === 'adopt';

/** Follows the backup that was started, or the one that stood in its way. */
function* followOrJoin(
  context: FlowContext,
  handle: InstanceBackupHandle,
): Flow<{ readonly handle: InstanceBackupHandle; readonly ending: InstanceJobEnding }> {
  try {
    return { handle, ending: yield* followInstance(context, handle) };
  } catch (error) {
    if (!isInProgress(error)) throw error;
    const { operationId: _, ...rest } = handle;
    const joined: InstanceBackupHandle = { ...rest, joined: true };
    return { handle: joined, ending: yield* followInstance(context, joined) };
  }
}

function sayJoined(context: FlowContext, { joined }: InstanceBackupHandle, { job }: InstanceJobEnding): void {
  if (!joined) return;
  context.warnings.push(
    `A backup of this instance was already running: this run followed its job ${job.id}; rule and tag were not sent.`,
  );
}

function resultOf({ itemId, joined }: InstanceBackupHandle, rule: { readonly ruleName: string }) {
  return { backupInstanceId: itemId, ...(joined ? { joined: true } : rule) };
}

/** Backs up one backup instance of any datasource, as it was last seen, and follows the job to its end; the status is the job's own. */
export function* backUpInstance(
  context: FlowContext,
  seen: BackupInstance,
  options: BackupOptions,
): Flow<FlowEnding> {
  warnOfForeignOptions(context, options);
  const instance = yield* untilConfigured(context, seen);
  const rule = yield* ruleOf(context, instance, options);
  const started = yield* takeStep(context, backUpInstanceStep, { instanceId: instance.id, ...rule });
  const { handle, ending } = yield* followOrJoin(context, started);
  sayJoined(context, handle, ending);
  context.warnings.push(...ending.warnings);
  const made = ending.ended === 'completed' || ending.ended === 'completedWithWarnings';
  const recoveryPoint = made ? yield* proofOf(context, handle, ending) : undefined;
  return {
    status: ending.ended,
    result: resultOf(handle, rule),
    job: ending.job,
    ...(recoveryPoint && { recoveryPoint }),
    ...(ending.failure && { error: ending.failure }),
  };
}

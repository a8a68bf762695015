import type { JobEnding, PointMade, WatchOutcome } from '../../arm/backupJob.ts';
import {
  backUpInstance as backUpInstanceStep,
  followInstanceBackup,
  followInstanceSeconds,
  readInstanceStarter,
  watchedInstanceBackup,
  type InstanceBackupHandle,
} from '../../data-protection/backup.ts';
import { chooseBackupRule, chooseRetentionTag } from '../../data-protection/eligibility.ts';
import type { BackupInstance } from '../../data-protection/instances.ts';
import { findInstanceRecoveryPoint, madeByInstanceJob } from '../../data-protection/recoveryPoints.ts';
import { getBackupPolicy } from '../../data-protection/vaults.ts';
import type { BackupOptions } from '../../runs/request.ts';
import type { Flow, FlowContext, FlowEnding } from '../flow.ts';
import { FlowEnded } from '../refusals.ts';
import { takeStep } from '../takeStep.ts';
import {
  endingOfJob,
  followOrJoin,
  isUndecided,
  joinedWords,
  leaveJob,
  notFollowed,
  proofOfBackup,
  watchJob,
  type BackupToWatch,
} from '../watchedJob.ts';
import { untilConfigured } from './instanceTarget.ts';

/** The job's id out of the backup's operation; null when the operation names none or could not be read. */
function* jobOfOperation(context: FlowContext, handle: InstanceBackupHandle): Flow<string | null> {
  if (handle.jobId !== undefined) return handle.jobId;
  if (handle.operationId === undefined) return null;
  try {
    return (yield* takeStep(context, followInstanceBackup, handle)).jobId;
  } catch (error) {
    if (isUndecided(error)) return null;
    throw error;
  }
}

function* withOperation(context: FlowContext, handle: InstanceBackupHandle): Flow<BackupToWatch> {
  const jobId = yield* jobOfOperation(context, handle);
  return { ...watchedInstanceBackup(handle), byItem: true, ...(jobId === null ? {} : { jobId }) };
}

/** Backup vaults have no call that ends a job: a cancelled run says so and follows its job to the end. */
function* followOn(
  context: FlowContext,
  handle: InstanceBackupHandle,
  seenId: string | undefined,
): Flow<WatchOutcome> {
  context.warnings.push(
    'The job cannot be cancelled and is followed to its end: Backup vaults cancel no jobs.',
  );
  const known = seenId === undefined ? handle : { ...handle, jobId: seenId };
  const backup = { ...(yield* withOperation(context, known)), goesOnAfterCancel: true as const };
  return yield* watchJob(context, backup, followInstanceSeconds);
}

function* outcomeOf(context: FlowContext, handle: InstanceBackupHandle): Flow<WatchOutcome> {
  const first = yield* watchJob(context, watchedInstanceBackup(handle), followInstanceSeconds);
  const outcome =
    first.kind === 'unmatched'
      ? yield* watchJob(context, yield* withOperation(context, handle), followInstanceSeconds)
      : first;
  if (outcome.kind === 'cancelRequested' && handle.joined)
    throw yield* leaveJob(context, outcome.jobId ?? handle.jobId, (jobId) =>
      takeStep(context, readInstanceStarter, { vaultId: handle.vaultId, jobId }),
    );
  return outcome.kind === 'cancelRequested' ? yield* followOn(context, handle, outcome.jobId) : outcome;
}

/**
 * Follows an accepted backup of an instance to the end of its job.
 *
 * @returns how the job ended, in the service's words; a failed or cancelled job is a value.
 * @throws StepFailed when the operation failed, or nothing could be learnt of the job in time.
 */
export function* followInstance(context: FlowContext, handle: InstanceBackupHandle): Flow<JobEnding> {
  if (handle.jobId !== undefined) context.job = { id: handle.jobId, status: 'InProgress' };
  const outcome = yield* outcomeOf(context, handle);
  if (outcome.kind !== 'ended') throw notFollowed(context, 'dataProtection.followInstance', outcome);
  const ending = outcome.ending as JobEnding;
  context.job = ending.job;
  return ending;
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

function proofOf(
  context: FlowContext,
  handle: InstanceBackupHandle,
  ending: JobEnding,
): Flow<PointMade | undefined> {
  const sought = madeByInstanceJob(handle, ending.job, context.df.currentUtcDateTime);
  return proofOfBackup(context, handle.waitSeconds, ending, function* () {
    return (yield* takeStep(context, findInstanceRecoveryPoint, sought)).found;
  });
}

function resultOf(
  { itemId, joined }: InstanceBackupHandle,
  rule: { readonly ruleName: string },
  { startedBy }: JobEnding,
) {
  const owner = { joined: true, ...(startedBy ? { startedBy } : {}) };
  return { backupInstanceId: itemId, ...(joined ? owner : rule) };
}

/** What a backup of an instance would send, by the rules of its own policy; nothing is sent. */
export function* tryBackup(
  context: FlowContext,
  instance: BackupInstance,
  options: BackupOptions,
): Flow<FlowEnding> {
  warnOfForeignOptions(context, options);
  const rule = yield* ruleOf(context, instance, options);
  return { status: 'completed', result: { wouldSend: { backupInstanceId: instance.id, ...rule } } };
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
  const { handle, ending } = yield* followOrJoin(context, started, followInstance);
  if (handle.joined) context.warnings.push(joinedWords(ending, 'instance', 'rule and tag were'));
  context.warnings.push(...ending.warnings);
  const made = ending.ended === 'completed' || ending.ended === 'completedWithWarnings';
  const recoveryPoint = made ? yield* proofOf(context, handle, ending) : undefined;
  return {
    ...endingOfJob(handle, ending, recoveryPoint),
    result: resultOf(handle, rule, ending),
    job: ending.job,
    ...(recoveryPoint && { recoveryPoint }),
  };
}

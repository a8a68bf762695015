import type { Fault } from '../faults.ts';
import { parseResourceId } from '../resources.ts';
import type { Call } from '../core.ts';
import { userFacing } from './errors.ts';
import { findPolicy } from './policies.ts';
import { backupRulesOf } from './policy-rules.ts';
import { addRecoveryPoint } from './recovery-points.ts';
import type { BackupInstance, BackupJob, DataProtectionState, RestoreOf } from './state.ts';

type JobFault = Extract<Fault, { kind: 'job' }>;

/** What a job is started for. */
export interface JobStart {
  readonly instance: BackupInstance;
  readonly ruleName: string;
  readonly retentionTag: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly activityId: string;
  readonly userTriggered: boolean;
  readonly restore?: RestoreOf;
  /** The effect of a job that completes; absent: a backup's recovery point. */
  readonly complete?: (now: number) => void;
}

/** Starts the job of a request; it ends by the clock, and a `job` fault of the request decides how. */
export function startJob(
  state: DataProtectionState,
  call: Call,
  instance: BackupInstance,
  rule: { readonly ruleName: string; readonly retentionTag: string },
): BackupJob {
  const activityId = activityOf(call);
  const start = { instance, ...rule, at: call.now, activityId, userTriggered: true };
  const job = addJob(state, start, jobFaultOf(call));
  if (instance.scheduledBesideOnDemand) startScheduledJob(state, instance, call.now);
  return job;
}

/** The `job` fault of a call, which decides how the job that it starts ends. */
export const jobFaultOf = ({ faults }: Call): JobFault | undefined =>
  faults.find((entry) => entry.kind === 'job');

/** What a job begun by this call shows as `activityID`. */
export const activityOf = ({ core, clientRequestId }: Call): string =>
  core.settings.echoActivityId ? clientRequestId : core.seeded.guid();

/** Starts what the policy's schedule would start; only while the instance is protected. */
export function startScheduledJob(state: DataProtectionState, instance: BackupInstance, at: number): void {
  if (instance.state !== 'ProtectionConfigured') return;
  const policy = findPolicy(state, instance.vaultId, instance.policyInfo.policyId);
  const ruleName = (policy && backupRulesOf(policy)[0]?.name) ?? '';
  const activityId = state.core.seeded.guid();
  const start = { instance, ruleName, retentionTag: 'Default', at, activityId, userTriggered: false };
  const job = addJob(state, start, undefined);
  state.core.effects.record({ at, kind: 'scheduledBackup', subject: instance.id, id: job.name });
}

/** Puts a job into its vault and its end on the timeline, as a `job` fault says or as it goes. */
export function addJob(state: DataProtectionState, start: JobStart, fault: JobFault | undefined): BackupJob {
  const { core } = state;
  const { instance, at, complete, restore, ...rest } = start;
  const name = core.seeded.guid();
  const job: BackupJob = {
    id: `${instance.vaultId}/backupJobs/${name}`,
    name,
    vaultId: instance.vaultId,
    vaultName: parseResourceId(instance.vaultId).name,
    instance,
    ...rest,
    policyId: instance.policyInfo.policyId,
    startedAt: at,
    visibleFrom: at + core.duration(fault?.hiddenSeconds ?? 0),
    readStatus: fault?.readStatus,
    endedAt: undefined,
    status: 'InProgress',
    recoveryPointId: undefined,
    restore,
    error: undefined,
  };
  state.jobs.set(job.id.toLowerCase(), job);
  const usual = restore === undefined ? secondsOf(state, instance) : state.settings.seconds.restoreJob;
  const addPoint = (now: number) => {
    job.recoveryPointId = addRecoveryPoint(state, job.instance, now, job.retentionTag)?.name;
  };
  core.timeline.at(at + core.duration(fault?.seconds ?? usual), (now) => {
    endJob(state, job, now, fault);
    if (job.status.startsWith('Completed')) (complete ?? addPoint)(now);
  });
  return job;
}

function secondsOf(state: DataProtectionState, { kind }: BackupInstance): number {
  return state.settings.seconds.jobs[kind] ?? (kind === 'disk' || kind === 'aks' ? 188 : 94);
}

function endJob(state: DataProtectionState, job: BackupJob, now: number, fault: JobFault | undefined): void {
  job.endedAt = now;
  job.status = fault?.status ?? 'Completed';
  if (job.status !== 'Completed') {
    const { errorCode = 0, errorString = '' } = fault ?? {};
    job.error = userFacing({ code: String(errorCode), message: errorString }, state.core.seeded);
  }
}

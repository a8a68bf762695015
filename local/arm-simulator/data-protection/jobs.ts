import type { ArmReply } from '../exchange.ts';
import type { Fault } from '../faults.ts';
import { listReply, staleness } from '../paging.ts';
import { json } from '../replies.ts';
import { parseResourceId } from '../resources.ts';
import type { Call, Route } from '../route.ts';
import { notThere, userFacing } from './errors.ts';
import { addRecoveryPoint } from './recovery-points.ts';
import type { BackupInstance, BackupJob, DataProtectionState } from './state.ts';
import { sameId } from './state.ts';
import { isoDuration, isoWithTicks } from './timestamps.ts';
import { vaultPath, withVault } from './vault-scope.ts';

const action = 'Microsoft.DataProtection/backupVaults/backupJobs/read';

/** Jobs of a vault: a list without any filter, newest first, and one job. */
export function jobRoutes(state: DataProtectionState): Route[] {
  const path = `${vaultPath}/backupJobs`;
  return [
    {
      name: 'dataProtection.listJobs',
      method: 'GET',
      path,
      action,
      bucket: 'provider',
      handle: withVault((call, vault) => listJobs(state, call, vault.id)),
    },
    {
      name: 'dataProtection.getJob',
      method: 'GET',
      path: `${path}/{job}`,
      action,
      bucket: 'provider',
      handle: withVault((call, vault) => {
        const job = state.jobs.get(`${vault.id}/backupJobs/${call.params['job']}`.toLowerCase());
        const hidden = job === undefined || job.visibleFrom > call.now;
        return hidden ? notThere() : json(200, showJob(job, call.now));
      }),
    },
  ];
}

function listJobs(state: DataProtectionState, call: Call, vaultId: string): ArmReply {
  const at = call.now - staleness(call);
  const rows = [...state.jobs.values()]
    .filter((job) => sameId(job.vaultId, vaultId) && job.startedAt <= at && job.visibleFrom <= at)
    .sort((a, b) => b.startedAt - a.startedAt)
    .map((job) => {
      const { properties, ...row } = showJob(job, at);
      return { properties: { ...properties, extendedInfo: null }, ...row };
    });
  return listReply(call, rows, { nullNextLink: true, defaultPageSize: state.settings.jobPageSize });
}

type JobFault = Extract<Fault, { kind: 'job' }>;

/** Starts a backup job; it ends by the clock, and a `job` fault of the request decides how. */
export function startJob(
  state: DataProtectionState,
  call: Call,
  instance: BackupInstance,
  rule: { readonly ruleName: string; readonly retentionTag: string },
): BackupJob {
  const { core } = state;
  const fault = call.faults.find((entry): entry is JobFault => entry.kind === 'job');
  const name = core.seeded.guid();
  const job: BackupJob = {
    id: `${instance.vaultId}/backupJobs/${name}`,
    name,
    vaultId: instance.vaultId,
    vaultName: parseResourceId(instance.vaultId).name,
    instance,
    ...rule,
    policyId: instance.policyInfo.policyId,
    activityId: core.settings.echoActivityId ? call.clientRequestId : core.seeded.guid(),
    startedAt: call.now,
    visibleFrom: call.now + core.duration(fault?.hiddenSeconds ?? 0),
    endedAt: undefined,
    status: 'InProgress',
    recoveryPointId: undefined,
    error: undefined,
  };
  state.jobs.set(job.id.toLowerCase(), job);
  const seconds = fault?.seconds ?? secondsOf(state, instance);
  core.timeline.at(call.now + core.duration(seconds), (now) => endJob(state, job, now, fault));
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
  if (!job.status.startsWith('Completed')) return;
  job.recoveryPointId = addRecoveryPoint(state, job.instance, now, job.retentionTag)?.name;
}

/** A job as one read of it shows at `at`; list rows leave `extendedInfo` out. */
export function showJob(job: BackupJob, at: number) {
  const { instance, id, name } = job;
  const ended = job.endedAt !== undefined && job.endedAt <= at ? job.endedAt : undefined;
  const source = parseResourceId(instance.dataSourceInfo.resourceID);
  const status = ended === undefined ? 'InProgress' : job.status;
  const operational = instance.kind === 'disk' || instance.kind === 'aks';
  return {
    properties: {
      activityID: job.activityId,
      subscriptionId: parseResourceId(job.vaultId).subscription,
      backupInstanceId: instance.id,
      policyId: job.policyId,
      dataSourceId: instance.dataSourceInfo.resourceID,
      vaultName: job.vaultName,
      backupInstanceFriendlyName: instance.friendlyName ?? instance.name,
      policyName: parseResourceId(job.policyId).name,
      sourceResourceGroup: source.group,
      dataSourceSetName: instance.dataSourceSetInfo?.resourceName ?? null,
      dataSourceName: instance.dataSourceInfo.resourceName,
      sourceDataStoreName: null,
      sourceDataStoreType: null,
      destinationDataStoreName:
        ended === undefined ? null : operational ? 'OperationalTierStore' : 'VaultStore',
      progressEnabled: false,
      etag: `W/"datetime'${encodeURIComponent(isoWithTicks(ended ?? job.startedAt))}'"`,
      sourceSubscriptionID: source.subscription,
      dataSourceLocation: instance.dataSourceInfo.resourceLocation,
      startTime: isoWithTicks(job.startedAt),
      endTime: ended === undefined ? null : isoWithTicks(ended),
      dataSourceType: instance.dataSourceInfo.datasourceType,
      operationCategory: 'Backup',
      operation: 'Backup',
      status,
      restoreType: null,
      isUserTriggered: true,
      rehydrationPriority: null,
      supportedActions: [''],
      duration: isoDuration(ended === undefined ? 0 : ended - job.startedAt),
      progressUrl: null,
      isCrossRegionRestore: null,
      errorDetails: ended === undefined || job.error === undefined ? null : [job.error],
      extendedInfo: showProgress(job, status, ended),
    },
    id,
    name,
    type: 'Microsoft.DataProtection/backupVaults/backupJobs',
  };
}

function showProgress(job: BackupJob, taskStatus: string, ended: number | undefined) {
  const size = job.instance.kind === 'disk' && { OriginalDatasourceSizeInBytes: '34359738368' };
  const type = { DatasourceType: job.instance.dataSourceInfo.datasourceType };
  const details = { ...size, TaskId: job.activityId, ...type };
  const point = ended === undefined ? undefined : job.recoveryPointId;
  return {
    backupInstanceState: null,
    dataTransferredInBytes: null,
    targetRecoverPoint:
      point === undefined ? null : { recoveryPointID: point, recoveryPointTime: '0001-01-01T00:00:00Z' },
    sourceRecoverPoint: null,
    recoveryDestination: null,
    subTasks: [
      {
        taskId: 1,
        taskName: 'Trigger Backup',
        taskStatus,
        taskProgress: null,
        additionalDetails: ended === undefined ? null : details,
      },
    ],
    additionalDetails: { RetentionTag: job.retentionTag.toLowerCase() },
    warningDetails: null,
  };
}

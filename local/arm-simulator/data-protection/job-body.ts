import { parseResourceId } from '../resources.ts';
import type { BackupJob } from './state.ts';
import { isoDuration, isoWithTicks } from './timestamps.ts';

/** A job as one read of it shows at `at`; list rows leave `extendedInfo` out. */
export function showJob(job: BackupJob, at: number) {
  const { instance, id, name } = job;
  const ended = job.endedAt !== undefined && job.endedAt <= at ? job.endedAt : undefined;
  const source = parseResourceId(instance.dataSourceInfo.resourceID);
  const status = ended === undefined ? 'InProgress' : job.status;
  const word = job.restore === undefined ? 'Backup' : 'Restore';
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
      sourceDataStoreType: job.restore?.sourceDataStoreType ?? null,
      destinationDataStoreName:
        ended === undefined || job.restore !== undefined
          ? null
          : operational
            ? 'OperationalTierStore'
            : 'VaultStore',
      progressEnabled: false,
      etag: `W/"datetime'${encodeURIComponent(isoWithTicks(ended ?? job.startedAt))}'"`,
      sourceSubscriptionID: source.subscription,
      dataSourceLocation: instance.dataSourceInfo.resourceLocation,
      startTime: isoWithTicks(job.startedAt),
      endTime: ended === undefined ? null : isoWithTicks(ended),
      dataSourceType: instance.dataSourceInfo.datasourceType,
      operationCategory: word,
      operation: word,
      status,
      restoreType: null,
      isUserTriggered: job.userTriggered,
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
  const { restore } = job;
  const size = job.instance.kind === 'disk' && { OriginalDatasourceSizeInBytes: '34359738368' };
  const type = { DatasourceType: job.instance.dataSourceInfo.datasourceType };
  const moved = restore === undefined ? size : { DataTransferredInBytes: '0' };
  const details = { ...moved, TaskId: job.activityId, ...type };
  const point = ended === undefined ? undefined : job.recoveryPointId;
  return {
    backupInstanceState: null,
    dataTransferredInBytes: null,
    targetRecoverPoint:
      point === undefined ? null : { recoveryPointID: point, recoveryPointTime: '0001-01-01T00:00:00Z' },
    sourceRecoverPoint:
      restore === undefined
        ? null
        : { recoveryPointID: restore.point.name, recoveryPointTime: isoWithTicks(restore.point.at) },
    recoveryDestination: restore?.destination ?? null,
    subTasks: [
      {
        taskId: 1,
        taskName: `Trigger ${restore === undefined ? 'Backup' : 'Restore'}`,
        taskStatus,
        taskProgress: null,
        additionalDetails: ended === undefined ? null : details,
      },
    ],
    additionalDetails: restore === undefined ? { RetentionTag: job.retentionTag.toLowerCase() } : null,
    warningDetails: null,
  };
}

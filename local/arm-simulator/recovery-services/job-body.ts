import { armId, containerNames } from './names.ts';
import { parseResourceId } from '../resources.ts';
import { jobStatus } from './jobs.ts';
import type { Job, JobTask, Vault } from './state.ts';
import { clockDuration, isoDuration, neverEnded, netTime } from './time-format.ts';

/** How a job is shown. */
interface JobView {
  readonly now: number;
  readonly apiVersion: string;
  /** With tasks and errors; list rows are without. */
  readonly detailed: boolean;
}

/** A job as the service writes it. */
export function jobBody(vault: Vault, job: Job, view: JobView): Record<string, unknown> {
  return {
    id: armId(`${vault.id}/backupJobs/${job.id}`),
    name: job.id,
    type: 'Microsoft.RecoveryServices/vaults/backupJobs',
    properties: {
      ...kindFields(job),
      ...commonFields(job, view),
      ...(view.detailed && detailFields(job, view.now)),
    },
  };
}

function kindFields(job: Job): Record<string, unknown> {
  const { source } = job;
  const { name } = parseResourceId(source.resourceId);
  const backup = job.operation.startsWith('Backup');
  const restore = job.operation === 'Restore';
  const cancellable = (backup || restore) && { actionsInfo: ['Cancellable'] };
  switch (source.kind) {
    case 'AzureStorage':
      return {
        jobType: 'AzureStorageJob',
        ...(restore && cancellable),
        storageAccountName: name,
        storageAccountVersion: backup ? 'MicrosoftStorage' : restore ? 'ClassicCompute' : 'Storage',
        isUserTriggered: false,
        entityFriendlyName: source.friendlyName,
      };
    case 'AzureIaasVM':
      return {
        jobType: 'AzureIaaSVMJob',
        ...cancellable,
        containerName: containerNames('AzureIaasVM', source.resourceId).field,
        virtualMachineVersion: 'Compute',
        entityFriendlyName: source.friendlyName,
      };
    case 'AzureWorkload':
      return {
        jobType: 'AzureWorkloadJob',
        ...(backup && { actionsInfo: ['Cancellable'] }),
        workloadType: source.database?.type === 'SAPHANA' ? 'SAPHanaDatabase' : 'SQLDataBase',
        isUserTriggered: job.userTriggered,
        entityFriendlyName: backup ? `${source.friendlyName} [${name.slice(0, 15)}]` : source.friendlyName,
      };
  }
}

function commonFields(job: Job, { now, apiVersion }: JobView): Record<string, unknown> {
  const lasted = Math.min(now, job.endAt) - job.startAt;
  return {
    duration: apiVersion.startsWith('2016') ? clockDuration(lasted) : isoDuration(lasted),
    backupManagementType: job.source.kind,
    operation: job.operation,
    status: jobStatus(job, now),
    startTime: netTime(job.startAt),
    ...(now >= job.endAt && { endTime: netTime(job.endAt) }),
    activityId: job.activityId,
  };
}

function detailFields(job: Job, now: number): Record<string, unknown> {
  const { source, outcome } = job;
  const status = jobStatus(job, now);
  const machine = source.kind === 'AzureIaasVM';
  const extendedInfo = {
    tasksList: job.tasks.map((task) => taskBody(job, task, now)),
    propertyBag: { ...job.properties, ...finishedProperties(job, now) },
    ...(machine && isBackup(job) && { internalPropertyBag: { IsInstantRpJob: 'True' } }),
    ...(job.restoreType !== undefined && {
      internalPropertyBag: { restoreLocationType: job.restoreType },
      progressPercentage: now < job.endAt ? 1 : 100,
    }),
  };
  const { errorCode, errorString, recommendations } = outcome;
  const failed = status === 'Failed' || status === 'CompletedWithWarnings';
  return { extendedInfo, ...(failed && { errorDetails: [{ errorCode, errorString, recommendations }] }) };
}

const isBackup = ({ operation }: Job): boolean => operation.startsWith('Backup');

function finishedProperties(job: Job, now: number): Record<string, string> {
  const { source, endAt, endProperties } = job;
  if (now < endAt) return {};
  if (!isBackup(job)) return endProperties;
  if (source.kind === 'AzureIaasVM') return { 'Backup Size': '12718 MB' };
  return source.kind === 'AzureWorkload' ? { 'Data Transferred (in MB)': '20.1147' } : {};
}

function taskBody(job: Job, task: JobTask, now: number): Record<string, unknown> {
  const status = taskStatus(job, task, now);
  if (job.source.kind !== 'AzureIaasVM') return { taskId: task.name, taskType: 'Normal', status };
  if (job.operation === 'Restore') return { taskId: task.name, duration: 'PT0S', status, taskType: 'Normal' };
  const started = now >= task.startAt;
  const ended = now >= task.endAt;
  return {
    taskId: task.name,
    startTime: started ? netTime(task.startAt) : neverEnded,
    endTime: ended ? netTime(task.endAt) : neverEnded,
    duration: isoDuration(started ? Math.min(now, task.endAt) - task.startAt : 0),
    status,
    taskType: 'Normal',
  };
}

/** The last task reads InProgress until the job itself has ended. */
function taskStatus(job: Job, task: JobTask, now: number): string {
  if (now < task.startAt) return job.cancelledAt === undefined ? 'NotStarted' : 'Cancelled';
  const last = job.tasks.at(-1) === task;
  if (now >= (last ? job.endAt : task.endAt)) {
    if (job.cancelledAt !== undefined) return 'Cancelled';
    return last && job.outcome.status === 'Failed' ? 'Failed' : 'Completed';
  }
  return 'InProgress';
}

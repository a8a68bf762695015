import type { Datasource } from './names.ts';
import type { JobOutcome } from './seed.ts';
import { type Item, type Job, type JobTask, type RecoveryServices, sourceKey, type Vault } from './state.ts';
import { completedStatus } from './backup-status.ts';
import { sourceExists } from './datasources.ts';

/** What a job is started for. */
export interface JobStart {
  readonly item: Item;
  /** `Backup`, `Backup (Full)`, `ConfigureBackup`, … */
  readonly operation: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly activityId: string;
  readonly scheduled?: boolean;
  /** Length in seconds before the time scale; absent: the timing of a backup. */
  readonly seconds?: number;
  readonly properties?: Record<string, string>;
  readonly outcome?: JobOutcome;
  readonly expiresAt?: number;
  /** Not readable for so many milliseconds. */
  readonly hiddenMs?: number;
  /** HTTP status that a single read gets for ever. */
  readonly readStatus?: number | undefined;
  readonly tasks?: readonly JobTask[];
  readonly endProperties?: Record<string, string>;
  readonly restoreType?: string | undefined;
  /** The effect of a job that ends well, other than a backup's. */
  readonly complete?: (job: Job, dueAt: number) => void;
}

/** Starts a job; a backup's effects on its item come with the job's end. */
export function startJob(rsv: RecoveryServices, vault: Vault, start: JobStart): Job {
  const { core } = rsv;
  const { source } = start.item;
  const backup = start.operation.startsWith('Backup');
  const outcome = start.outcome ?? (backup ? backupOutcome(rsv, start.item) : completed);
  const seconds = outcome.seconds ?? start.seconds ?? backupSeconds(rsv, source);
  const job: Job = {
    id: core.seeded.guid(),
    operation: start.operation,
    source,
    startAt: start.at,
    endAt: start.at + core.duration(seconds),
    outcome,
    tasks: start.tasks ?? (backup ? backupTasks(source, start.at, core.duration(seconds)) : []),
    activityId: start.activityId,
    properties: start.properties ?? (backup ? backupProperties(start) : {}),
    endProperties: start.endProperties ?? {},
    restoreType: start.restoreType,
    userTriggered: start.scheduled !== true,
    visibleAt: start.at + (start.hiddenMs ?? 0),
    readStatus: start.readStatus,
  };
  vault.jobs.unshift(job);
  if (backup) core.timeline.at(job.endAt, (dueAt) => endBackup(rsv, job, start, dueAt));
  const { complete } = start;
  if (complete !== undefined)
    core.timeline.at(job.endAt, (dueAt) => {
      if (jobStatus(job, dueAt).startsWith('Completed')) complete(job, dueAt);
    });
  return job;
}

const completed: JobOutcome = { status: 'Completed', errorCode: 0, errorString: '', recommendations: [] };

/** A backup of what is gone fails; 400136 is the service's code for a machine. */
function backupOutcome(rsv: RecoveryServices, { source, sourceSeen }: Item): JobOutcome {
  if (!sourceSeen || sourceExists(rsv, source)) return nextOutcome(rsv, source);
  const share = source.kind === 'AzureStorage';
  return {
    status: 'Failed',
    errorCode: share ? 400_001 : 400_136,
    errorString: share ? 'The file share was not found (FileShareNotFound).' : 'The machine was not found.',
    recommendations: [],
  };
}

function nextOutcome(rsv: RecoveryServices, source: Datasource): JobOutcome {
  const behaviour = rsv.behaviours.get(sourceKey(source));
  const outcome = behaviour?.jobs[behaviour.used];
  if (behaviour !== undefined) behaviour.used += 1;
  return outcome ?? completed;
}

function backupSeconds({ seed }: RecoveryServices, { kind }: Datasource): number {
  if (kind === 'AzureStorage') return seed.timings.jobFileShare;
  return kind === 'AzureIaasVM' ? seed.timings.jobVirtualMachine : seed.timings.jobWorkload;
}

/** A machine's job first takes the snapshot (a quarter of the time), then moves the data. */
function backupTasks({ kind }: Datasource, at: number, length: number): JobTask[] {
  if (kind === 'AzureStorage') return [{ name: 'Take Snapshot', startAt: at, endAt: at + length }];
  if (kind === 'AzureWorkload') return [{ name: 'Transfer data to vault', startAt: at, endAt: at + length }];
  const taken = at + length * 0.27;
  return [
    { name: 'Take Snapshot', startAt: at, endAt: taken },
    { name: 'Transfer data to vault', startAt: taken, endAt: at + length * 0.98 },
  ];
}

function backupProperties({ item, scheduled, expiresAt }: JobStart): Record<string, string> {
  const { kind, friendlyName } = item.source;
  if (kind === 'AzureStorage') {
    return {
      'Data Transferred (in MB)': '0',
      'File Share Name': friendlyName,
      'Whether job is adhoc or scheduled.': scheduled === true ? 'False' : 'True',
    };
  }
  if (kind === 'AzureWorkload') return {};
  const expiry = expiresAt === undefined ? {} : { 'Recovery Point Expiry Time in UTC': usTime(expiresAt) };
  return { 'VM Name': friendlyName, ...expiry };
}

/** `7/3/2025 12:00:00 AM`, as job properties write times. */
export function usTime(at: number): string {
  return new Date(at).toLocaleString('en-US', { timeZone: 'UTC' }).replace(',', '').replaceAll(/\s/g, ' ');
}

function endBackup(rsv: RecoveryServices, job: Job, start: JobStart, dueAt: number): void {
  const { item } = start;
  if (job.cancelledAt !== undefined || job.outcome.status === 'Cancelled') return;
  item.lastBackupAt = job.startAt;
  delete item.lastError;
  if (job.outcome.status === 'Failed') {
    item.lastBackupStatus = 'Failed';
    item.lastError = job.outcome.errorString;
    return;
  }
  item.lastBackupStatus =
    job.outcome.status === 'Completed' ? completedStatus(item.source) : 'CompletedWithWarnings';
  if (item.state === 'IRPending') item.state = 'Protected';
  const expiresAt = start.expiresAt;
  item.recoveryPoints.unshift({
    id: rsv.core.seeded.digits(15),
    at: job.startAt,
    ...(expiresAt !== undefined && { expiresAt }),
  });
  rsv.core.effects.record({
    at: dueAt,
    kind: 'recoveryPoint',
    subject: `${item.source.resourceId}/${item.source.friendlyName}`,
    id: job.id,
  });
}

/** A job's status word at `now`. */
export function jobStatus(job: Job, now: number): string {
  if (job.cancelledAt !== undefined) return now < job.endAt ? 'Cancelling' : 'Cancelled';
  return now < job.endAt ? 'InProgress' : job.outcome.status;
}

/** Ends a running job early; it reads Cancelling until `endAt`. */
export function cancelJob(job: Job, now: number, endAt: number): void {
  job.cancelledAt = now;
  job.endAt = endAt;
}

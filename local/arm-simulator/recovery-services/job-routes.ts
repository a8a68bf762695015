import type { ArmReply } from '../exchange.ts';
import { readFilter, readFilterTime } from '../filter.ts';
import { staleness, writtenList } from '../paging.ts';
import { pollHeaders } from '../poll-links.ts';
import { empty, json, serviceError } from '../replies.ts';
import type { Route } from '../core.ts';
import { startOperation } from './accept.ts';
import { jobBody } from './job-body.ts';
import { cancelJob, jobStatus } from './jobs.ts';
import { armId } from './names.ts';
import { jobLinks } from './operation-links.ts';
import type { Job, RecoveryServices } from './state.ts';
import { action, invalidInput, inVault, type VaultCall, vaultPath } from './vault-call.ts';

/** Jobs: list, read, cancel. */
export function jobRoutes(rsv: RecoveryServices): Route[] {
  const jobs = `${vaultPath}/backupJobs`;
  return [
    {
      name: 'recoveryServices.jobs',
      method: 'GET',
      path: jobs,
      action: action('backupJobs/read'),
      bucket: 'provider',
      handle: inVault(rsv, listJobs),
    },
    {
      name: 'recoveryServices.job',
      method: 'GET',
      path: `${jobs}/{job}`,
      action: action('backupJobs/read'),
      bucket: 'provider',
      handle: inVault(rsv, getJob),
    },
    {
      name: 'recoveryServices.cancelJob',
      method: 'POST',
      path: `${jobs}/{job}/cancel`,
      action: action('backupJobs/cancel/action'),
      handle: inVault(rsv, cancel),
    },
  ];
}

/** Newest first. With a `stale` fault the list is that of a moment ago: later jobs are missing, ended ones still run. */
function listJobs({ vault, call }: VaultCall): ArmReply {
  const filter = readFilter(call.url);
  if (filter === undefined) return invalidInput('$filter cannot be read');
  const from = readFilterTime(filter['starttime'] ?? '1970-01-01 12:00:00 AM');
  const to = readFilterTime(filter['endtime'] ?? '9999-12-31 11:59:59 PM');
  if (Number.isNaN(from) || Number.isNaN(to))
    return invalidInput('startTime and endTime are yyyy-MM-dd hh:mm:ss AM');
  const now = call.now - staleness(call);
  const jobs = vault.jobs.filter(
    (job) => job.visibleAt <= now && job.startAt >= from && job.startAt <= to && fits(job, filter, now),
  );
  const { apiVersion } = call;
  return writtenList(call, jobs, (job) => jobBody(vault, job, { now, apiVersion, detailed: false }));
}

function fits(job: Job, filter: Record<string, string>, now: number): boolean {
  const same = (field: string, value: string) =>
    filter[field] === undefined || filter[field].toLowerCase() === value.toLowerCase();
  return (
    same('status', jobStatus(job, now)) &&
    same('backupmanagementtype', job.source.kind) &&
    same('jobid', job.id) &&
    same('operation', job.operation.replace(/ \(.*$/, ''))
  );
}

const askedJob = ({ vault, call }: VaultCall): Job | undefined =>
  vault.jobs.find((job) => job.id === call.params['job']?.toLowerCase() && job.visibleAt <= call.now);

function getJob(asked: VaultCall): ArmReply {
  const { vault, call } = asked;
  const job = askedJob(asked);
  if (job === undefined) return jobNotFound();
  if (job.readStatus !== undefined) return unreadable(job.readStatus);
  return json(200, jobBody(vault, job, { now: call.now, apiVersion: call.apiVersion, detailed: true }));
}

const jobNotFound = (): ArmReply =>
  serviceError(404, 'JobNotFound', 'The specified job was not found in the vault.');

const unreadable = (status: number): ArmReply =>
  status === 404
    ? jobNotFound()
    : serviceError(status, 'CloudInternalError', 'Microsoft Azure Backup encountered an internal error.');

function cancel(asked: VaultCall): ArmReply {
  const { rsv, vault, call } = asked;
  const job = askedJob(asked);
  if (job === undefined) return jobNotFound();
  if (jobStatus(job, call.now) !== 'InProgress' || inTransfer(job, call.now)) {
    return serviceError(
      400,
      'UserErrorJobNotCancellable',
      'The job cannot be cancelled in its current state.',
    );
  }
  const seconds = rsv.seed.timings.cancel;
  cancelJob(job, call.now, call.now + rsv.core.duration(seconds));
  const operation = startOperation(asked, {
    kind: 'cancelJob',
    subject: armId(`${vault.id}/backupJobs/${job.id}`),
    seconds,
  });
  return empty(202, pollHeaders(call, jobLinks(call, operation.id)));
}

/** A machine's backup cannot be cancelled once its data moves to the vault. */
function inTransfer({ source, tasks }: Job, now: number): boolean {
  const transfer = tasks.find(({ name }) => name === 'Transfer data to vault');
  return source.kind === 'AzureIaasVM' && transfer !== undefined && now >= transfer.startAt;
}

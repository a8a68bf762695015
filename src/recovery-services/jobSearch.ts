import type { ArmCall, ArmReply } from '../arm/call.ts';
import { resourcePath } from '../arm/resourceId.ts';
import type { EarlierAttempts } from '../steps/step.ts';
import { readInstant, textIn } from '../arm/replyFields.ts';
import { isNameBased } from '../arm/nameBasedGuid.ts';
import { backupCall, filterOf, filterTime, nameIn, rowsIn, sameName, type Resource } from './paths.ts';
import { kindWords, type ItemKind } from './itemKinds.ts';

/** A job as a row of the list identifies it. `startedAt` is ISO 8601 UTC; what is missing is empty. */
export type JobFound = {
  readonly jobId: string;
  readonly activityId: string;
  readonly startedAt: string;
  readonly status: string;
};

/** The item whose backup job is sought. */
export type JobOwner = { readonly itemId: string; readonly kind: ItemKind; readonly friendlyName?: string };

/** Clock difference tolerated before the request was sent. Recorded starts lie 2.0 s before to 2.6 s after the reply. */
const skewMilliseconds = 120_000;
/** A request may take effect this long after its send window. */
const lateMilliseconds = 60_000;

/**
 * All jobs of one kind in a vault. Without a status filter, because pages shift while jobs end and an absence must
 * count.
 */
const listJobsCall = (vaultId: string, kind: ItemKind): ArmCall => jobsCall(vaultId, kind, {});

/** How far clocks may be off before the list leaves a job out: an activity id is then found all the same. */
const hourMilliseconds = 3_600_000;

/**
 * Where the job of an earlier attempt is looked for: a list of over 400 rows has been seen cut, so only what started
 * since the first attempt is asked for. Somebody else's job may have started long before.
 */
export function earlierJobsCall(vaultId: string, kind: ItemKind, attempts: EarlierAttempts): ArmCall {
  if (attempts.joinForeign) return listJobsCall(vaultId, kind);
  const from = new Date(Date.parse(attempts.firstClaimAt) - hourMilliseconds);
  const to = new Date(Date.parse(attempts.lastSendBy) + 24 * hourMilliseconds);
  return jobsCall(vaultId, kind, { startTime: filterTime(from), endTime: filterTime(to) });
}

/** `startTime` and `endTime` of the filter both mean a job's start. */
const jobsCall = (
  vaultId: string,
  kind: ItemKind,
  span: { readonly startTime?: string; readonly endTime?: string },
): ArmCall =>
  backupCall('GET', 'backupJobs/read', resourcePath(vaultId, 'backupJobs'), {
    query: { $filter: filterOf({ ...span, backupManagementType: kindWords[kind].backupManagementType }) },
  });

const jobOf = ({ name, properties }: Resource): JobFound => ({
  jobId: name,
  activityId: textIn(properties['activityId']) ?? '',
  startedAt: readInstant(textIn(properties['startTime']))?.toISOString() ?? '',
  status: textIn(properties['status']) ?? '',
});

/** `Backup`, later `Backup (Full)`; not `ConfigureBackup`. */
const isBackup = ({ properties }: Resource): boolean =>
  (textIn(properties['operation']) ?? '').toLowerCase().startsWith('backup');

const containerOf = (itemId: string): string => nameIn(itemId, 'protectionContainers') ?? '';
const lastPart = (name: string): string => name.split(';').at(-1) ?? '';

/** `docs`, or `docs [machine]` as jobs of databases write it. */
const isNamed = (row: Resource, friendlyName: string): boolean => {
  const shown = textIn(row.properties['entityFriendlyName'])?.toLowerCase() ?? '';
  const wanted = friendlyName.toLowerCase();
  return shown === wanted || shown.startsWith(`${wanted} [`);
};

/** Whether a row may be a job of the item: rows carry no item id, so names decide. */
function mayBelongTo({ properties }: Resource, { itemId, kind }: JobOwner): boolean {
  const container = containerOf(itemId);
  if (kind === 'fileShare') return sameName(textIn(properties['storageAccountName']), lastPart(container));
  if (kind === 'workload') return true;
  const named = textIn(properties['containerName']);
  return (
    named === undefined ||
    sameName(named, container) ||
    container.toLowerCase().endsWith(`;${named.toLowerCase()}`)
  );
}

/** A machine's container names it; of a share or database given by its id alone the rows cannot tell. */
const friendlyNameOf = ({ itemId, kind, friendlyName }: JobOwner): string | undefined =>
  friendlyName ?? (kind === 'virtualMachine' ? lastPart(containerOf(itemId)) : undefined);

const startedWithin = ({ startedAt }: JobFound, from: number, to: number): boolean => {
  const start = Date.parse(startedAt);
  return start >= from && start <= to;
};

/** A database's scheduled backups say so; shares and machines tell nothing about who asked. */
const isScheduled = ({ properties }: Resource, kind: ItemKind): boolean =>
  kind === 'workload' && properties['isUserTriggered'] === false;

/** Backup jobs that may be the item's, newest first. */
function backupsOf(reply: ArmReply, owner: JobOwner): Resource[] {
  const friendlyName = friendlyNameOf(owner);
  return rowsIn(reply)
    .filter((row) => isBackup(row) && mayBelongTo(row, owner))
    .filter((row) => friendlyName === undefined || isNamed(row, friendlyName))
    .sort((a, b) => jobOf(b).startedAt.localeCompare(jobOf(a).startedAt));
}

/** What the job list says about a backup request: the job, none yet, or several between which nothing decides. */
export type JobSearch =
  | { readonly kind: 'ours' | 'foreign'; readonly result: JobFound }
  | { readonly kind: 'absent' }
  | { readonly kind: 'ambiguous'; readonly failure: { readonly code: string; readonly message: string } };

const ambiguous = (jobs: readonly JobFound[]): JobSearch => ({
  kind: 'ambiguous',
  failure: {
    code: 'BackupJobAmbiguous',
    message: `These jobs may be this run's and nothing decides between them: ${jobs.map(({ jobId }) => jobId).join(', ')}`,
  },
});

/**
 * Finds what an earlier attempt of a backup request has started.
 *
 * First by activity id (the service copies a request's client id there, undocumented), then by item, operation and
 * start time. Once the service has said that a backup is in progress, a running one of anybody counts as `foreign`.
 */
export function findEarlierJob(reply: ArmReply, owner: JobOwner, attempts: EarlierAttempts): JobSearch {
  const rows = backupsOf(reply, owner);
  const byActivity = rowsIn(reply).find((row) =>
    attempts.attemptIds.some((id) => sameName(id, jobOf(row).activityId)),
  );
  if (byActivity) return { kind: 'ours', result: jobOf(byActivity) };
  if (attempts.joinForeign) {
    const running = rows.map(jobOf).find(({ status }) => sameName(status, 'InProgress'));
    return running ? { kind: 'foreign', result: running } : { kind: 'absent' };
  }
  const from = Date.parse(attempts.firstClaimAt) - skewMilliseconds;
  const to = Date.parse(attempts.lastSendBy) + lateMilliseconds;
  // A job that carries a request's id was begun by that request: by another run's, as ours is not among them.
  const ours = rows
    .filter((row) => !isScheduled(row, owner.kind))
    .map(jobOf)
    .filter((job) => startedWithin(job, from, to) && !isNameBased(job.activityId));
  const [only] = ours;
  if (!only) return { kind: 'absent' };
  return ours.length === 1 && friendlyNameOf(owner) !== undefined
    ? { kind: 'ours', result: only }
    : ambiguous(ours);
}

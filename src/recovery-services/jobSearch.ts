import { isNameBased, type ArmCall, type ArmReply } from '../arm/call.ts';
import { resourcePath } from '../arm/resourceId.ts';
import type { EarlierAttempts } from '../steps/step.ts';
import { readInstant, textIn } from '../arm/replyFields.ts';
import { isKnown, ownershipOf, type JobOwner } from './jobOwner.ts';
import {
  backupCall,
  filterOf,
  filterTime,
  rowsIn,
  sameName,
  kindWords,
  type Resource,
  type ItemKind,
} from './paths.ts';

/** A job as a row of the list identifies it. `startedAt` is ISO 8601 UTC; what is missing is empty. */
export type JobFound = {
  readonly jobId: string;
  readonly activityId: string;
  readonly startedAt: string;
  readonly status: string;
};

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
const isSought = ({ properties }: Resource, { operation }: JobOwner): boolean =>
  (textIn(properties['operation']) ?? '').toLowerCase().startsWith((operation ?? 'Backup').toLowerCase());

const startedWithin = ({ startedAt }: JobFound, from: number, to: number): boolean => {
  const start = Date.parse(startedAt);
  return start >= from && start <= to;
};

/** A database's scheduled backups say so; shares and machines tell nothing about who asked. */
const isScheduled = ({ properties }: Resource, kind: ItemKind): boolean =>
  kind === 'workload' && properties['isUserTriggered'] === false;

/** A backup job that a list shows, and whether it is the item's: `maybe` is contradicted by nothing, and not proven. */
interface Candidate {
  readonly row: Resource;
  readonly job: JobFound;
  readonly isProven: boolean;
}

/** Backup jobs that are the item's or may be, newest first. */
const candidatesIn = (reply: ArmReply, owner: JobOwner): Candidate[] =>
  rowsIn(reply)
    .filter((row) => isSought(row, owner))
    .map((row) => ({ row, job: jobOf(row), ownership: ownershipOf(row, owner) }))
    .filter(({ ownership }) => ownership !== 'others')
    .map(({ row, job, ownership }) => ({ row, job, isProven: ownership === 'itsOwn' }))
    .sort((a, b) => b.job.startedAt.localeCompare(a.job.startedAt));

type SearchFailure = { readonly code: string; readonly message: string };

/** What the job list says about a backup request: the job, none yet, or several between which nothing decides. */
export type JobSearch =
  | { readonly kind: 'ours'; readonly result: JobFound }
  | { readonly kind: 'foreign'; readonly result: JobFound }
  | { readonly kind: 'absent' }
  /** One of a neighbour's or the item's own: too little is known of the item to tell. */
  | { readonly kind: 'unproven'; readonly failure: SearchFailure }
  | { readonly kind: 'ambiguous'; readonly failure: SearchFailure };

const idsOf = (jobs: readonly Candidate[]): string => jobs.map(({ job }) => job.jobId).join(', ');

const ambiguous = (jobs: readonly Candidate[]): JobSearch => ({
  kind: 'ambiguous',
  failure: {
    code: 'BackupJobAmbiguous',
    message: `These jobs may be this run's and nothing decides between them: ${idsOf(jobs)}`,
  },
});

/** The running job that stands in the way: one that is proven to be the item's, never a neighbour's. */
function foreignIn(candidates: readonly Candidate[], owner: JobOwner): JobSearch {
  const running = candidates.filter(({ job }) => sameName(job.status, 'InProgress'));
  const proven = running.find(({ isProven }) => isProven);
  if (proven) return { kind: 'foreign', result: proven.job };
  if (running.length === 0 || isKnown(owner)) return { kind: 'absent' };
  const message = `A backup is in progress, and which of these jobs is the item's is not told: ${idsOf(running)}`;
  return { kind: 'unproven', failure: { code: 'BackupJobUnproven', message } };
}

/** Another run had the item so shortly before that the job may be that one's: not taken for ours. */
const mayBeOthers = ({ startedAt }: JobFound, { otherSentBy }: EarlierAttempts): boolean =>
  otherSentBy !== undefined && Date.parse(startedAt) <= Date.parse(otherSentBy) + lateMilliseconds;

/**
 * Finds what an earlier attempt of a backup request has started.
 *
 * First by activity id (the service copies a request's client id there, undocumented), then by item, operation and
 * start time: only once every job of ours is listed, as one that another has begun may be listed before it. Once the service has said that a backup is in progress, a running one of the same item counts as
 * `foreign`, whoever began it.
 */
export function findEarlierJob(reply: ArmReply, owner: JobOwner, attempts: EarlierAttempts): JobSearch {
  const byActivity = rowsIn(reply).find((row) =>
    attempts.attemptIds.some((id) => sameName(id, jobOf(row).activityId)),
  );
  if (byActivity) return { kind: 'ours', result: jobOf(byActivity) };
  const candidates = candidatesIn(reply, owner);
  if (attempts.joinForeign) return foreignIn(candidates, owner);
  if (!attempts.isSettled) return { kind: 'absent' };
  const from = Date.parse(attempts.firstClaimAt) - skewMilliseconds;
  const to = Date.parse(attempts.lastSendBy) + lateMilliseconds;
  // A job that carries a request's id was begun by that request: by another run's, as ours is not among them.
  const likely = candidates.filter(
    ({ row, job }) =>
      !isScheduled(row, owner.kind) && startedWithin(job, from, to) && !isNameBased(job.activityId),
  );
  const [only] = likely;
  if (!only) return { kind: 'absent' };
  if (likely.length > 1 || !only.isProven) return ambiguous(likely);
  return { kind: mayBeOthers(only.job, attempts) ? 'foreign' : 'ours', result: only.job };
}

/**
 * The job that stood in the way of a backup which was refused at `refusedAt` (ISO 8601 UTC): one of the same item that
 * runs, or ran then and has ended meanwhile.
 */
export function findJoinedJob(reply: ArmReply, owner: JobOwner, refusedAt: string): JobFound | undefined {
  const at = Date.parse(refusedAt);
  return candidatesIn(reply, owner).find(({ row, job, isProven }) => {
    const endedAt = readInstant(textIn(row.properties['endTime']))?.getTime() ?? Number.POSITIVE_INFINITY;
    const ranThen = startedWithin(job, 0, at + skewMilliseconds) && endedAt >= at - skewMilliseconds;
    return isProven && (sameName(job.status, 'InProgress') || ranThen);
  })?.job;
}

import { isNameBased, type ArmCall, type ArmReply, type Failure, type JsonObject } from '../arm/call.ts';
import { memberIn, objectsIn, readInstant, equalIgnoringCase, textIn } from '../arm/replyFields.ts';
import { resourcePath, sameId } from '../arm/resourceId.ts';
import type { EarlierAttempts } from '../steps/step.ts';
import { dataProtectionApiVersion } from './datasources.ts';
import { endingOfStatus } from './jobs.ts';

/** A backup job as a row of the list identifies it. `startedAt` is ISO 8601 UTC; what is missing is empty. */
export type JobFound = { readonly jobId: string; readonly startedAt: string };

/** What the job list says about a backup request: the job, none yet, or several between which nothing decides. */
export type JobSearch =
  | { readonly kind: 'ours' | 'foreign'; readonly result: JobFound }
  | { readonly kind: 'absent' }
  | { readonly kind: 'ambiguous'; readonly failure: Failure };

/** Clock difference tolerated before the request was sent, and how late it may take effect after its send window. */
const skewMilliseconds = 120_000;

/** Every job of a Backup vault: the list takes no filter. */
export const listJobsCall = (vaultId: string): ArmCall => ({
  action: 'Microsoft.DataProtection/backupVaults/backupJobs/read',
  method: 'GET',
  path: resourcePath(vaultId, 'backupJobs'),
  apiVersion: dataProtectionApiVersion,
});

/** One job of a Backup vault, by its ARM id or the GUID at its end. */
export const jobCall = (vaultId: string, jobId: string): ArmCall => ({
  ...listJobsCall(vaultId),
  path: jobId.startsWith('/') ? resourcePath(jobId) : resourcePath(vaultId, 'backupJobs', jobId),
});

/** The service's activity id of a job: the client id of the request that started it, where the service echoes it. Lower case. */
export const activityIdOf = (row: JsonObject): string =>
  textIn(memberIn(row, 'properties', 'activityID'))?.toLowerCase() ?? '';

const startOf = (row: JsonObject): Date | undefined =>
  readInstant(textIn(memberIn(row, 'properties', 'startTime')));

const isRunning = (row: JsonObject): boolean =>
  endingOfStatus(textIn(memberIn(row, 'properties', 'status'))) === undefined;

/** What a job does: `Backup` or `Restore`, perhaps with a suffix. */
export type JobOperation = 'Backup' | 'Restore';

const isOf = (row: JsonObject, operation: JobOperation): boolean =>
  (textIn(memberIn(row, 'properties', 'operation')) ?? '').toLowerCase().startsWith(operation.toLowerCase());

/** A scheduled backup says that nobody triggered it. */

const isScheduled = (row: JsonObject): boolean => memberIn(row, 'properties', 'isUserTriggered') === false;

const foundIn = (row: JsonObject): JobFound => ({
  jobId: textIn(row['id']) ?? '',
  startedAt: startOf(row)?.toISOString() ?? '',
});

const jobsOf = (reply: ArmReply, instanceId: string, operation: JobOperation): readonly JsonObject[] =>
  objectsIn(memberIn(reply.body, 'value')).filter(
    (row) =>
      isOf(row, operation) && sameId(textIn(memberIn(row, 'properties', 'backupInstanceId')), instanceId),
  );

/** Another run had the instance so shortly before that the job may be that one's: not taken for ours. */
const mayBeOthers = (row: JsonObject, otherSentBy: string | undefined): boolean =>
  otherSentBy !== undefined &&
  (startOf(row)?.getTime() ?? 0) <= Date.parse(otherSentBy) + skewMilliseconds / 2;

function decide(rows: readonly JsonObject[], instanceId: string, otherSentBy: string | undefined): JobSearch {
  const [first, second] = rows;
  if (!first) return { kind: 'absent' };
  if (!second) return { kind: mayBeOthers(first, otherSentBy) ? 'foreign' : 'ours', result: foundIn(first) };
  const ids = rows.map((row) => foundIn(row).jobId).join(', ');
  const message = `These jobs of ${instanceId} may be this run's and nothing decides between them: ${ids}`;
  return { kind: 'ambiguous', failure: { code: 'BackupJobAmbiguous', message } };
}

const startedWithin = (row: JsonObject, from: number, to: number): boolean => {
  const start = startOf(row)?.getTime();
  return start !== undefined && start >= from - skewMilliseconds && start <= to + skewMilliseconds;
};

function foreignIn([first]: readonly JsonObject[]): JobSearch {
  return first ? { kind: 'foreign', result: foundIn(first) } : { kind: 'absent' };
}

/** A job that carries a request's id was begun by that request: by another run's, where ours is not among them. */
const isLikely = (row: JsonObject, from: number, to: number): boolean =>
  !isScheduled(row) && !isNameBased(activityIdOf(row)) && startedWithin(row, from, to);

/** Whether a job that has ended ran when a backup was refused because of it. */
const ranAt = (row: JsonObject, at: number): boolean => {
  const endedAt = readInstant(textIn(memberIn(row, 'properties', 'endTime')))?.getTime() ?? 0;
  return startedWithin(row, 0, at) && endedAt >= at - skewMilliseconds;
};

/**
 * Finds what an earlier attempt of a backup request has started.
 *
 * First by activity id, then by instance, operation and start time: only once every job of ours is listed. Once the service has said that a backup is in
 * progress, ours has started none: a running one of anybody counts as `foreign`.
 */
export function findEarlierJob(
  reply: ArmReply,
  instanceId: string,
  attempts: EarlierAttempts,
  operation: JobOperation = 'Backup',
): JobSearch {
  const echoed = objectsIn(memberIn(reply.body, 'value')).find((row) =>
    attempts.attemptIds.some((id) => equalIgnoringCase(id, activityIdOf(row))),
  );
  if (echoed) return { kind: 'ours', result: foundIn(echoed) };
  const rows = jobsOf(reply, instanceId, operation);
  if (attempts.joinForeign) return foreignIn(rows.filter(isRunning));
  if (!attempts.isSettled) return { kind: 'absent' };
  const [from, to] = [Date.parse(attempts.firstClaimAt), Date.parse(attempts.lastSendBy)];
  const likely = rows.filter((row) => isLikely(row, from, to));
  return decide(likely, instanceId, attempts.otherSentBy);
}

interface SentBackup {
  readonly itemId: string;
  /** Whether every job that it may have begun is listed by now. */
  readonly isSettled: boolean;
  readonly sentAt: string;
  readonly joined?: true;
  readonly otherSentBy?: string;
  readonly operation?: JobOperation;
}

/** The job of a backup that no id names, sent at `sentAt` (ISO 8601 UTC); with `joined` anybody's that runs, or ran then. */
export function findJobOf(
  reply: ArmReply,
  { itemId, sentAt, isSettled, joined, otherSentBy, operation = 'Backup' }: SentBackup,
): JobSearch {
  const rows = jobsOf(reply, itemId, operation);
  const sent = Date.parse(sentAt);
  if (joined) return foreignIn(rows.filter((row) => isRunning(row) || ranAt(row, sent)));
  if (!isSettled) return { kind: 'absent' };
  return decide(
    rows.filter((row) => isLikely(row, sent, sent)),
    itemId,
    otherSentBy,
  );
}

import type { ArmCall, ArmReply, Failure, JsonObject } from '../arm/call.ts';
import { memberIn, objectsIn, readInstant, equalIgnoringCase, textIn } from '../arm/replyFields.ts';
import { isNameBased } from '../arm/nameBasedGuid.ts';
import { resourcePath, sameId } from '../arm/resourceId.ts';
import type { EarlierAttempts } from '../steps/step.ts';
import { dataProtectionApiVersion } from './ids.ts';
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

/** The service's activity id of a job: the client id of the request that started it, where the service echoes it. Lower case. */
export const activityIdOf = (row: JsonObject): string =>
  textIn(memberIn(row, 'properties', 'activityID'))?.toLowerCase() ?? '';

const startOf = (row: JsonObject): Date | undefined =>
  readInstant(textIn(memberIn(row, 'properties', 'startTime')));

const isRunning = (row: JsonObject): boolean =>
  endingOfStatus(textIn(memberIn(row, 'properties', 'status'))) === undefined;

/** `Backup`, or with a suffix; a scheduled one says that nobody triggered it. */
const isBackup = (row: JsonObject): boolean =>
  (textIn(memberIn(row, 'properties', 'operation')) ?? '').toLowerCase().startsWith('backup');

const isScheduled = (row: JsonObject): boolean => memberIn(row, 'properties', 'isUserTriggered') === false;

const foundIn = (row: JsonObject): JobFound => ({
  jobId: textIn(row['id']) ?? '',
  startedAt: startOf(row)?.toISOString() ?? '',
});

const backupsOf = (reply: ArmReply, instanceId: string): readonly JsonObject[] =>
  objectsIn(memberIn(reply.body, 'value')).filter(
    (row) => isBackup(row) && sameId(textIn(memberIn(row, 'properties', 'backupInstanceId')), instanceId),
  );

function decide(rows: readonly JsonObject[], instanceId: string): JobSearch {
  const [first, second] = rows;
  if (!first) return { kind: 'absent' };
  if (!second) return { kind: 'ours', result: foundIn(first) };
  const ids = rows.map((row) => foundIn(row).jobId).join(', ');
  const message = `These jobs of ${instanceId} may be this run's and nothing decides between them: ${ids}`;
  return { kind: 'ambiguous', failure: { code: 'BackupJobAmbiguous', message } };
}

const startedWithin = (row: JsonObject, from: number, to: number): boolean => {
  const start = startOf(row)?.getTime();
  return start !== undefined && start >= from - skewMilliseconds && start <= to + skewMilliseconds;
};

function foreignIn(rows: readonly JsonObject[]): JobSearch {
  const running = rows.find(isRunning);
  return running ? { kind: 'foreign', result: foundIn(running) } : { kind: 'absent' };
}

/**
 * Finds what an earlier attempt of a backup request has started.
 *
 * First by activity id, then by instance, operation and start time. Once the service has said that a backup is in
 * progress, ours has started none: a running one of anybody counts as `foreign`.
 */
export function findEarlierJob(reply: ArmReply, instanceId: string, attempts: EarlierAttempts): JobSearch {
  const echoed = objectsIn(memberIn(reply.body, 'value')).find((row) =>
    attempts.attemptIds.some((id) => equalIgnoringCase(id, activityIdOf(row))),
  );
  if (echoed) return { kind: 'ours', result: foundIn(echoed) };
  const rows = backupsOf(reply, instanceId);
  if (attempts.joinForeign) return foreignIn(rows);
  const [from, to] = [Date.parse(attempts.firstClaimAt), Date.parse(attempts.lastSendBy)];
  // A job that carries a request's id was begun by that request: by another run's, as ours is not among them.
  const likely = rows.filter(
    (row) => !isScheduled(row) && !isNameBased(activityIdOf(row)) && startedWithin(row, from, to),
  );
  return decide(likely, instanceId);
}

/** The job of a backup that no id names, sent at `sentAt` (ISO 8601 UTC); with `joined` anybody's that still runs. */
export function findJobOf(
  reply: ArmReply,
  { itemId, sentAt, joined }: { readonly itemId: string; readonly sentAt: string; readonly joined?: true },
): JobSearch {
  const rows = backupsOf(reply, itemId);
  if (joined) return foreignIn(rows);
  const sent = Date.parse(sentAt);
  return decide(
    rows.filter((row) => !isScheduled(row) && startedWithin(row, sent, sent)),
    itemId,
  );
}

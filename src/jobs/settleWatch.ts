import type { JobEnding, JobSeen, WatchOutcome } from '../arm/backupJob.ts';
import type { Failure, JsonObject } from '../arm/call.ts';
import { readFailure } from '../arm/outcomes.ts';
import { RowRefused } from '../storage/table.ts';
import { reserve, sendCall } from '../steps/exchange.ts';
import { later, sendWindowSeconds, settleSeconds } from '../steps/timings.ts';
import type { ListedRows } from './listJobs.ts';
import type { ListedJob, TrackerServices } from './trackerServices.ts';
import { rowOfWatch, type HeldWatch, type Watch } from './watch.ts';

/** Writes a change to a watch; undefined when another has written: the next tick reads it anew. */
export async function changeWatch(
  services: TrackerServices,
  { watch, etag }: HeldWatch,
  change: Partial<Watch>,
): Promise<HeldWatch | undefined> {
  const next = { ...watch, ...change };
  const written = await services.watches.replace(rowOfWatch(next), etag);
  return written.kind === 'written' ? { watch: next, etag: written.etag } : undefined;
}

/** The watch is over. */
export async function forgetWatch(services: TrackerServices, watch: Watch): Promise<void> {
  const { partitionKey, rowKey } = rowOfWatch(watch);
  await services.watches.remove(partitionKey, rowKey);
}

/** The run has ended: nobody waits for an event, its record gets the ending. */
async function settleLate(
  services: TrackerServices,
  { watch }: HeldWatch,
  outcome: WatchOutcome,
): Promise<void> {
  if (outcome.kind === 'ended') await services.finishLate?.(watch.runId, watch.generation, outcome.ending);
  else services.log('warning', 'A late job was not seen to end.', { runId: watch.runId, event: watch.event });
  await forgetWatch(services, watch);
}

const rowRefused: WatchOutcome = {
  kind: 'failed',
  failure: { code: 'RowRefused', message: 'What the job has come to does not fit into its row.' },
};

/** An outcome that the row will never take is told as an error, once. */
async function keptOutcome(
  services: TrackerServices,
  held: HeldWatch,
  outcome: WatchOutcome,
): Promise<HeldWatch | undefined> {
  try {
    return await changeWatch(services, held, { outcome });
  } catch (error) {
    if (!(error instanceof RowRefused)) throw error;
    return changeWatch(services, held, { outcome: rowRefused });
  }
}

/** A watch that has its outcome, and whose flow is to be told; undefined when there is nothing to tell (yet). */
export type Settled = HeldWatch | undefined;

/** Settles a watch in its row; its flow is told after. Another writer's change leaves it to the next tick. */
export async function settleWatch(
  services: TrackerServices,
  held: HeldWatch,
  outcome: WatchOutcome,
): Promise<Settled> {
  if (!held.watch.late) return keptOutcome(services, held, outcome);
  await settleLate(services, held, outcome);
  return undefined;
}

const windowSeconds = 60;

/** The vault, or its group or subscription, is gone: as against a vault that does not show the job yet. */
const isGone = (code: string, message: string): boolean =>
  /^(ResourceGroup|Subscription)NotFound$/.test(code) || / under resource group /.test(message);

/** How often a job's details are tried before its row of the list decides. */
const mostUnread = 5;

/** What a row of the list tells of an end: reasons and warnings are said to be missing. */
export function endingOfRow(job: JobSeen, ended: JobEnding['ended'], unread?: Failure): JsonObject {
  const missing =
    unread && `The details of the job could not be read, its row of the list decides: ${unread.code}.`;
  const isBad = ended === 'failed' || ended === 'cancelled';
  const code = ended === 'cancelled' ? 'JobCancelled' : 'JobFailed';
  const failure = { code, message: `The job's status is ${job.status}. ${missing ?? ''}`.trim() };
  const warnings = missing === undefined || isBad ? [] : [missing];
  return { job, ended, warnings, ...(isBad ? { failure } : {}) };
}

/** The details gave nothing to read: where the list has told the end often enough, that is good evidence. */
async function unreadDetails(
  services: TrackerServices,
  held: HeldWatch,
  failure: Failure,
  row: ListedJob | undefined,
): Promise<Settled> {
  const unread = (held.watch.unread ?? 0) + 1;
  if (row?.ended && unread >= mostUnread)
    return settleWatch(services, held, { kind: 'ended', ending: endingOfRow(row.seen, row.ended, failure) });
  const counted = await changeWatch(services, held, { unread, looked: true });
  return counted && giveUp(services, counted);
}

const noAnswer: Failure = { code: 'NoAnswer', message: 'The service gave no answer.' };

/** How a look at one job comes about. */
interface Look {
  /** The pacer's slot has been waited for already. */
  readonly hasSlot?: true;
  /** What the list shows of the job. */
  readonly row?: ListedJob;
}

/**
 * Reads one job by itself: its details, its progress, or whether it is there at all. A job that is not in a list has not
 * ended: this read decides. Settles the watch when the job has
 * ended; without a slot, an answer or a job it leaves the watch to the next tick.
 */
export async function lookAtJob(
  services: TrackerServices,
  held: HeldWatch,
  jobId: string,
  { hasSlot, row }: Look = {},
): Promise<Settled> {
  const { watch } = held;
  const service = services.jobServices[watch.service];
  const call = service.readCall(watch.vaultId, jobId);
  const now = services.clock();
  if (!hasSlot && (await reserve(services, call)).kind === 'wait') return giveUp(services, held);
  const deadlineAt = new Date(now.getTime() + windowSeconds * 1000);
  const { answer } = await sendCall(services, call, { clientRequestId: services.newId(), deadlineAt });
  if (answer.kind !== 'reply') return unreadDetails(services, held, noAnswer, row);
  const { reply } = answer;
  if (reply.status === 429) return giveUp(services, held);
  if (reply.status === 404) {
    const failure = readFailure(reply, 'GET');
    if (isGone(failure.code, failure.message))
      return settleWatch(services, held, { kind: 'failed', failure });
  }
  if (reply.status !== 200) return unreadDetails(services, held, readFailure(reply, 'GET'), row);
  const reading = service.readJob(reply, jobId);
  if (reading.kind === 'ended') {
    const ending = { ...reading.ending, ...(watch.isTakenByStart && { isTakenByStart: true }) };
    return settleWatch(services, held, { kind: 'ended', ending });
  }
  const { seen } = reading;
  if (now.toISOString() >= watch.giveUpAt) return giveUp(services, held);
  const same = watch.seen?.status === seen.status && watch.seen.progress === seen.progress;
  if (!same || !watch.looked || watch.unread)
    await changeWatch(services, held, { looked: true, seen, unread: 0 });
  return undefined;
}

async function giveUp(services: TrackerServices, held: HeldWatch): Promise<Settled> {
  const { watch } = held;
  if (services.clock().toISOString() < watch.giveUpAt) {
    if (!watch.looked) await changeWatch(services, held, { looked: true });
    return undefined;
  }
  const failure = {
    code: 'JobStillRunning',
    message: 'The job has shown no end in the time it is followed for.',
  };
  const job = watch.seen ? { job: watch.seen } : {};
  return settleWatch(services, held, { kind: 'timedOut', failure, ...job });
}

/** Part of an action's budget below which operations are not read one by one. */
const fifth = 0.2;

/** Whether each backup's own operation may be read: that action has a budget of its own. */
async function mayReadOperation(services: TrackerServices, { watch }: HeldWatch): Promise<boolean> {
  const { operationAction } = services.jobServices[watch.service];
  const subscriptionId = /^\/subscriptions\/([^/]+)/i.exec(watch.vaultId)?.[1]?.toLowerCase() ?? '';
  const lane = { subscriptionId, kind: 'read', action: operationAction } as const;
  const budget = await services.pacer.budget?.(lane, services.clock());
  return budget === undefined || budget.left >= fifth * budget.limit;
}

/**
 * A watch whose job a list did not show: a known job is read by itself; else the run is told to read its operation,
 * once, while the budget of that lasts; else the job is taken by item, operation and start.
 */
export async function unmatched(
  services: TrackerServices,
  held: HeldWatch,
  rows: ListedRows | undefined,
): Promise<Settled> {
  const { watch } = held;
  const known = watch.jobId ?? watch.seen?.id;
  if (known !== undefined) return lookAtJob(services, held, known);
  if (!watch.byItem) {
    if (await mayReadOperation(services, held)) return settleWatch(services, held, { kind: 'unmatched' });
    await changeWatch(services, held, { byItem: true, looked: true, misses: watch.misses + 1 });
    return undefined;
  }
  return byItem(services, held, rows);
}

/** A job that stood in the way is in the list soon, or is not proven to be of the item: it is not waited for as its own is. */
const joinedMs = 1_800_000;

const lastLookAt = ({ joined, sentAt, giveUpAt }: Watch): string =>
  joined ? new Date(Date.parse(sentAt) + joinedMs).toISOString() : giveUpAt;

/** Whether the job of a backup that was sent shows in a list that was asked for then. */
const isSettled = ({ sentAt }: Watch, { askedAt }: ListedRows): boolean =>
  askedAt >= later(sentAt, sendWindowSeconds + settleSeconds);

async function byItem(
  services: TrackerServices,
  held: HeldWatch,
  rows: ListedRows | undefined,
): Promise<Settled> {
  const { watch } = held;
  const match = rows
    ? services.jobServices[watch.service].matchItem(rows.reply, watch, isSettled(watch, rows))
    : ({ kind: 'absent' } as const);
  if (match.kind === 'found') {
    const found = await changeWatch(services, held, {
      ...{ jobId: match.jobId, looked: true, isTakenByStart: true },
    });
    return found && lookAtJob(services, found, match.jobId);
  }
  if (match.kind === 'ambiguous')
    return settleWatch(services, held, { kind: 'unknown', failure: match.failure });
  if (services.clock().toISOString() >= lastLookAt(watch)) {
    const message = 'The list of jobs never showed the job of this backup.';
    const kind = watch.joined ? 'unknown' : 'timedOut';
    return settleWatch(services, held, { kind, failure: { code: 'JobNotFound', message } });
  }
  if (!watch.looked) await changeWatch(services, held, { looked: true, misses: watch.misses + 1 });
  return undefined;
}

import { slotFor, ticketOf } from '../steps/exchange.ts';
import { listJobs, type JobList } from './listJobs.ts';
import { changeWatch, endingOfRow, lookAtJob, settleWatch, unmatched, type Settled } from './settleWatch.ts';
import { raiseOutcomes } from './raiseOutcomes.ts';
import { inBatches, type Tracker } from './trackerRow.ts';
import type { ListedJob, TrackerServices } from './trackerServices.ts';
import type { HeldWatch, Watch } from './watch.ts';

/** The part of a watch by which its job is recognised. */
type Sought = Pick<Watch, 'jobId' | 'attemptId' | 'seen'>;

const lastSegment = (id: string): string => id.slice(id.lastIndexOf('/') + 1).toLowerCase();

/** Job ids compare by their GUID: one service names jobs by it, the other by a whole ARM id. */
const jobKeyOf = (id: string): string => lastSegment(id);

const knownJob = ({ jobId, seen }: Sought): string | undefined => jobId ?? seen?.id;

/** Whether a row is any of the watched jobs. */
function wantedBy(watches: readonly Sought[]): (job: ListedJob) => boolean {
  const ids = new Set(watches.flatMap((watch) => knownJob(watch) ?? []).map(jobKeyOf));
  const attempts = new Set(watches.map(({ attemptId }) => attemptId.toLowerCase()).filter(Boolean));
  return ({ jobId, activityId }) => ids.has(jobKeyOf(jobId)) || attempts.has(activityId.toLowerCase());
}

/** Finds the row of each watch: by the job's id, else *adopted* by the attempt's id in the row's activity id. */
function matcherOf(jobs: readonly ListedJob[]): (watch: Sought) => ListedJob | undefined {
  const byId = new Map(jobs.map((job) => [jobKeyOf(job.jobId), job]));
  const byActivity = new Map(
    jobs.filter(({ activityId }) => activityId).map((job) => [job.activityId.toLowerCase(), job]),
  );
  return (watch) => {
    const known = knownJob(watch);
    if (known !== undefined) return byId.get(jobKeyOf(known));
    return byActivity.get(watch.attemptId.toLowerCase());
  };
}

/** Jobs start this much before the backup's answer at most, by the service's clock. */
const skewMs = 120_000;
const dayMs = 86_400_000;

/** Reads of one job alone that may give nothing before the list is read for it. */
const mostUnreadAlone = 3;

/** A job that stood in a backup's way may have begun long before it. */
const earliestStart = ({ sentAt, joined, jobId }: Watch): number =>
  Date.parse(sentAt) - (joined && jobId === undefined ? dayMs : 0);

/** The slot that a tracker's row keeps, ISO 8601 UTC. */
const keptSlot = ({ slotAt }: Tracker): string | undefined => (slotAt === '' ? undefined : slotAt);

/** One job in the vault is read by itself, which shows its progress: an empty list stands for it. Several are listed. */
export async function lookAtVault(
  services: TrackerServices,
  tracker: Tracker,
  open: readonly HeldWatch[],
): Promise<JobList> {
  const [only] = open;
  const known = only && (only.watch.jobId ?? only.watch.seen?.id);
  // A job whose details were not to be had may show in the list all the same.
  if (open.length === 1 && known !== undefined && (only?.watch.unread ?? 0) < mostUnreadAlone)
    return slotForOne(services, tracker, known);
  const now = services.clock().getTime();
  const oldest = Math.min(...open.map(({ watch }) => earliestStart(watch)));
  const { service, vaultId } = tracker;
  return listJobs(services, {
    ...{ service, vaultId },
    span: {
      from: new Date(oldest - skewMs),
      to: new Date(now + dayMs),
      kinds: [...new Set(open.map(({ watch }) => watch.kind))],
    },
    wanted: wantedBy(open.map(({ watch }) => watch)),
    keptAt: keptSlot(tracker),
    keepRows: open.some(({ watch }) => watch.byItem && watch.jobId === undefined),
  });
}

/** A single read waits for its slot as a list does, not for the next list's turn. */
async function slotForOne(services: TrackerServices, tracker: Tracker, jobId: string): Promise<JobList> {
  const call = services.jobServices[tracker.service].readCall(tracker.vaultId, jobId);
  const slot = await slotFor(services, call, keptSlot(tracker));
  if (slot.kind === 'go') return { kind: 'read', jobs: [], requests: 0 };
  return { kind: 'late', until: slot.until, requests: 0, ticket: ticketOf(slot) };
}

const atOnce = 16;
/** A timer may fire a second early. */
const earlyMs = 1000;
const keptDurations = 40;

/** A list that others were due for shows a new job or does not: before its own first look that says nothing. */
const isEarly = (services: TrackerServices, { watch }: HeldWatch): boolean =>
  services.clock().getTime() + earlyMs < Date.parse(watch.sentAt) + watch.waitSeconds * 1000;

/** Whether a watch's run is to be told that it shall stop. */
export const isStopping = ({ watch }: HeldWatch): boolean =>
  watch.cancelRequested === true && !watch.goesOnAfterCancel;

/**
 * Settles what a list shows to have ended; asks about what it does not show.
 *
 * @returns the tracker's durations with those of the jobs that have ended.
 */
export async function settleJobs(
  services: TrackerServices,
  tracker: Tracker,
  open: readonly HeldWatch[],
  list: Extract<JobList, { kind: 'read' }>,
): Promise<Tracker['durations']> {
  const find = matcherOf(list.jobs);
  const ends: { readonly kind: string; readonly seconds: number }[] = [];
  const settled: HeldWatch[] = [];
  const settleOne = async (held: HeldWatch): Promise<Settled> => {
    const { watch } = held;
    if (isStopping(held)) return stop(services, held, find(watch));
    const job = find(watch);
    const known = watch.jobId ?? watch.seen?.id;
    if (list.requests === 0 && known !== undefined)
      return lookAtJob(services, held, known, { hasSlot: true });
    if (!job) return isEarly(services, held) ? undefined : unmatched(services, held, list.rows);
    if (!job.ended) return stillRunning(services, held, job);
    if (job.seen.endedAt && job.seen.startedAt)
      ends.push({
        kind: watch.kind,
        seconds: (Date.parse(job.seen.endedAt) - Date.parse(job.seen.startedAt)) / 1000,
      });
    // Only a read of the job tells reasons, warnings, and whose a job is that no id names.
    if (job.ended !== 'completed' || watch.joined || watch.isTakenByStart)
      return lookAtJob(services, held, job.jobId, { row: job });
    return settleWatch(services, held, { kind: 'ended', ending: endingOfRow(job.seen, job.ended) });
  };
  try {
    await inBatches(open, atOnce, async (held) => {
      const one = await settleOne(held);
      if (one) settled.push(one);
    });
  } finally {
    await raiseOutcomes(services, settled);
  }
  return withEnds(tracker.durations, ends);
}

function withEnds(
  durations: Tracker['durations'],
  ends: readonly { readonly kind: string; readonly seconds: number }[],
): Tracker['durations'] {
  const next: Record<string, readonly number[]> = { ...durations };
  for (const { kind, seconds } of ends.slice(-keptDurations))
    next[kind] = [...(next[kind] ?? []), Math.max(0, Math.round(seconds))].slice(-keptDurations);
  return next;
}

/** A run that is to stop is told its job, which it then cancels; before the job is known there is nothing to cancel. */
async function stop(
  services: TrackerServices,
  held: HeldWatch,
  job: ListedJob | undefined,
): Promise<Settled> {
  const { watch } = held;
  const jobId = job?.jobId ?? watch.seen?.id ?? watch.jobId;
  const taken = watch.isTakenByStart ? { isTakenByStart: true as const } : {};
  if (jobId !== undefined) return settleWatch(services, held, { kind: 'cancelRequested', jobId, ...taken });
  if (watch.misses > 0) return settleWatch(services, held, { kind: 'cancelRequested' });
  await changeWatch(services, held, { misses: 1 });
  return undefined;
}

/** Written only when something changed: a row per backup, not one per tick. */
async function stillRunning(services: TrackerServices, held: HeldWatch, job: ListedJob): Promise<Settled> {
  const { watch } = held;
  if (services.clock().toISOString() >= watch.giveUpAt) {
    const message = `The job still runs: ${job.seen.status}.`;
    const failure = { code: 'JobStillRunning', message };
    return settleWatch(services, held, { kind: 'timedOut', failure, job: job.seen });
  }
  if (watch.seen?.id === job.seen.id && watch.seen.status === job.seen.status) return undefined;
  await changeWatch(services, held, { looked: true, seen: job.seen });
  return undefined;
}

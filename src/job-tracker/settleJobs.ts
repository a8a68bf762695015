import { inBatches } from './inBatches.ts';
import type { ListedJob } from './jobService.ts';
import type { JobList } from './listJobs.ts';
import { lookAtJob } from './lookAtJob.ts';
import { matcherOf } from './matchJobs.ts';
import { changeWatch, settleWatch } from './settleWatch.ts';
import type { Tracker } from './trackerRow.ts';
import type { TrackerServices } from './trackerServices.ts';
import { unmatched } from './unmatched.ts';
import type { HeldWatch } from './watch.ts';

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
  const { endingOf } = services.jobServices[tracker.service];
  await inBatches(open, atOnce, async (held) => {
    const { watch } = held;
    if (isStopping(held)) return stop(services, held, find(watch));
    const job = find(watch);
    const known = watch.jobId ?? watch.seen?.id;
    if (list.requests === 0 && known !== undefined) return lookAtJob(services, held, known, 'hasSlot');
    if (!job) return isEarly(services, held) ? undefined : unmatched(services, held, list.reply);
    if (job.state === 'running') return stillRunning(services, held, job);
    if (job.seen.endedAt && job.seen.startedAt)
      ends.push({
        kind: watch.kind,
        seconds: (Date.parse(job.seen.endedAt) - Date.parse(job.seen.startedAt)) / 1000,
      });
    if (job.state === 'detailed') return lookAtJob(services, held, job.jobId);
    await settleWatch(services, held, { kind: 'ended', ending: endingOf(job) });
  });
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
async function stop(services: TrackerServices, held: HeldWatch, job: ListedJob | undefined): Promise<void> {
  const { watch } = held;
  const jobId = job?.jobId ?? watch.seen?.id ?? watch.jobId;
  if (jobId !== undefined) return settleWatch(services, held, { kind: 'cancelRequested', jobId });
  if (watch.misses > 0) return settleWatch(services, held, { kind: 'cancelRequested' });
  await changeWatch(services, held, { misses: 1 });
}

/** Written only when something changed: a row per backup, not one per tick. */
async function stillRunning(services: TrackerServices, held: HeldWatch, job: ListedJob): Promise<void> {
  const { watch } = held;
  if (services.clock().toISOString() >= watch.giveUpAt) {
    const message = `The job still runs: ${job.seen.status}.`;
    const failure = { code: 'JobStillRunning', message };
    return settleWatch(services, held, { kind: 'timedOut', failure, job: job.seen });
  }
  if (watch.seen?.id === job.seen.id && watch.seen.status === job.seen.status) return;
  await changeWatch(services, held, { looked: true, seen: job.seen });
}

import type { ListedJob } from './jobService.ts';
import { hourlyBudget, listJobs, type JobList } from './listJobs.ts';
import { reserve } from '../steps/exchange.ts';
import { lookAtJob } from './lookAtJob.ts';
import { matcherOf, wantedBy } from './matchJobs.ts';
import { inBatches } from './inBatches.ts';
import { changeWatch, settleWatch, tell } from './settleWatch.ts';
import {
  budgetSeconds,
  nextListAt,
  nextTickAt as plannedTickAt,
  quietSecondsOf,
  type TickFacts,
} from './tickPlan.ts';
import { changeTracker, listTrackers, readTracker, type HeldTracker, type Tracker } from './trackerRow.ts';
import type { TrackerServices } from './trackerServices.ts';
import { unmatched } from './unmatched.ts';
import { listWatches, type HeldWatch } from './watch.ts';
import type { TrackerInput } from './watchJob.ts';

/*
 * One tick of a vault's tracker.
 *
 * T1  A watch is a row; a tick begins by reading all of them, so nothing is carried from tick to tick.
 * T2  A tracker ends only by `live` → `ending` → (no watch listed) → `idle`, each write under the ETag of the last.
 * T3  A watch is settled in its row before its event is raised, and removed after; a crash in between raises it again.
 * T4  A job that is not in a list has not ended: one read of the job decides.
 */

/** What a tick tells its orchestration. `nextTickAt` is ISO 8601 UTC; absent when the tracker has ended. */
export interface TickAnswer {
  readonly inFlight: number;
  readonly nextTickAt?: string;
}

const ended: TickAnswer = { inFlight: 0 };
const atOnce = 16;
/** A timer may fire a second early. */
const earlyMs = 1000;
/** Jobs start this much before the backup's answer at most, by the service's clock. */
const skewMs = 120_000;
const dayMs = 86_400_000;
const keptDurations = 40;

/** One tick. @throws Error when storage fails: the orchestration ticks again a minute later. */
export async function trackTick(services: TrackerServices, input: TrackerInput): Promise<TickAnswer> {
  const held = await readTracker(services.watches, input.vaultKey);
  if (!held || held.tracker.generation !== input.generation || held.tracker.state === 'idle') return ended;
  const watches = await listWatches(services.watches, input.vaultKey);
  const settled = watches.filter(({ watch }) => watch.outcome);
  await inBatches(settled, atOnce, (one) => tell(services, one));
  const open = watches.filter(({ watch }) => !watch.outcome);
  if (watches.length === 0) return endTracker(services, held);
  return open.length === 0 ? soon(services, open.length) : tickOver(services, held, open);
}

const soon = (services: TrackerServices, inFlight: number): TickAnswer => ({
  inFlight,
  nextTickAt: new Date(services.clock().getTime() + 1000).toISOString(),
});

async function endTracker(services: TrackerServices, held: HeldTracker): Promise<TickAnswer> {
  const ending = await changeTracker(services.watches, held, { state: 'ending' });
  if (!ending) return soon(services, 0);
  const watches = await listWatches(services.watches, held.tracker.vaultKey);
  const [state, answer] =
    watches.length === 0 ? (['idle', ended] as const) : (['live', soon(services, watches.length)] as const);
  const written = await changeTracker(services.watches, ending, { state });
  return written ? answer : soon(services, watches.length);
}

async function tickOver(
  services: TrackerServices,
  held: HeldTracker,
  open: readonly HeldWatch[],
): Promise<TickAnswer> {
  const { tracker } = held;
  const budget = await budgetOf(services, tracker);
  const facts = factsOf(services, tracker, open, budget);
  if (nextListAt(facts) > services.clock().getTime() + earlyMs && !open.some(isStopping))
    return close(services, held, open, facts);
  const lastListAt = services.clock().toISOString();
  const list = await look(services, tracker, open);
  if (list.kind === 'late') return closeLate(services, held, open, list);
  const durations = await readList(services, tracker, open, list);
  const left = (await listWatches(services.watches, tracker.vaultKey)).filter(({ watch }) => !watch.outcome);
  const learnt = { lastListAt, durations, pages: Math.max(1, list.requests) };
  if (left.length === 0) {
    return endTracker(services, (await changeTracker(services.watches, held, learnt)) ?? held);
  }
  return close(services, held, left, factsOf(services, { ...tracker, ...learnt }, left, budget), learnt);
}

/** A list that others were due for shows a new job or does not: before its own first look that says nothing. */
const isEarly = (services: TrackerServices, { watch }: HeldWatch): boolean =>
  services.clock().getTime() + earlyMs < Date.parse(watch.sentAt) + watch.waitSeconds * 1000;

const isStopping = ({ watch }: HeldWatch): boolean =>
  watch.cancelRequested === true && !watch.goesOnAfterCancel;

interface Budget {
  readonly perHour: number;
  readonly vaults: number;
  readonly place: number;
}

/** What lists may use: the action's budget, shared by the subscription's vaults that have jobs in flight. */
async function budgetOf(services: TrackerServices, tracker: Tracker): Promise<Budget> {
  const call = services.jobServices[tracker.service].readCall(tracker.vaultId, 'any');
  const perHour = await hourlyBudget(services, call);
  const sharing = (await listTrackers(services.watches)).filter(
    ({ tracker: other }) =>
      other.state !== 'idle' &&
      other.subscriptionId === tracker.subscriptionId &&
      other.service === tracker.service,
  );
  const before = sharing.filter(({ tracker: other }) => other.vaultKey < tracker.vaultKey);
  return { perHour, vaults: Math.max(1, sharing.length), place: before.length };
}

function factsOf(
  services: TrackerServices,
  { durations, lastListAt, pages }: Tracker,
  open: readonly HeldWatch[],
  budget: Budget,
): TickFacts {
  return {
    now: services.clock().getTime(),
    watches: open.map(({ watch }) => ({
      sentAt: Date.parse(watch.sentAt),
      waitSeconds: Math.max(watch.waitSeconds, services.minimumPollSeconds),
      looked: watch.looked ?? false,
      quietSeconds: quietSecondsOf(durations[watch.kind] ?? []),
    })),
    ...(lastListAt === undefined ? {} : { lastListAt: Date.parse(lastListAt) }),
    pages,
    ...budget,
  };
}

/** A slot that was reserved is used, not reserved anew: else those who wait would push each other back for ever. */
const hasSlot = (services: TrackerServices, { slotAt }: Tracker): boolean =>
  slotAt !== undefined && slotAt !== '' && Date.parse(slotAt) <= services.clock().getTime() + earlyMs;

/** One job in the vault is read by itself, which shows its progress; several are listed. */
async function look(
  services: TrackerServices,
  tracker: Tracker,
  open: readonly HeldWatch[],
): Promise<JobList> {
  const [only] = open;
  const known = only && (only.watch.jobId ?? only.watch.seen?.id);
  if (open.length === 1 && known !== undefined) return slotForOne(services, tracker, known);
  const now = services.clock().getTime();
  const oldest = Math.min(...open.map(({ watch }) => Date.parse(watch.sentAt)));
  const { service, vaultId } = tracker;
  return listJobs(services, {
    ...{ service, vaultId },
    span: {
      from: new Date(oldest - skewMs),
      to: new Date(now + dayMs),
      kinds: [...new Set(open.map(({ watch }) => watch.kind))],
    },
    wanted: wantedBy(open.map(({ watch }) => watch)),
    hasSlot: hasSlot(services, tracker),
    keepRows: open.some(({ watch }) => watch.byItem && watch.jobId === undefined),
  });
}

/** An empty list in place of one: a single read waits for its slot as a list does, not for the next list's turn. */
async function slotForOne(services: TrackerServices, tracker: Tracker, jobId: string): Promise<JobList> {
  const none = { kind: 'read', jobs: [], requests: 0 } as const;
  if (hasSlot(services, tracker)) return none;
  const call = services.jobServices[tracker.service].readCall(tracker.vaultId, jobId);
  const slot = await reserve(services, call);
  if (slot.kind === 'go') return none;
  const kept = slot.reserved === false ? {} : { reserved: true as const };
  return { kind: 'late', until: slot.until, requests: 0, ...kept };
}

/** Settles what the list shows to have ended; asks about what it does not show. */
async function readList(
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

/** Writes when the next tick is due; a new job that was watched meanwhile makes it a second from now. */
async function close(
  services: TrackerServices,
  held: HeldTracker,
  open: readonly HeldWatch[],
  facts: TickFacts,
  learnt: Pick<Tracker, 'pages' | 'durations'> & { readonly lastListAt?: string } = held.tracker,
): Promise<TickAnswer> {
  const nextTickAt = new Date(plannedTickAt(facts)).toISOString();
  const mayHurry = budgetSeconds(facts) <= Math.min(...facts.watches.map(({ waitSeconds }) => waitSeconds));
  const { pages, durations, lastListAt } = learnt;
  const listed = { pages, durations, ...(lastListAt === undefined ? {} : { lastListAt }) };
  const change = { ...listed, state: 'live', started: true, nextTickAt, mayHurry, slotAt: '' } as const;
  const written = await changeTracker(services.watches, held, change);
  if (written) return { inFlight: open.length, nextTickAt };
  const fresh = await readTracker(services.watches, held.tracker.vaultKey);
  const ours = fresh?.tracker.generation === held.tracker.generation;
  const again = ours && (await changeTracker(services.watches, fresh, change));
  return again ? { inFlight: open.length, nextTickAt } : soon(services, open.length);
}

/** The list could not be read: budget, refusal or no answer. A vault that is gone ends its watches. */
async function closeLate(
  services: TrackerServices,
  held: HeldTracker,
  open: readonly HeldWatch[],
  list: Extract<JobList, { kind: 'late' }>,
): Promise<TickAnswer> {
  const { failure, status, until } = list;
  const overdue = open.filter(({ watch }) => services.clock().toISOString() >= watch.giveUpAt);
  const refused = status !== undefined && status >= 400 && status < 500 && status !== 429 && status !== 408;
  const reason = failure ?? { code: 'JobsNotListed', message: 'The list of jobs could not be read.' };
  if (refused && failure)
    services.log('warning', `The list of jobs was refused: ${failure.code}`, {
      vault: held.tracker.vaultKey,
    });
  // A later page that is gone says nothing about the vault.
  const vaultIsGone = status === 404 && list.requests === 1;
  const over = vaultIsGone ? open : overdue;
  await inBatches(over, atOnce, (one) =>
    settleWatch(services, one, { kind: vaultIsGone ? 'failed' : 'timedOut', failure: reason }),
  );
  const nextTickAt = until.toISOString();
  await changeTracker(services.watches, held, {
    ...{ started: true, nextTickAt, mayHurry: false },
    slotAt: list.reserved ? nextTickAt : '',
  });
  return { inFlight: open.length - over.length, nextTickAt };
}

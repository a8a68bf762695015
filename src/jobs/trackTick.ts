import { hourlyBudget } from './listJobs.ts';
import { isStopping, lookAtVault, settleJobs } from './settleJobs.ts';
import { raiseOutcomes } from './raiseOutcomes.ts';
import {
  closeLate,
  earliestLookAt,
  nextListAt,
  planNext,
  quietSecondsOf,
  type Learnt,
  type TickInputs,
} from './tickPlan.ts';
import { changeTracker, listTrackers, readTracker, type HeldTracker, type Tracker } from './trackerRow.ts';
import type { TrackerServices } from './trackerServices.ts';
import { listWatches, type HeldWatch } from './watch.ts';
import type { TrackerInput } from './watchJob.ts';

/** What lists may use: requests an hour that the action allows, and who shares them. */
interface ListBudget {
  readonly perHour: number;
  readonly vaults: number;
  readonly place: number;
}

/** The action's budget, shared by the subscription's vaults that have jobs in flight. */
async function budgetOf(services: TrackerServices, tracker: Tracker): Promise<ListBudget> {
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

/** What the plan of a vault's lists is made of now. At least one watch. */
function tickInputsOf(
  services: TrackerServices,
  { durations, lastListAt, pages }: Tracker,
  open: readonly HeldWatch[],
  budget: ListBudget,
): TickInputs {
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

/** What a tick tells its orchestration. `nextTickAt` is ISO 8601 UTC; absent when the tracker has ended. */
export interface TickAnswer {
  readonly inFlight: number;
  readonly nextTickAt?: string;
  /** How far ahead that lies by the clock that said it; absent in histories of before. */
  readonly waitSeconds?: number;
}

const ended: TickAnswer = { inFlight: 0 };
/** A timer may fire a second early. */
const earlyMs = 1000;

/** One tick. @throws Error when storage fails: the orchestration ticks again a minute later. */
export async function trackTick(services: TrackerServices, input: TrackerInput): Promise<TickAnswer> {
  const answer = await tickOnce(services, input);
  if (answer.nextTickAt === undefined) return answer;
  const waitMs = Date.parse(answer.nextTickAt) - services.clock().getTime();
  return { ...answer, waitSeconds: Math.ceil(waitMs / 1000) };
}

/** A watch is a row; a tick begins by reading all of them, so nothing is carried from tick to tick. */
async function tickOnce(services: TrackerServices, input: TrackerInput): Promise<TickAnswer> {
  const held = await readTracker(services.watches, input.vaultKey);
  if (!held || held.tracker.generation !== input.generation || held.tracker.state === 'idle') return ended;
  const watches = await listWatches(services.watches, input.vaultKey);
  const settled = watches.filter(({ watch }) => watch.outcome);
  await raiseOutcomes(services, settled);
  const open = watches.filter(({ watch }) => !watch.outcome);
  if (watches.length === 0) return endTracker(services, held);
  return open.length === 0 ? soon(services, open.length) : tickOver(services, held, open);
}

const soon = (services: TrackerServices, inFlight: number): TickAnswer => ({
  inFlight,
  nextTickAt: new Date(services.clock().getTime() + 1000).toISOString(),
});

/** A tracker ends only by `live` → `ending` → (no watch is listed) → `idle`, each write under the ETag of the last. */
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
  const facts = tickInputsOf(services, tracker, open, budget);
  if (nextListAt(facts) > services.clock().getTime() + earlyMs && !open.some(isStopping))
    return close(services, held, facts);
  await outwait(services, facts);
  const lastListAt = services.clock().toISOString();
  const list = await lookAtVault(services, tracker, open);
  if (list.kind === 'late') return closeLate(services, held, open, list);
  const durations = await settleJobs(services, tracker, open, list);
  const left = (await listWatches(services.watches, tracker.vaultKey)).filter(({ watch }) => !watch.outcome);
  const learnt = { lastListAt, durations, pages: Math.max(1, list.requests) };
  if (left.length === 0)
    return endTracker(services, (await changeTracker(services.watches, held, learnt)) ?? held);
  return close(services, held, tickInputsOf(services, { ...tracker, ...learnt }, left, budget), learnt);
}

/** A timer that fired early, and a list that was late in its own second, would make the next one come too soon. */
async function outwait({ clock, pause }: TrackerServices, facts: TickInputs): Promise<void> {
  const left = earliestLookAt(facts) - clock().getTime();
  if (left > 0 && left < 2 * earlyMs) await pause(left);
}

async function close(
  services: TrackerServices,
  held: HeldTracker,
  facts: TickInputs,
  learnt?: Learnt,
): Promise<TickAnswer> {
  const inFlight = facts.watches.length;
  const nextTickAt = await planNext(services, held, facts, learnt);
  return nextTickAt === undefined ? soon(services, inFlight) : { inFlight, nextTickAt };
}

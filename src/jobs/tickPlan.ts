import type { Failure } from '../arm/call.ts';
import type { JobList } from './listJobs.ts';
import { settleWatch } from './settleWatch.ts';
import { raiseOutcomes } from './raiseOutcomes.ts';
import { changeTracker, inBatches, readTracker, type HeldTracker, type Tracker } from './trackerRow.ts';
import type { TrackerServices } from './trackerServices.ts';
import type { HeldWatch } from './watch.ts';

/** A watched job as the plan of waits sees it. Instants are milliseconds since the epoch. */
export interface PlannedWatch {
  readonly sentAt: number;
  /** What the service asked to wait between looks, in seconds. */
  readonly waitSeconds: number;
  /** Whether a list has been read for it. */
  readonly looked: boolean;
  /** Seconds in which a twentieth of the jobs of its kind have ended so far; 0 while too few are known. */
  readonly quietSeconds: number;
}

/** What the plan of waits is made of. */
export interface TickInputs {
  readonly now: number;
  readonly watches: readonly PlannedWatch[];
  /** When the vault's jobs were last listed; absent before the first time. */
  readonly lastListAt?: number;
  /** Requests that the last list took. */
  readonly pages: number;
  /** Requests an hour that the action allows, and how many vaults of the subscription draw on them. */
  readonly perHour: number;
  readonly vaults: number;
  /** This vault's place among them, from 0: first lists that the budget spaces do not come together. */
  readonly place?: number;
}

/** A budget's first reads fall in this time after the oldest job began. */
const learningMs = 600_000;
/** Share of an action's budget that lists may use; the rest is for reads of single jobs. */
const shareForLists = 0.8;
/** Up to so many jobs a list is paid for by few, and is read less often as they grow old. */
const fewJobs = 10;
const secondMs = 1000;

/** Seconds between lists that the action's budget allows. */
export const budgetSeconds = ({
  pages,
  perHour,
  vaults,
}: Pick<TickInputs, 'pages' | 'perHour' | 'vaults'>): number =>
  (3600 * Math.max(1, vaults) * Math.max(1, pages)) / (shareForLists * Math.max(1, perHour));

/** Few jobs, all of them old, are looked at every other, then every fifth time. */
function stretch({ watches, now }: TickInputs): number {
  if (watches.length >= fewJobs) return 1;
  const youngestSeconds = Math.min(...watches.map(({ sentAt }) => (now - sentAt) / secondMs));
  if (youngestSeconds < 630) return 1;
  return youngestSeconds < 3600 ? 2 : 5;
}

const askedSeconds = ({ watches }: TickInputs): number =>
  Math.min(...watches.map(({ waitSeconds }) => waitSeconds));

/** Seconds between two lists: what the service asked for, stretched with age and by the budget. */
export function listSeconds(facts: TickInputs): number {
  return Math.max(askedSeconds(facts) * stretch(facts), budgetSeconds(facts));
}

/** A first look comes after what the service asked for; a later one not before the kind's early endings. */
function dueAt({ sentAt, waitSeconds, looked, quietSeconds }: PlannedWatch): number {
  const wanted = looked ? Math.max(waitSeconds, quietSeconds) : waitSeconds;
  return sentAt + wanted * secondMs;
}

/** Ticks begin together on the wall clock, so that trackers wake in the same second. */
function aligned(instant: number, everySeconds: number): number {
  const grid = (everySeconds >= 60 ? 10 : 1) * secondMs;
  return Math.ceil(instant / grid) * grid;
}

/** Before this instant the service has asked not to be looked at. */
export function earliestLookAt(facts: TickInputs): number {
  const { lastListAt } = facts;
  if (lastListAt !== undefined) return lastListAt + askedSeconds(facts) * secondMs;
  return Math.min(...facts.watches.map(({ sentAt, waitSeconds }) => sentAt + waitSeconds * secondMs));
}

const isBudgetSpaced = (facts: TickInputs): boolean => budgetSeconds(facts) > askedSeconds(facts);
const oldestSentAt = ({ watches }: TickInputs): number => Math.min(...watches.map(({ sentAt }) => sentAt));

/** The vaults that share a tight budget take turns: the first lists of all would use a third of an hour's reads. */
const turnMs = (facts: TickInputs): number =>
  isBudgetSpaced(facts)
    ? (budgetSeconds(facts) * secondMs * (facts.place ?? 0)) / Math.max(1, facts.vaults)
    : 0;

/**
 * When a vault's jobs are to be listed next: milliseconds since the epoch, never before what the service asked for,
 * and no sooner after the last list than the action's budget allows. At least one watch.
 */
export function nextListAt(facts: TickInputs): number {
  const seconds = listSeconds(facts);
  const due = Math.min(...facts.watches.map(dueAt));
  const { lastListAt = 0 } = facts;
  // To the whole second: the milliseconds of a tick's own start must not push the next one off the wall clock.
  const spaced = lastListAt === 0 ? 0 : Math.floor(lastListAt / secondMs) * secondMs + seconds * secondMs;
  const turn = lastListAt < oldestSentAt(facts) ? due + turnMs(facts) : due;
  return aligned(Math.max(turn, spaced), seconds);
}

/**
 * When to look at the plan again: at the next list, and sooner where the budget alone holds it back, because what is
 * known of a budget grows. Never longer from now than since the last list, so a wait costs a few looks.
 */
export function plannedTickAt(facts: TickInputs): number {
  const listAt = nextListAt(facts);
  const isYoung = facts.now - oldestSentAt(facts) < learningMs;
  if (!isYoung || !isBudgetSpaced(facts)) return listAt;
  const sinceMs = facts.now - (facts.lastListAt ?? oldestSentAt(facts));
  const lookMs = Math.max(askedSeconds(facts) * secondMs, sinceMs);
  return Math.min(listAt, aligned(facts.now + lookMs, askedSeconds(facts)));
}

/** The low quantile of a kind's durations: 0 below twenty of them. Never a mean: an early guess only costs a look. */
export function quietSecondsOf(durations: readonly number[]): number {
  if (durations.length < 20) return 0;
  return [...durations].sort((one, other) => one - other)[Math.floor(durations.length / 20)] ?? 0;
}

const atOnce = 16;

/** What a list has taught, for the tracker's row. */
export type Learnt = Pick<Tracker, 'pages' | 'durations'> & { readonly lastListAt?: string };

/**
 * Writes when the next tick is due.
 *
 * @returns when it is, ISO 8601 UTC; undefined when others have written meanwhile: a new job wants a look at once.
 */
export async function planNext(
  services: TrackerServices,
  held: HeldTracker,
  facts: TickInputs,
  learnt: Learnt = held.tracker,
): Promise<string | undefined> {
  const nextTickAt = new Date(plannedTickAt(facts)).toISOString();
  const mayHurry = budgetSeconds(facts) <= Math.min(...facts.watches.map(({ waitSeconds }) => waitSeconds));
  const { pages, durations, lastListAt } = learnt;
  const listed = { pages, durations, ...(lastListAt === undefined ? {} : { lastListAt }) };
  const change = { ...listed, state: 'live', started: true, nextTickAt, mayHurry, slotAt: '' } as const;
  if (await changeTracker(services.watches, held, change)) return nextTickAt;
  const fresh = await readTracker(services.watches, held.tracker.vaultKey);
  const ours = fresh?.tracker.generation === held.tracker.generation;
  return ours && (await changeTracker(services.watches, fresh, change)) ? nextTickAt : undefined;
}

type Late = Extract<JobList, { kind: 'late' }>;

const isRefused = ({ status = 0 }: Late): boolean =>
  status >= 400 && status < 500 && status !== 429 && status !== 408;

/** A later page that is gone says nothing about the vault. */
const isVaultGone = ({ status, requests }: Late): boolean => status === 404 && requests === 1;

const unread: Failure = { code: 'JobsNotListed', message: 'The list of jobs could not be read.' };

/**
 * The list could not be read: budget, refusal or no answer. A vault that is gone ends its watches.
 *
 * @returns how many watches are left, and when the next tick is due, ISO 8601 UTC.
 */
export async function closeLate(
  services: TrackerServices,
  held: HeldTracker,
  open: readonly HeldWatch[],
  list: Late,
): Promise<{ readonly inFlight: number; readonly nextTickAt: string }> {
  const { failure = unread, until, ticket } = list;
  if (isRefused(list) && list.failure)
    services.log('warning', `The list of jobs was refused: ${failure.code}`, {
      vault: held.tracker.vaultKey,
    });
  const overdue = open.filter(({ watch }) => services.clock().toISOString() >= watch.giveUpAt);
  const [over, kind] = isVaultGone(list) ? ([open, 'failed'] as const) : ([overdue, 'timedOut'] as const);
  const settled: HeldWatch[] = [];
  await inBatches(over, atOnce, async (held) => {
    const one = await settleWatch(services, held, { kind, failure });
    if (one) settled.push(one);
  });
  await raiseOutcomes(services, settled);
  const nextTickAt = until.toISOString();
  await changeTracker(services.watches, held, {
    ...{ started: true, nextTickAt, mayHurry: false },
    slotAt: ticket?.toISOString() ?? '',
  });
  return { inFlight: open.length - over.length, nextTickAt };
}

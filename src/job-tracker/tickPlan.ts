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
export interface TickFacts {
  readonly now: number;
  readonly watches: readonly PlannedWatch[];
  /** When the vault's jobs were last listed; absent before the first time. */
  readonly lastListAt?: number;
  /** Requests that the last list took. */
  readonly pages: number;
  /** Requests an hour that the action allows, and how many vaults of the subscription draw on them. */
  readonly perHour: number;
  readonly vaults: number;
}

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
}: Pick<TickFacts, 'pages' | 'perHour' | 'vaults'>): number =>
  (3600 * Math.max(1, vaults) * Math.max(1, pages)) / (shareForLists * Math.max(1, perHour));

/** Few jobs, all of them old, are looked at every other, then every fifth time. */
function stretch({ watches, now }: TickFacts): number {
  if (watches.length >= fewJobs) return 1;
  const youngestSeconds = Math.min(...watches.map(({ sentAt }) => (now - sentAt) / secondMs));
  if (youngestSeconds < 630) return 1;
  return youngestSeconds < 3600 ? 2 : 5;
}

/** Seconds between two lists: what the service asked for, stretched with age and by the budget. */
export function listSeconds(facts: TickFacts): number {
  const asked = Math.min(...facts.watches.map(({ waitSeconds }) => waitSeconds));
  return Math.max(asked * stretch(facts), budgetSeconds(facts));
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

/**
 * When a vault's jobs are to be listed next: milliseconds since the epoch, never before what the service asked for,
 * and no sooner after the last list than the action's budget allows. At least one watch.
 */
export function nextListAt(facts: TickFacts): number {
  const seconds = listSeconds(facts);
  const due = Math.min(...facts.watches.map(dueAt));
  // To the whole second: the milliseconds of a tick's own start must not push the next one off the wall clock.
  const last = Math.floor((facts.lastListAt ?? 0) / secondMs) * secondMs;
  const spaced = facts.lastListAt === undefined ? due : last + seconds * secondMs;
  return aligned(Math.max(due, spaced), seconds);
}

/** The low quantile of a kind's durations: 0 below twenty of them. Never a mean: an early guess only costs a look. */
export function quietSecondsOf(durations: readonly number[]): number {
  if (durations.length < 20) return 0;
  return [...durations].sort((one, other) => one - other)[Math.floor(durations.length / 20)] ?? 0;
}

import type { Failure } from '../arm/call.ts';
import { inBatches } from './inBatches.ts';
import type { JobList } from './listJobs.ts';
import { settleWatch } from './settleWatch.ts';
import { budgetSeconds, nextTickAt as plannedTickAt, type TickFacts } from './tickPlan.ts';
import { changeTracker, readTracker, type HeldTracker, type Tracker } from './trackerRow.ts';
import type { TrackerServices } from './trackerServices.ts';
import type { HeldWatch } from './watch.ts';

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
  facts: TickFacts,
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
  await inBatches(over, atOnce, (one) => settleWatch(services, one, { kind, failure }));
  const nextTickAt = until.toISOString();
  await changeTracker(services.watches, held, {
    ...{ started: true, nextTickAt, mayHurry: false },
    slotAt: ticket?.toISOString() ?? '',
  });
  return { inFlight: open.length - over.length, nextTickAt };
}

import { hourlyBudget } from './listJobs.ts';
import { quietSecondsOf, type TickFacts } from './tickPlan.ts';
import { listTrackers, type Tracker } from './trackerRow.ts';
import type { TrackerServices } from './trackerServices.ts';
import type { HeldWatch } from './watch.ts';

/** What lists may use: requests an hour that the action allows, and who shares them. */
export interface ListBudget {
  readonly perHour: number;
  readonly vaults: number;
  readonly place: number;
}

/** The action's budget, shared by the subscription's vaults that have jobs in flight. */
export async function budgetOf(services: TrackerServices, tracker: Tracker): Promise<ListBudget> {
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
export function factsOf(
  services: TrackerServices,
  { durations, lastListAt, pages }: Tracker,
  open: readonly HeldWatch[],
  budget: ListBudget,
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

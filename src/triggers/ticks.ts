import type { LoadedPlan } from '../plan/loadPlan.ts';
import type { RunServices } from '../runs/runServices.ts';
import type { Table } from '../storage/table.ts';

/** What triggers are accepted with. */
export interface TriggerServices {
  readonly clock: () => Date;
  readonly runs: RunServices;
  /** What has been handled: events, schedules, and which run looks after a resource. */
  readonly triggers: Table;
  readonly loadPlan: () => Promise<LoadedPlan>;
  /** One line for people; ids and reasons only. */
  readonly log: (message: string) => void;
}

const partitionKey = 'ticks';
const hourMs = 3_600_000;

/** Every timer of the app, and after how many milliseconds without a tick that went well a person is told. */
export const timerPatienceMs = {
  nightlySweep: 26 * hourMs,
  refreshCoverage: hourMs,
  scheduleTick: hourMs,
  sendNotifications: hourMs,
  watchRuns: hourMs,
} as const;

/** A timer of the app. */
export type TimerName = keyof typeof timerPatienceMs;

/** How a timer stands. */
export interface TimerStanding {
  readonly name: TimerName;
  /** The last tick that went well, ISO 8601 UTC; absent before the first one. */
  readonly lastTickAt?: string;
  /** Neither a tick nor the first look at the timer is recent enough. */
  readonly isLate: boolean;
}

const timers = Object.keys(timerPatienceMs) as TimerName[];

/** Notes that a timer has ticked, and that its work went well. */
export const recordTick = (triggers: Table, name: TimerName, now: Date): Promise<void> =>
  triggers.put({ partitionKey, rowKey: name, at: now.toISOString(), ticked: true });

/** How every timer stands. */
export async function readTimers(triggers: Table, now: Date): Promise<readonly TimerStanding[]> {
  const { rows } = await triggers.page(partitionKey);
  return timers.map((name) => {
    const row = rows.find(({ rowKey }) => rowKey === name);
    const at = row && String(row['at']);
    const isLate = at !== undefined && now.getTime() - Date.parse(at) > timerPatienceMs[name];
    return { name, isLate, ...(row?.['ticked'] === true && { lastTickAt: String(at) }) };
  });
}

/** Begins to count for timers that have never ticked: one that never does is late, too. */
export async function expectTicks(triggers: Table, now: Date): Promise<void> {
  const { rows } = await triggers.page(partitionKey);
  const known = rows.map(({ rowKey }) => rowKey);
  const unseen = timers.filter((name) => !known.includes(name));
  await Promise.all(
    unseen.map((name) =>
      triggers.insert({ partitionKey, rowKey: name, at: now.toISOString(), ticked: false }),
    ),
  );
}

import type { Clock, ClockTimer } from '../clock/clock.ts';
import type { InvocationInput, Invoke } from '../invoke.ts';
import type { RegisteredFunction } from '../registry.ts';
import { dotNetInstant, invariantInstant } from './instantText.ts';
import type { TimerSchedule } from './ncrontab.ts';
import { judgeTimerStart, type TimerStatus, type TimerStatusStore } from './timerStatus.ts';

/** One timer function at work. */
export interface TimerListener {
  /** Makes up for a missed run, then waits for the next occurrence; does nothing after `stop`. */
  start(): void;
  /** Forgets the armed timer; a running call is not waited for. */
  stop(): void;
  /** Fires by hand; neither schedule nor status changes. */
  fire(input: string | undefined): Promise<void>;
}

/** What a timer needs. `monitored` is `useMonitor`, already false for schedules below one minute. */
export interface TimerListenerOptions {
  readonly fn: RegisteredFunction;
  readonly schedule: TimerSchedule;
  readonly monitored: boolean;
  readonly statuses: TimerStatusStore;
  readonly clock: Clock;
  readonly invoke: Invoke;
}

const MINUTE_MS = 60_000;

/** Whether a schedule is slow enough to be monitored: no two of the next occurrences within a minute. */
export function isMonitorable(schedule: TimerSchedule, now: number): boolean {
  let previous = schedule.nextAfter(now);
  for (let looked = 0; looked < 5 && previous !== undefined; looked += 1) {
    const next = schedule.nextAfter(previous);
    if (next !== undefined && next - previous < MINUTE_MS) return false;
    previous = next;
  }
  return true;
}

/** The trigger value and metadata of one tick, as the official host sends them. */
export function timerCall(
  fn: RegisteredFunction,
  tick: { readonly status: TimerStatus | undefined; readonly isPastDue: boolean; readonly at: number },
  input?: string,
): InvocationInput {
  const { status } = tick;
  const value = {
    Schedule: { AdjustForDST: true },
    ScheduleStatus: status
      ? {
          Last: dotNetInstant(status.last),
          Next: dotNetInstant(status.next),
          LastUpdated: dotNetInstant(status.lastUpdated),
        }
      : null,
    IsPastDue: tick.isPastDue,
  };
  return {
    inputData: [{ name: fn.trigger.key, data: { json: JSON.stringify(value) } }],
    triggerMetadata: {
      TimerTrigger: { string: invariantInstant(tick.at) },
      ...(input === undefined || input === '' ? {} : { [fn.trigger.key]: { string: input } }),
    },
  };
}

/** A timer that never overlaps itself and whose failures do not stop the schedule. */
export function createTimerListener(options: TimerListenerOptions): TimerListener {
  const { fn, schedule, statuses, clock, invoke } = options;
  let status: TimerStatus | undefined;
  let armed: ClockTimer | undefined;
  let stopped = false;

  const save = (next: TimerStatus): void => {
    status = next;
    if (options.monitored) statuses.write(fn.name, next);
  };

  const run = async (cause: 'scheduled' | 'pastDue' | 'startup'): Promise<void> => {
    const at = clock.now();
    const scheduled = status?.next ?? at;
    const isPastDue = cause === 'pastDue';
    await invoke(fn, timerCall(fn, { status: options.monitored ? status : undefined, isPastDue, at }));
    if (stopped) return;
    const base = cause === 'scheduled' ? Math.max(at, scheduled) : at;
    const next = schedule.nextAfter(base);
    if (next === undefined) return;
    save({ last: base, next, lastUpdated: base });
    arm();
  };

  const arm = (): void => {
    if (stopped || !status) return;
    // About every third tick of the official host comes up to a millisecond before its second.
    const early = clock.random() < 1 / 3 ? 1 : 0;
    const delay = Math.max(0, status.next - clock.now() - early);
    armed = clock.after(delay, () => void run('scheduled'));
  };

  const runAtOnce = (cause: 'pastDue' | 'startup'): void => {
    armed = clock.after(0, () => void run(cause));
  };

  return {
    start() {
      if (stopped) return;
      const now = clock.now();
      const found = judgeTimerStart(schedule, options.monitored ? statuses.read(fn.name) : undefined, now);
      if (!found) return;
      save(found.status);
      if (found.isPastDue) runAtOnce('pastDue');
      else if (fn.trigger.options['runOnStartup'] === true) runAtOnce('startup');
      else arm();
    },
    stop() {
      stopped = true;
      if (armed) clock.cancel(armed);
    },
    async fire(input) {
      const tick = { status: options.monitored ? status : undefined, isPastDue: false, at: clock.now() };
      await invoke(fn, timerCall(fn, tick, input));
    },
  };
}

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

/** What is known when a timer function is called; `at` is the call's own instant. */
export interface Tick {
  readonly status: TimerStatus | undefined;
  readonly isPastDue: boolean;
  readonly at: number;
}

/** The trigger value and metadata of one tick, as the official host sends them. */
export function timerCall(fn: RegisteredFunction, tick: Tick, input?: string): InvocationInput {
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
export const createTimerListener = (options: TimerListenerOptions): TimerListener => new Listener(options);

type Cause = 'scheduled' | 'pastDue' | 'startup';

class Listener implements TimerListener {
  readonly #parts: TimerListenerOptions;
  #status: TimerStatus | undefined;
  #armed: ClockTimer | undefined;
  #stopped = false;

  constructor(parts: TimerListenerOptions) {
    this.#parts = parts;
  }

  start(): void {
    if (this.#stopped) return;
    const { fn, schedule, statuses, monitored, clock } = this.#parts;
    const found = judgeTimerStart(schedule, monitored ? statuses.read(fn.name) : undefined, clock.now());
    if (!found) return;
    this.#save(found.status);
    if (found.isPastDue) this.#runAfter(0, 'pastDue');
    else if (fn.trigger.options['runOnStartup'] === true) this.#runAfter(0, 'startup');
    else this.#waitForNext(found.status);
  }

  stop(): void {
    this.#stopped = true;
    if (this.#armed) this.#parts.clock.cancel(this.#armed);
  }

  async fire(input: string | undefined): Promise<void> {
    const { fn, invoke } = this.#parts;
    await invoke(fn, timerCall(fn, this.#tick(false), input));
  }

  #tick(isPastDue: boolean): Tick {
    return {
      status: this.#parts.monitored ? this.#status : undefined,
      isPastDue,
      at: this.#parts.clock.now(),
    };
  }

  async #run(cause: Cause): Promise<void> {
    const { fn, invoke, schedule } = this.#parts;
    const tick = this.#tick(cause === 'pastDue');
    const scheduled = this.#status?.next ?? tick.at;
    await invoke(fn, timerCall(fn, tick));
    const base = cause === 'scheduled' ? Math.max(tick.at, scheduled) : tick.at;
    const next = schedule.nextAfter(base);
    if (this.#stopped || next === undefined) return;
    this.#waitForNext(this.#save({ last: base, next, lastUpdated: base }));
  }

  #save(status: TimerStatus): TimerStatus {
    const { fn, monitored, statuses } = this.#parts;
    this.#status = status;
    if (monitored) statuses.write(fn.name, status);
    return status;
  }

  #waitForNext({ next }: TimerStatus): void {
    const { clock } = this.#parts;
    // About every third tick of the official host comes up to a millisecond before its second.
    const earlyMs = clock.random() < 1 / 3 ? 1 : 0;
    this.#runAfter(Math.max(0, next - clock.now() - earlyMs), 'scheduled');
  }

  #runAfter(delayMs: number, cause: Cause): void {
    this.#armed = this.#parts.clock.after(delayMs, () => void this.#run(cause));
  }
}

import { textOption } from '../bindingOptions.ts';
import type { Clock } from '../clock/clock.ts';
import type { Invoke } from '../invoke.ts';
import type { FunctionRegistry, RegisteredFunction } from '../registry.ts';
import type { Settings } from '../settings.ts';
import type { Warnings } from '../warnings.ts';
import { readSchedule } from './ncrontab.ts';
import { createTimerListener, isMonitorable, type TimerListener } from './timerListener.ts';
import type { TimerStatusStore } from './timerStatus.ts';

/** What the timers of an app need. */
export interface TimerListenersOptions {
  readonly registry: FunctionRegistry;
  readonly settings: Settings;
  readonly warnings: Warnings;
  readonly clock: Clock;
  readonly invoke: Invoke;
  readonly statuses: TimerStatusStore;
  /** Told of a function whose schedule cannot be read; the others go on. */
  readonly refuse: (fn: RegisteredFunction, error: unknown) => void;
}

/** One listener per timer function. */
export function createTimerListeners(
  options: TimerListenersOptions,
): ReadonlyMap<RegisteredFunction, TimerListener> {
  const listeners = new Map<RegisteredFunction, TimerListener>();
  for (const fn of options.registry.byTrigger('timerTrigger')) {
    try {
      listeners.set(fn, timerListener(options, fn));
    } catch (error) {
      warnOfWeekday7(options, fn);
      options.refuse(fn, error);
    }
  }
  return listeners;
}

function timerListener(options: TimerListenersOptions, fn: RegisteredFunction): TimerListener {
  const schedule = readSchedule(textOption(fn.trigger.options, 'schedule', options.settings) ?? '');
  if (fn.trigger.options['runOnStartup'] === true) {
    options.warnings.warn('H20', fn.name, 'runOnStartup fires at every start and scale-out');
  }
  const monitored =
    fn.trigger.options['useMonitor'] !== false && isMonitorable(schedule, options.clock.now());
  return createTimerListener({ ...options, fn, schedule, monitored });
}

function warnOfWeekday7({ warnings }: TimerListenersOptions, fn: RegisteredFunction): void {
  const weekday = String(fn.trigger.options['schedule']).trim().split(/\s+/).at(-1) ?? '';
  if (/(^|[,-])7($|[,/-])/.test(weekday)) warnings.warn('H20', fn.name, 'weekday 7 is invalid, Sunday is 0');
}

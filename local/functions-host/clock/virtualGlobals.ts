import { createRequire, syncBuiltinESMExports } from 'node:module';
import type { Clock, ClockTimer } from './clock.ts';

type Callback = (...args: unknown[]) => void;

/** What `setTimeout` and `setInterval` return on the virtual clock; good enough for code that calls `unref`. */
class VirtualTimeout {
  timer: ClockTimer | undefined;
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  hasRef(): boolean {
    return true;
  }
  [Symbol.toPrimitive](): number {
    return this.timer?.id ?? 0;
  }
}

interface TimerFunctions {
  setTimeout: unknown;
  clearTimeout: unknown;
  setInterval: unknown;
  clearInterval: unknown;
}

/**
 * Puts the virtual clock behind `Date`, `setTimeout`, `setInterval`, their clear functions and `Math.random` of this
 * process, so that an unmodified app runs on it. Load the app afterwards.
 *
 * Still real: `setImmediate`, `process.nextTick`, microtasks, sockets, `AbortSignal.timeout`, `performance.now`.
 *
 * @returns puts the real ones back.
 */
export function replaceGlobals(clock: Clock): () => void {
  const require = createRequire(import.meta.url);
  const timers = timerFunctions(clock);
  const { promises, ...plain } = { ...timers, promises: promiseTimers(clock) };
  const restores = [
    replace(globalThis as unknown as Record<string, unknown>, { ...plain, Date: virtualDate(clock) }),
    replace(require('node:timers') as Record<string, unknown>, { ...plain }),
    replace(require('node:timers/promises') as Record<string, unknown>, promises),
    replace(Math as unknown as Record<string, unknown>, { random: () => clock.random() }),
  ];
  syncBuiltinESMExports();
  return () => {
    for (const restore of restores) restore();
    syncBuiltinESMExports();
  };
}

function replace(target: Record<string, unknown>, values: Readonly<Record<string, unknown>>): () => void {
  const before = Object.fromEntries(Object.keys(values).map((key) => [key, target[key]]));
  Object.assign(target, values);
  return () => void Object.assign(target, before);
}

function timerFunctions(clock: Clock): TimerFunctions {
  const known = new Map<number, VirtualTimeout>();
  const arm = (timeout: VirtualTimeout, delayMs: number, run: () => void): void => {
    timeout.timer = clock.after(delayMs, run);
    known.set(timeout.timer.id, timeout);
  };
  const forget = (timeout: VirtualTimeout): void => {
    if (timeout.timer) known.delete(timeout.timer.id);
  };
  const clear = (handle: unknown): void => {
    const timeout = handle instanceof VirtualTimeout ? handle : known.get(Number(handle));
    if (!timeout?.timer) return;
    clock.cancel(timeout.timer);
    forget(timeout);
  };
  return {
    setTimeout(callback: Callback, delayMs = 0, ...args: unknown[]) {
      const timeout = new VirtualTimeout();
      arm(timeout, atLeastOne(delayMs), () => {
        forget(timeout);
        callback(...args);
      });
      return timeout;
    },
    setInterval(callback: Callback, delayMs = 0, ...args: unknown[]) {
      const timeout = new VirtualTimeout();
      const tick = (): void => {
        forget(timeout);
        arm(timeout, atLeastOne(delayMs), tick);
        callback(...args);
      };
      arm(timeout, atLeastOne(delayMs), tick);
      return timeout;
    },
    clearTimeout: clear,
    clearInterval: clear,
  };
}

const atLeastOne = (delayMs: number): number => (delayMs >= 1 ? Math.trunc(delayMs) : 1);

const promiseTimers = (clock: Clock): Record<string, unknown> => ({
  setTimeout: (delayMs = 0, value?: unknown) =>
    new Promise((resolve) => clock.after(atLeastOne(delayMs), () => resolve(value))),
});

const virtualDate = (clock: Clock): DateConstructor =>
  new Proxy(Date, {
    apply: (target) => new target(clock.now()).toString(),
    construct: (target, args: unknown[], newTarget) =>
      Reflect.construct(target, args.length > 0 ? args : [clock.now()], newTarget) as Date,
    get: (target, key) => (key === 'now' ? () => clock.now() : (Reflect.get(target, key) as unknown)),
  });

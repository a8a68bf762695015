/** Handle of a timer armed with {@link Clock.after}; opaque to callers. */
export interface ClockTimer {
  readonly id: number;
}

/** The simulator's only source of time and chance. */
export interface Clock {
  /** Milliseconds since the epoch, UTC. */
  now(): number;
  /** Runs `run` once, `delayMs` milliseconds from now, never synchronously. */
  after(delayMs: number, run: () => void): ClockTimer;
  /** Forgets a timer; an unknown or fired one is ignored. */
  cancel(timer: ClockTimer): void;
  /** A number in [0, 1). */
  random(): number;
}

/** The machine's clock and chance; its timers do not keep the process alive. */
export function createRealClock(): Clock {
  const timers = new Map<number, NodeJS.Timeout>();
  let last = 0;
  return {
    now: () => Date.now(),
    random: () => Math.random(),
    after(delayMs, run) {
      const id = (last += 1);
      const timer = setTimeout(() => {
        timers.delete(id);
        run();
      }, delayMs);
      timers.set(id, timer.unref());
      return { id };
    },
    cancel({ id }) {
      clearTimeout(timers.get(id));
      timers.delete(id);
    },
  };
}

/** A clock that an operator can push forward; only `now()` moves, timers already armed keep their delay. */
export interface ShiftedClock extends Clock {
  /** Adds milliseconds to every later `now()`. */
  shift(milliseconds: number): void;
}

/** Wraps `clock` so that `POST /simulator/clock` can advance it. */
export function shiftable(clock: Clock): ShiftedClock {
  let offset = 0;
  return {
    now: () => clock.now() + offset,
    after: (delayMs, run) => clock.after(delayMs, run),
    cancel: (timer) => clock.cancel(timer),
    random: () => clock.random(),
    shift(milliseconds) {
      offset += milliseconds;
    },
  };
}

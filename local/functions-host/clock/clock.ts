/** Handle of a timer armed with {@link Clock.after}; opaque to callers. */
export interface ClockTimer {
  readonly id: number;
}

/**
 * The only source of time and chance inside the local host, so that one engine runs on the real clock and on a
 * virtual, seeded one.
 */
export interface Clock {
  /** Milliseconds since the epoch, UTC. */
  now(): number;
  /** Runs `run` once, `delayMs` milliseconds from now (0 or less: as soon as possible, never synchronously). */
  after(delayMs: number, run: () => void): ClockTimer;
  /** Forgets a timer; a timer that has fired or is unknown is ignored. */
  cancel(timer: ClockTimer): void;
  /** A number in [0, 1): seeded on the virtual clock. */
  random(): number;
}

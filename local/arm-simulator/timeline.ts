/** What will happen in the simulated cloud, and when; nothing here needs a timer. */
export interface Timeline {
  /**
   * Runs `effect` once, when a request (or `catchUp`) first sees a time at or after `dueAt` (milliseconds since the epoch).
   *
   * Effects run in order of `dueAt`, then of registration, and receive their own due time.
   */
  at(dueAt: number, effect: (dueAt: number) => void): void;
  /** Runs every effect due by `now`, including those that such an effect adds. */
  catchUp(now: number): void;
  /** Due time of the next effect; undefined when nothing is pending. */
  next(): number | undefined;
}

interface Entry {
  readonly dueAt: number;
  readonly effect: (dueAt: number) => void;
}

/** An empty timeline. */
export function createTimeline(): Timeline {
  const entries: Entry[] = [];
  return {
    at(dueAt, effect) {
      let index = entries.length;
      while (index > 0 && (entries[index - 1] as Entry).dueAt > dueAt) index -= 1;
      entries.splice(index, 0, { dueAt, effect });
    },
    catchUp(now) {
      for (let entry = entries[0]; entry !== undefined && entry.dueAt <= now; entry = entries[0]) {
        entries.shift();
        entry.effect(entry.dueAt);
      }
    },
    next: () => entries[0]?.dueAt,
  };
}

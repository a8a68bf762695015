import type { Clock, ClockTimer } from '../../local/functions-host/clock/clock.ts';

/** A clock that moves only when told; its generator counts through a fixed cycle. */
export interface SteppedClock extends Clock {
  /** Moves on by so many milliseconds, firing what falls due in order and letting promises settle in between. */
  advance(milliseconds: number): Promise<void>;
  /** Lets promises settle. */
  settle(): Promise<void>;
  /** How many timers are armed. */
  armed(): number;
}

interface Entry {
  readonly timer: ClockTimer;
  readonly dueAt: number;
  readonly run: () => void;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A stepped clock that starts at an ISO instant; `draws` are the numbers its generator repeats. */
export function steppedClock(start: string, draws: readonly number[] = [0.5, 0.9, 0.7, 0.4]): SteppedClock {
  let now = Date.parse(start);
  let lastId = 0;
  let drawn = 0;
  let entries: Entry[] = [];
  const settle = async (): Promise<void> => {
    for (let turns = 0; turns < 5; turns += 1) await turn();
  };
  const nextDue = (until: number): Entry | undefined =>
    entries
      .filter((entry) => entry.dueAt <= until)
      .sort((one, other) => one.dueAt - other.dueAt || one.timer.id - other.timer.id)[0];
  return {
    now: () => now,
    after(delayMs, run) {
      lastId += 1;
      const timer = { id: lastId };
      entries.push({ timer, dueAt: now + Math.max(0, delayMs), run });
      return timer;
    },
    cancel(timer) {
      entries = entries.filter((entry) => entry.timer.id !== timer.id);
    },
    random: () => draws[drawn++ % draws.length] ?? 0,
    settle,
    armed: () => entries.length,
    async advance(milliseconds) {
      const until = now + milliseconds;
      await settle();
      for (let due = nextDue(until); due; due = nextDue(until)) {
        now = Math.max(now, due.dueAt);
        entries = entries.filter((entry) => entry !== due);
        due.run();
        await settle();
      }
      now = until;
    },
  };
}

import type { Clock } from './clock.ts';
import { watchOpenRequests } from './openRequests.ts';
import { seededRandom } from './seededRandom.ts';
import { createTimerHeap } from './timerHeap.ts';
import { replaceGlobals } from './virtualGlobals.ts';

/** Consecutive turns of the event loop without an open call after which the process counts as idle. */
const QUIET_TURNS = 4;

/** Where a virtual clock begins. */
export interface VirtualClockOptions {
  /** ISO 8601 or milliseconds since the epoch. */
  readonly startAt: string | number;
  readonly seed: number;
  /** Counts outgoing HTTP calls: the clock stands still while one is open. Needed when the app speaks HTTP. */
  readonly watchHttp?: boolean;
  /** Turns of the event loop that make the process idle; default 4. */
  readonly quietTurns?: number;
}

/** A clock that stands still while the process works and jumps to the next timer when it is idle. */
export interface VirtualClock extends Clock {
  /** Resolves when the process has nothing left to do at this moment. */
  whenIdle(): Promise<void>;
  /** Fires timers one by one until none is left, or until the next lies beyond `untilAt`. */
  runUntilIdle(untilAt?: number): Promise<void>;
  /** Runs every timer due up to that moment and sets the clock to it; a moment that has passed changes nothing. */
  advanceTo(at: string | number): Promise<void>;
  /** {@link advanceTo} so many milliseconds from now. */
  runFor(milliseconds: number): Promise<void>;
  /**
   * Fires timers until `isReached` is true.
   *
   * @returns whether it was reached within `limitMs` virtual milliseconds.
   */
  runUntil(isReached: () => boolean, limitMs: number): Promise<boolean>;
  /** Timers that are armed. */
  readonly armed: number;
  /** Puts this clock behind the globals of the process, see {@link replaceGlobals}; the result undoes it. */
  replaceGlobals(): () => void;
  /** Stops counting HTTP calls. */
  close(): void;
}

const turnOfTheLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const instant = (at: string | number): number => (typeof at === 'number' ? at : Date.parse(at));

/** A clock at `startAt` with a generator of its own; the same seed and the same work give the same run. */
export function createVirtualClock(options: VirtualClockOptions): VirtualClock {
  let now = instant(options.startAt);
  let lastId = 0;
  const heap = createTimerHeap();
  const random = seededRandom(options.seed);
  const requests = options.watchHttp ? watchOpenRequests() : undefined;
  const quietTurns = options.quietTurns ?? QUIET_TURNS;

  async function whenIdle(): Promise<void> {
    for (let quiet = 0; quiet < quietTurns;) {
      await turnOfTheLoop();
      quiet = (requests?.count ?? 0) > 0 ? 0 : quiet + 1;
    }
  }

  async function fireNext(untilAt: number): Promise<boolean> {
    await whenIdle();
    const next = heap.first();
    if (!next || next.dueAt > untilAt) return false;
    heap.takeFirst();
    now = Math.max(now, next.dueAt);
    next.run();
    return true;
  }

  async function runUntilIdle(untilAt = Infinity): Promise<void> {
    while (await fireNext(untilAt));
  }

  async function advanceTo(at: string | number): Promise<void> {
    const goal = instant(at);
    await runUntilIdle(goal);
    now = Math.max(now, goal);
  }

  async function runUntil(isReached: () => boolean, limitMs: number): Promise<boolean> {
    const limitAt = now + limitMs;
    await whenIdle();
    while (!isReached()) if (!(await fireNext(limitAt))) return isReached();
    return true;
  }

  const clock: VirtualClock = {
    now: () => now,
    random,
    after(delayMs, run) {
      lastId += 1;
      heap.add({ id: lastId, dueAt: now + Math.max(0, delayMs), run });
      return { id: lastId };
    },
    cancel: ({ id }) => heap.remove(id),
    whenIdle,
    runUntilIdle,
    advanceTo,
    runFor: (milliseconds) => advanceTo(now + milliseconds),
    runUntil,
    get armed() {
      return heap.size;
    },
    replaceGlobals: () => replaceGlobals(clock),
    close: () => requests?.close(),
  };
  return clock;
}

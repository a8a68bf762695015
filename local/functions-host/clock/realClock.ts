import type { Clock, ClockTimer } from './clock.ts';

/** The longest delay a Node timer takes; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's own clock and generator. Timers of any length keep the process alive until they fire. */
export function createRealClock(): Clock {
  const armed = new Map<number, NodeJS.Timeout>();
  let lastId = 0;
  const arm = (id: number, dueAt: number, run: () => void): void => {
    const remaining = Math.max(0, dueAt - Date.now());
    const leg = Math.min(remaining, LONGEST_TIMER_MS);
    const fire = (): void => {
      if (remaining > LONGEST_TIMER_MS) return arm(id, dueAt, run);
      armed.delete(id);
      run();
    };
    armed.set(id, setTimeout(fire, leg));
  };
  return {
    now: () => Date.now(),
    after(delayMs, run): ClockTimer {
      lastId += 1;
      arm(lastId, Date.now() + delayMs, run);
      return { id: lastId };
    },
    cancel({ id }) {
      clearTimeout(armed.get(id));
      armed.delete(id);
    },
    random: () => Math.random(),
  };
}

import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * One life of the app process. Work started in a life that has been killed never settles, as after a SIGKILL, and code
 * that still runs in it can be told apart from code of the next life.
 */
export interface ProcessLife {
  readonly alive: boolean;
  /** Pieces of work that have not settled. */
  readonly running: number;
  run<T>(work: () => Promise<T>): Promise<T>;
  kill(): void;
  /** Resolves when nothing runs. */
  idle(): Promise<void>;
}

const lives = new AsyncLocalStorage<ProcessLife>();

/** The life the calling code belongs to; undefined outside every invocation. */
export const currentLife = (): ProcessLife | undefined => lives.getStore();

/** A new life. */
export function beginLife(): ProcessLife {
  let alive = true;
  let running = 0;
  const waiting: (() => void)[] = [];
  const ended = (): void => {
    running -= 1;
    if (running === 0) for (const wake of waiting.splice(0)) wake();
  };
  const life: ProcessLife = {
    get alive() {
      return alive;
    },
    get running() {
      return running;
    },
    run<T>(work: () => Promise<T>): Promise<T> {
      running += 1;
      return new Promise<T>((resolve, reject) => {
        const settle = (act: () => void): void => {
          ended();
          if (alive) act();
        };
        lives
          .run(life, async () => work())
          .then(
            (value) => settle(() => resolve(value)),
            (error: unknown) => settle(() => reject(error as Error)),
          );
      });
    },
    kill: () => void (alive = false),
    idle: () => (running === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
  return life;
}

import type { OpenTask } from './instanceRecord.ts';

/** An activity waiting for a worker. */
export interface ActivityItem {
  readonly instanceId: string;
  readonly executionId: string;
  readonly task: Pick<OpenTask, 'id' | 'name' | 'input'>;
  /** The result goes nowhere: the instance has already failed. */
  readonly unasked?: true;
}

/** Hands activities to workers, first come first served, never more at once than allowed. */
export interface ActivityPool {
  add(item: ActivityItem): void;
  /** Starts nothing more; what runs goes on. */
  close(): void;
  /** Resolves when nothing runs. */
  idle(): Promise<void>;
}

/** @param run must not reject. */
export function createActivityPool(limit: number, run: (item: ActivityItem) => Promise<void>): ActivityPool {
  const waiting: ActivityItem[] = [];
  let next = 0;
  let running = 0;
  let closed = false;
  const watchers: (() => void)[] = [];
  const fill = (): void => {
    while (!closed && running < limit && next < waiting.length) {
      const item = waiting[next++];
      if (next > 1024) next -= waiting.splice(0, next).length;
      if (item) begin(item);
    }
  };
  const begin = (item: ActivityItem): void => {
    running += 1;
    void run(item).then(() => {
      running -= 1;
      fill();
      if (running === 0) for (const wake of watchers.splice(0)) wake();
    });
  };
  return {
    add(item) {
      waiting.push(item);
      fill();
    },
    close: () => void (closed = true),
    idle: () => (running === 0 ? Promise.resolve() : new Promise((resolve) => watchers.push(resolve))),
  };
}

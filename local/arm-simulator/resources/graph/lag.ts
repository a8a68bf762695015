import type { Core } from '../../core.ts';
import { currentRows, type GraphRow, type GraphTable } from './graph-sources.ts';

/** Rows as they were some time ago. */
interface LaggingRows {
  /** Keeps a copy of all rows, to be shown when the lag has passed. */
  keep(): void;
  /** Rows at `now` minus the lag; the rows of the first copy are always old enough. */
  at(now: number): Record<GraphTable, readonly GraphRow[]>;
}

interface Copy {
  readonly takenAt: number;
  readonly json: string;
}

/** Copies are only kept while `lagSeconds` is more than 0. */
export function createLaggingRows(core: Core, lagSeconds: () => number): LaggingRows {
  const copies: Copy[] = [];
  return {
    keep() {
      if (lagSeconds() === 0) return;
      const json = JSON.stringify(currentRows(core));
      if (copies.at(-1)?.json === json) return;
      copies.push({ takenAt: copies.length === 0 ? -Infinity : core.clock.now(), json });
    },
    at(now) {
      const lag = core.duration(lagSeconds());
      if (lag === 0) return currentRows(core);
      const old = copies.findLast(({ takenAt }) => takenAt <= now - lag);
      return old === undefined ? currentRows(core) : (JSON.parse(old.json) as Record<GraphTable, GraphRow[]>);
    },
  };
}

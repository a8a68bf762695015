import type { RunRecord, RunStatus } from './run.ts';
import type { RunServices } from './runServices.ts';

/** What a list of runs is narrowed to; all given members must match. `target` is an ARM id in any case. */
export interface RunFilter {
  readonly status?: RunStatus;
  readonly kind?: RunRecord['kind'];
  readonly target?: string;
  readonly batch?: string;
}

/** A run in a list: the record without its steps. */
export type ListedRun = Omit<RunRecord, 'steps' | 'operation'>;

/** One page, newest first; `continuation` is opaque and absent after the last. */
export interface RunPage {
  readonly runs: readonly ListedRun[];
  readonly continuation?: string;
}

/** Which page: at most `top` runs (1–100, 50 unless given). */
export interface RunPaging {
  readonly top?: number;
  readonly continuation?: string;
}

/** One page of runs; reads a number of rows that does not grow with the table. */
export async function listRuns(
  _services: RunServices,
  _filter: RunFilter,
  _paging: RunPaging = {},
): Promise<RunPage> {
  throw new Error('listRuns is not built yet');
}

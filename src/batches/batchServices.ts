import type { EstateServices } from '../estate/askArm.ts';
import type { LoadedPlan } from '../plan/loadPlan.ts';
import type { RunServices } from '../runs/runServices.ts';
import type { Table } from '../storage/table.ts';

/** Everything batches and sweeps are carried with. */
export interface BatchServices {
  readonly clock: () => Date;
  readonly runs: RunServices;
  /** Asks a child to stop, also one that waits for its job. Harmless to repeat. */
  readonly cancelChild: (runId: string, caller: string | undefined) => Promise<void>;
  /** Items of batches: partition = batch and digest of its request, row key = item. */
  readonly batchItems: Table;
  /** What was used up of the service's daily limits: partition = UTC date. */
  readonly dailyCounters: Table;
  readonly loadPlan: () => Promise<LoadedPlan>;
  readonly estate: EstateServices;
  /** Least pause between two looks at children, in seconds. */
  readonly minimumPollSeconds: number;
}

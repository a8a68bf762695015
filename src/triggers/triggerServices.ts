import type { LoadedPlan } from '../plan/loadPlan.ts';
import type { RunServices } from '../runs/runServices.ts';
import type { Table } from '../storage/table.ts';

/** What triggers are accepted with. */
export interface TriggerServices {
  readonly clock: () => Date;
  readonly runs: RunServices;
  /** What has been handled: events, schedules, and which run looks after a resource. */
  readonly triggers: Table;
  readonly loadPlan: () => Promise<LoadedPlan>;
  /** One line for people; ids and reasons only. */
  readonly log: (message: string) => void;
}

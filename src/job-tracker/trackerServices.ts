import type { Json, JsonObject } from '../arm/call.ts';
import type { StepServices } from '../steps/stepServices.ts';
import type { Table } from '../storage/table.ts';
import type { JobService } from './jobService.ts';
import type { Watch } from './watch.ts';

/** Everything the tracker acts through. */
export interface TrackerServices extends Pick<StepServices, 'clock' | 'newId' | 'arm' | 'pacer' | 'log'> {
  /** Watches by vault, and the trackers' own rows. */
  readonly watches: Table;
  readonly jobServices: Readonly<Record<Watch['service'], JobService>>;
  /** Least pause between two lists, in seconds. */
  readonly minimumPollSeconds: number;
  /** Resolves after so many milliseconds: what a timer that fires early has left over. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Starts an orchestration; `exists` while one of that id is pending or running. */
  readonly start: (orchestration: string, instanceId: string, input: Json) => Promise<'started' | 'exists'>;
  /** Raises an event to an instance. */
  readonly raise: (
    instanceId: string,
    eventName: string,
    payload: Json,
  ) => Promise<'raised' | 'ended' | 'missing'>;
  /** Instance id of the flow that carries a generation of a run. */
  readonly flowOf: (runId: string, generation: number) => string;
  readonly isCancelRequested: (runId: string) => Promise<boolean>;
  /** Writes the real ending of a run that ended `timedOut` before its job did; absent: such jobs are not watched on. */
  readonly finishLate?: (runId: string, generation: number, ending: JsonObject) => Promise<void>;
}

import type { Json } from '../arm/call.ts';
import type { StepSummary } from '../steps/step.ts';
import type { Table } from '../storage/table.ts';
import type { BatchReport, JobState, RunInput, RunRecord } from './run.ts';
import type { RunState } from './runRow.ts';

/** The flows of runs, as far as the record and the watchdog need them. */
export interface RunFlows {
  start(orchestration: string, instanceId: string, input: Json): Promise<'started' | 'exists'>;
  status(
    instanceId: string,
  ): Promise<'pending' | 'running' | 'completed' | 'failed' | 'terminated' | undefined>;
}

/** Everything the run record is kept with. */
export interface RunServices {
  readonly clock: () => Date;
  /** Run rows and the lists they stand in, in one partition. */
  readonly runs: Table;
  readonly flows: RunFlows;
  /** Name of the orchestration that carries a run. */
  readonly orchestration: string;
  /** `DELETE_BACKUPS`: fixed for a run when it first begins. */
  readonly mayDeleteBackups: boolean;
  /** `RESTORE_DRILLS`: fixed likewise. */
  readonly mayDrill?: boolean;
  /** `MINIMUM_POLL_SECONDS`: fixed likewise. */
  readonly minimumPollSeconds?: number;
  /**
   * Orders the first step of a flow that is about to start; answers whether an event will tell of it. Absent, or where it
   * answers no, the flow orders it by itself. Never throws.
   */
  readonly orderFirst?: (input: RunInput) => Promise<boolean>;
  /** Steps of a run from the ledger, in order. */
  readonly listSteps: (runId: string) => Promise<readonly StepSummary[]>;
  /** The job that a run's backup is followed by, as last seen; undefined when none is. */
  readonly seenJob?: (runId: string, steps: readonly StepSummary[]) => Promise<JobState | undefined>;
  /** Whether the job of a run's backup is watched by its vault's tracker, which has a watchdog of its own. As of one invocation. */
  readonly isWatched?: (runId: string) => Promise<boolean>;
  /** Runs that the watchdog need not look at before an instant (milliseconds); kept in the process only. */
  readonly quietUntil?: Map<string, number>;
  /** Counts and failures of a batch that goes on; undefined for any other run. */
  readonly describeBatch?: (run: RunState) => Promise<Omit<BatchReport, 'report'> | undefined>;
  /** Has an ending told to whom the plan names; asked again for the same ending it does nothing. */
  readonly notify?: (record: RunRecord) => Promise<void>;
  /** Tells a batch's shard that a child of it has ended. A hint: never throws. */
  readonly wakeShard?: (instanceId: string) => Promise<void>;
  /** Sends a step's message again. */
  readonly sendStepAgain: (runId: string, stepId: string) => Promise<void>;
}

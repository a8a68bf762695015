import type { OrchestrationContext, Task } from 'durable-functions';
import type { Json } from '../arm/call.ts';
import type { RunRequest } from '../runs/request.ts';
import type { JobState, RunEnding, RunFacts } from '../runs/run.ts';

/** Last activity of a run. Input: `RunFinish`. Writes the record and answers nothing. */
export const finishRunActivity = 'finishRun';

/** Name of the one orchestration that carries every run; its input is `RunInput`. */
export const runOrchestration = 'run';

/** Finds the items of a batch or sweep. Input: `GatherInput`. Answer: `GatherAnswer`. */
export const gatherItemsActivity = 'gatherItems';

/** Settles ended children of a shard and starts further ones. Input: `ShardInput`. Answer: `ShardProgress`. */
export const advanceShardActivity = 'advanceShard';

/** Writes the report of a batch into its row. Input: `GatherInput`. Answer: `BatchEnding`. */
export const reportBatchActivity = 'reportBatch';

/** Says where a run about a written resource stands. Input: `ResourceWatch`. Answer: `ResourceWatched`. */
export const watchResourceActivity = 'watchResource';

/** Applies the plan to a written resource. Input: `WrittenResource`. Answer: `PlanChoice`. */
export const choosePlanActivity = 'choosePlan';

/** Name of the orchestration that carries at most 100 children of a batch; its input is `ShardInput`. */
export const shardOrchestration = 'batchShard';

/**
 * A replayed flow that ends with `T`. The library types what it sends back as `any`; here it is `unknown`, read in
 * `takeStep` and `run` alone, and `yield*` keeps the type of every result.
 */
export type Flow<T> = Generator<Task, T, unknown>;

/** How a run's flow ends; `run` adds the warnings that its steps have left. */
export type FlowEnding = Omit<RunEnding, 'warnings'>;

/** The part of `context.df` that flows use. */
export type Durable = Pick<
  OrchestrationContext['df'],
  | 'callActivity'
  | 'callSubOrchestrator'
  | 'waitForExternalEvent'
  | 'createTimer'
  | 'currentUtcDateTime'
  | 'Task'
>;

/** A job that a step has started. */
export interface StartedJob {
  /** n of the event `job-<n>` that is to tell its end. */
  readonly event: number;
  /** What the tracker has answered the executor; absent where the flow must ask by itself. */
  readonly watched?: Json;
  /** The job's end, where it has come with what the step gave. */
  readonly told?: Json;
}

/** What a flow carries from step to step. Made anew for every replay, so its counters are deterministic. */
export interface FlowContext {
  readonly df: Durable;
  readonly runId: string;
  readonly generation: number;
  readonly facts: RunFacts;
  /** The first ask of the first step was made by whoever has started the flow. */
  readonly isOrdered?: true;
  /** Steps taken so far: the last step's id as a number. */
  stepsTaken: number;
  /** Asks made so far: the last event's number. */
  asksMade: number;
  /** Jobs watched so far: the number of the last event `job-<n>`. */
  jobsWatched: number;
  /** Of the step taken last, if it has started a job. */
  startedJob?: StartedJob | undefined;
  /** The job as far as it is known: every ending carries it, also one that gave up before the job ended. */
  job?: JobState;
  /** Sentences for the run record that do not change its ending. */
  readonly warnings: string[];
}

/** A fresh context for one replay of a run. */
export function flowContext(
  df: Durable,
  run: Pick<FlowContext, 'runId' | 'generation' | 'facts' | 'isOrdered'>,
): FlowContext {
  return { df, ...run, stepsTaken: 0, asksMade: 0, jobsWatched: 0, warnings: [] };
}

const usualBeatSeconds = 10;

/** Seconds between looks at what changes by itself, in beats of the least wait between polls (10 s unless set). */
export const beats = ({ facts }: FlowContext, count: number): number =>
  count * (facts.beatSeconds ?? usualBeatSeconds);

/** The flows of one service by kind of request; a kind it cannot do is left out. */
export type ServiceFlows = {
  readonly [K in RunRequest['kind']]?: (
    context: FlowContext,
    request: Extract<RunRequest, { kind: K }>,
  ) => Flow<FlowEnding>;
};

import type { OrchestrationContext, Task } from 'durable-functions';
import type { RunRequest } from '../runs/request.ts';
import {
  isPlanRequest,
  type PlanRequest,
  type RunEnding,
  type RunFinish,
  type RunInput,
  type RunStatus,
} from '../runs/run.ts';
import { cleanUpAfter } from './drills/cleanUp.ts';
import {
  finishRunActivity,
  flowContext,
  type Durable,
  type Flow,
  type FlowContext,
  type FlowEnding,
  type ServiceFlows,
} from './flow.ts';
import { carryBatch } from './plan/carryBatch.ts';
import { protectByPlan } from './plan/protectByPlan.ts';
import { targetKindOf, type TargetKind } from './recovery-services/itemTarget.ts';
import { FlowEnded, StepFailed, refuse, type BadOutcome } from './refusals.ts';
import type { StepOrder } from '../steps/step.ts';
import { callUntilAnswered, orderStepActivity } from './takeStep.ts';

/** By kind of target; a service that is added puts its flows beside its kinds. */
export type FlowTable = Readonly<Partial<Record<TargetKind, ServiceFlows>>>;

function flowsFor(table: FlowTable, request: RunRequest): ServiceFlows {
  const kind = targetKindOf(request.target);
  const flows = kind && table[kind];
  if (flows) return flows;
  const what = 'id' in request.target ? request.target.id : request.target.kind;
  throw refuse('TargetNotSupported', `No flow of this version knows the target ${what}.`);
}

/**
 * Chooses the flow for a request.
 *
 * @throws FlowEnded when no service knows the target, or its service cannot do what is asked.
 */
function flowOf(table: FlowTable, context: FlowContext, request: RunRequest): Flow<FlowEnding> {
  const flows = flowsFor(table, request);
  const chosen = flows[request.kind] as ((c: FlowContext, r: RunRequest) => Flow<FlowEnding>) | undefined;
  if (!chosen) throw refuse('RequestNotSupported', `The target's service has no flow for ${request.kind}.`);
  return chosen(context, request);
}

/** The flow of a request that the plan answers. */
function planFlow(table: FlowTable, context: FlowContext, request: PlanRequest): Flow<FlowEnding> {
  if (request.kind === 'cleanUp') return cleanUpAfter(context, request);
  if (request.kind !== 'protectByPlan') return carryBatch(context);
  return protectByPlan((asked) => flowOf(table, context, asked), context, request);
}

const statusOf: Readonly<Record<BadOutcome['kind'], Exclude<RunStatus, 'accepted' | 'running'>>> = {
  refused: 'failed',
  failed: 'failed',
  timedOut: 'timedOut',
  unknown: 'unknown',
  cancelled: 'cancelled',
};

function endingOfStep({ stepName, outcome }: StepFailed): FlowEnding {
  const status = statusOf[outcome.kind];
  if (outcome.kind === 'cancelled') {
    return { status, error: { code: 'RunCancelled', message: `The run was cancelled before ${stepName}.` } };
  }
  const message = `${stepName}: ${outcome.failure.message}`;
  return { status, error: { ...outcome.failure, message } };
}

/**
 * An exception that is neither a step's nor a flow's own is a mistake of ours: the run must end all the same. Only its
 * first line is told: the platform appends stack traces to an activity's message.
 */
function endingOfMistake(error: unknown): FlowEnding {
  const [line = ''] = error instanceof Error ? error.message.split('\n') : [];
  return {
    status: 'failed',
    error: { code: 'FlowBroken', message: line.trim().slice(0, 500) || 'The flow stopped without a reason.' },
  };
}

function endingOfError(error: unknown): FlowEnding {
  if (error instanceof StepFailed) return endingOfStep(error);
  if (error instanceof FlowEnded) return { status: error.status, error: error.failure };
  return endingOfMistake(error);
}

function* endingOf(flow: () => Flow<FlowEnding>): Flow<FlowEnding> {
  try {
    return yield* flow();
  } catch (error) {
    return endingOfError(error);
  }
}

const complete = (context: FlowContext, ending: FlowEnding): RunEnding => ({
  ...(context.job ? { job: context.job } : {}),
  ...ending,
  warnings: context.warnings,
});

/** The orchestration that carries a run, for a given table of flows. */
export function* carryRun(df: Durable, input: RunInput, table: FlowTable): Flow<RunEnding> {
  const { request, ...run } = input;
  const context = flowContext(df, run);
  const flow = () =>
    isPlanRequest(request) ? planFlow(table, context, request) : flowOf(table, context, request);
  const ending = complete(context, yield* endingOf(flow));
  const finish: RunFinish = { runId: run.runId, generation: run.generation, ending };
  yield* callUntilAnswered(df, finishRunActivity, finish);
  return ending;
}

interface Asked {
  readonly activity: string;
  readonly input: unknown;
}

const noTask = (): never => {
  throw new Error('Nothing is waited for before the first activity.');
};

/** What the flow of a run would order first, for whoever starts it; undefined where something else comes before a step. */
export function firstOrderOf(input: RunInput, table: FlowTable, now: Date): StepOrder | undefined {
  const callActivity = (activity: string, given: unknown) => ({ activity, input: given }) as unknown as Task;
  const waits = { createTimer: noTask, waitForExternalEvent: noTask, callSubOrchestrator: noTask };
  const df = { currentUtcDateTime: now, callActivity, ...waits, Task: { any: noTask, all: noTask } };
  const first = carryRun(df as unknown as Durable, input, table).next();
  const asked = first.value as unknown as Partial<Asked>;
  return asked.activity === orderStepActivity ? (asked.input as StepOrder) : undefined;
}

/** The one orchestration: takes the flow that its request names, writes the ending. */
export const runOver = (table: FlowTable) =>
  function* run(context: OrchestrationContext): Generator<Task, RunEnding, unknown> {
    return yield* carryRun(context.df, context.df.getInput<RunInput>(), table);
  };

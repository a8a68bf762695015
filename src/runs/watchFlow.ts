import { recordStarted, startFlow } from './acceptRun.ts';
import { changeRun } from './changeRun.ts';
import { endingFromSteps, finishRun } from './finishRun.ts';
import { isPlanRequest } from './run.ts';
import type { StepSummary } from '../steps/step.ts';
import { instanceIdOf, type RunState } from './runRow.ts';
import type { RunServices } from './runServices.ts';

/** What the watchdog has found and done about one run. */
export interface RunAlert {
  readonly kind: 'started' | 'nextGeneration' | 'finishedFromSteps' | 'reminded' | 'stuck' | 'unknown';
  readonly runId: string;
  readonly message: string;
}

const minuteMs = 60_000;
/** A trigger that accepted a run starts its flow within this time, or has died. */
export const startPatienceMs = 2 * minuteMs;
/** A flow that is still pending after this time will not run any more. */
const pendingPatienceMs = 15 * minuteMs;
/** A step that should have moved this long ago is reminded of. */
export const stepPatienceMs = 10 * minuteMs;
/** A flow that shows no progress for this long is a person's business. */
const flowPatienceMs = 60 * minuteMs;
/** Generations after which a flow that keeps failing is not started again. */
const mostGenerations = 3;
/** Whether an instant (ISO 8601 UTC) lies longer ago than so many milliseconds. */
export const isOlder = (services: RunServices, instant: string, patienceMs: number): boolean =>
  services.clock().getTime() - Date.parse(instant) > patienceMs;

/** A run that was accepted and whose flow nobody has noted to run: its starter may have died at any point. */
export async function watchAccepted(services: RunServices, run: RunState): Promise<RunAlert | undefined> {
  if (!isOlder(services, run.generationAt, startPatienceMs)) return undefined;
  const status = await services.flows.status(instanceIdOf(run.id, run.generation));
  switch (status) {
    case undefined:
      await startFlow(services, run);
      return { kind: 'started', runId: run.id, message: 'The run had been accepted and not started.' };
    case 'running':
      await recordStarted(services, { runId: run.id, generation: run.generation });
      return undefined;
    default:
      return unlessRunning(services, run, status);
  }
}

/** A run whose flow goes on, or should. */
export async function watchRunning(services: RunServices, run: RunState): Promise<RunAlert | undefined> {
  const status = await services.flows.status(instanceIdOf(run.id, run.generation));
  switch (status) {
    case undefined:
      return anew(services, run, 'The platform has lost the flow.');
    case 'running':
      // What the plan decides waits for other runs, which are watched themselves.
      return isPlanRequest(run.request) ? watchLongest(services, run) : watchSteps(services, run);
    default:
      return unlessRunning(services, run, status);
  }
}

type NotRunning = Exclude<Awaited<ReturnType<RunServices['flows']['status']>>, 'running' | undefined>;

async function unlessRunning(
  services: RunServices,
  run: RunState,
  status: NotRunning,
): Promise<RunAlert | undefined> {
  switch (status) {
    case 'pending':
      return isOlder(services, run.generationAt, pendingPatienceMs)
        ? anew(services, run, 'The flow was pending for over 15 minutes.')
        : undefined;
    case 'failed':
      return anew(services, run, 'The flow failed.');
    case 'completed':
    case 'terminated':
      return finishFromSteps(services, run, `The flow ${status} without writing its ending.`);
  }
}

/** Starts the next generation: it replays nothing, and its steps meet the ledger. */
async function anew(services: RunServices, run: RunState, reason: string): Promise<RunAlert | undefined> {
  if (run.generation >= mostGenerations) return finishFromSteps(services, run, reason);
  const generationAt = services.clock().toISOString();
  const answer = await changeRun(services, run.id, (now) =>
    now.generation === run.generation && now.status === run.status
      ? { ...now, generation: now.generation + 1, generationAt }
      : undefined,
  );
  // Not by `changed`: a write that was repeated after a lost answer is ours, too.
  if (answer?.run.generationAt !== generationAt) return undefined;
  await startFlow(services, answer.run);
  const message = `${reason} Generation ${answer.run.generation} goes on.`;
  return { kind: 'nextGeneration', runId: run.id, message };
}

async function finishFromSteps(
  services: RunServices,
  run: RunState,
  reason: string,
): Promise<RunAlert | undefined> {
  const ending = endingFromSteps(await services.listSteps(run.id), reason);
  const finish = { runId: run.id, generation: run.generation, ending };
  if ((await finishRun(services, finish)) === 'ignored') return undefined;
  return { kind: 'finishedFromSteps', runId: run.id, message: `${reason} Its steps say ${ending.status}.` };
}

/** No batch lasts longer: its children give up by themselves. */
const longestBatchMs = 50 * 60 * minuteMs;

function watchLongest(services: RunServices, run: RunState): RunAlert | undefined {
  const since = run.begunAt ?? run.generationAt;
  if (!isOlder(services, since, longestBatchMs)) return undefined;
  return { kind: 'stuck', runId: run.id, message: `Running since ${since}.` };
}

/** The flow hears of a step that has started a job by the job's end: where nobody watches it, it is watched anew. */
function unwatched(services: RunServices, steps: readonly StepSummary[]): readonly StepSummary[] {
  const last = steps.at(-1);
  const isSilent = last?.startsJob && last.outcome?.kind === 'done';
  return isSilent && isOlder(services, last.dueAt, stepPatienceMs) ? [last] : [];
}

async function watchSteps(services: RunServices, run: RunState): Promise<RunAlert | undefined> {
  const steps = await services.listSteps(run.id);
  const lastMove =
    steps
      .map(({ dueAt }) => dueAt)
      .sort()
      .at(-1) ??
    run.begunAt ??
    run.generationAt;
  const waiting = steps.filter(
    (step) => step.state !== 'settled' && isOlder(services, step.dueAt, stepPatienceMs),
  );
  const silent = [...waiting, ...unwatched(services, steps)];
  await Promise.all(silent.map(({ stepId }) => services.sendStepAgain(run.id, stepId)));
  if (isOlder(services, lastMove, flowPatienceMs)) {
    return { kind: 'stuck', runId: run.id, message: `Nothing has moved since ${lastMove}.` };
  }
  if (silent.length === 0) return undefined;
  const names = silent.map(({ name }) => name).join(', ');
  return { kind: 'reminded', runId: run.id, message: `Steps overdue: ${names}.` };
}

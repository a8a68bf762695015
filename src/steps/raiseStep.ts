import type { JsonObject } from '../arm/call.ts';
import type { StepEvent, StepOutcome } from './step.ts';
import type { StepState } from './stepRow.ts';
import type { StepServices } from './stepServices.ts';
import { later, secondsUntil } from './timings.ts';

/** Bytes of an event's payload. */
const largestEventBytes = 8192;
/** Bytes of an outcome in its row, which one column must hold. */
const largestOutcomeBytes = 24_576;

const bytesOf = (value: object): number => Buffer.byteLength(JSON.stringify(value), 'utf8');

/** What a flow may be told about a step at this moment: its outcome, or how long to wait. */
export function outcomeNow(step: StepState, now: Date): StepOutcome {
  if (step.outcome) return step.outcome;
  const waitSeconds = Math.max(1, secondsUntil(step.notBefore ?? now, now));
  return { kind: 'waiting', waitSeconds, ...(step.reason === undefined ? {} : { reason: step.reason }) };
}

/** Whether an outcome fits into its row. */
export const fitsRow = (outcome: StepOutcome): boolean => bytesOf(outcome) <= largestOutcomeBytes;

const fitsEvent = (stepId: string, outcome: StepOutcome): boolean =>
  bytesOf({ stepId, outcome }) <= largestEventBytes;

/** An outcome that is too large for an event is asked for once more: the activity answers a settled step itself. */
const askAgain: StepOutcome = { kind: 'waiting', waitSeconds: 1 };

/** What a flow is told of a step that has ended; nothing where the end of the job that it has started tells it all. */
async function endOf(services: StepServices, step: StepState): Promise<StepOutcome | undefined> {
  const now = services.clock();
  const outcome = outcomeNow(step, now);
  const { runId, generation, jobEvent: event } = step;
  const started = services.catalogue.get(step.name)?.watch;
  if (outcome.kind !== 'done' || event === undefined || !started || !services.watchJob) return outcome;
  // From the job's start: a step may have been held back for a day.
  const giveUpAt = later(step.settledAt ?? now, started.seconds(step.input as never)).toISOString();
  const backup = started.orderOf(outcome.result);
  const order = { ...backup, runId, generation, event, giveUpAt, started: outcome.result };
  const watched = await services.watchJob(order as JsonObject);
  if (watched === null) return undefined;
  const told = { ...outcome, watched };
  // A flow that is not told asks the tracker by itself.
  return fitsEvent(step.stepId, told) ? told : outcome;
}

/** A flow that the platform has not shown by then is lost: a later generation of its run takes the step up again. */
const newFlowSeconds = 600;

/**
 * Raises `step-<ask>` to the flow. A flow that has ended is fine, and one that is lost: its step stays as it is, and no
 * message goes round for it.
 *
 * @throws Error when the platform does not know the instance of a young step yet: the message is to be delivered again.
 */
async function raise(services: StepServices, step: StepState, outcome: StepOutcome): Promise<void> {
  const { runId, stepId, generation, ask } = step;
  const event: StepEvent = { stepId, outcome: fitsEvent(stepId, outcome) ? outcome : askAgain };
  const raised = await services.raise(runId, generation, `step-${ask}`, event);
  if (raised === 'raised') return;
  if (raised === 'missing' && services.clock() < later(step.firstAt, newFlowSeconds))
    throw new Error(`The flow of run ${runId}, generation ${generation}, is not there yet.`);
  const why = raised === 'missing' ? 'is lost' : 'had ended before its answer';
  services.log('info', `The flow ${why}.`, { runId, stepId, ask });
}

/** Tells the flow that a step has ended: by `job-<n>` where it has started a job, which is watched from here on. */
export async function raiseEnd(services: StepServices, step: StepState): Promise<void> {
  const outcome = await endOf(services, step);
  if (outcome) await raise(services, step, outcome);
}

/** Tells the flow where a step stands; of one that has started a job the flow then asks the tracker by itself. */
export const raiseStanding = (services: StepServices, step: StepState): Promise<void> =>
  raise(services, step, outcomeNow(step, services.clock()));

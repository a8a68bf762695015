import type { Task } from 'durable-functions';
import type { Json, JsonObject } from '../arm/call.ts';
import type { JobEvent } from '../arm/backupJob.ts';
import type { Step, StepEvent, StepOrder, StepOutcome } from '../steps/step.ts';
import { beats, type Durable, type Flow, type FlowContext, type StartedJob } from './flow.ts';
import { StepFailed } from './refusals.ts';

const mostTries = 10;
const firstPauseSeconds = 5;
const longestPauseSeconds = 600;

/**
 * Calls an activity until it answers: storage or the platform may be out of reach for a while.
 *
 * @throws whatever the activity throws at the tenth try, after about half an hour.
 */
export function* callUntilAnswered<T>(df: Durable, activity: string, input: unknown): Flow<T> {
  for (let tries = 1; ; tries++) {
    try {
      return (yield df.callActivity(activity, input)) as T;
    } catch (error) {
      if (tries === mostTries) throw error;
      const seconds = Math.min(firstPauseSeconds * 3 ** (tries - 1), longestPauseSeconds);
      yield df.createTimer(new Date(df.currentUtcDateTime.getTime() + seconds * 1000));
    }
  }
}

/** The activity that writes a step into the ledger and sends its message. Input: {@link StepOrder}. Answer: {@link OrderAnswer}. */
export const orderStepActivity = 'orderStep';

/**
 * What the activity `orderStep` answers: the outcome where the ledger knows it already (settled, or a wait that lies
 * far ahead), and no event follows; nothing when the event `step-<ask>` will tell.
 */
export type OrderAnswer = StepOutcome | null | undefined;

/** Seconds a flow waits for an answer before it orders the step again. */
const answerDeadlineSeconds = 180;
/** Up to this: a step parked for hours by a daily limit is not asked for every 180 s. */
const longestDeadlineSeconds = 1800;
/** Longer timers are split by the platform. */
const longestSleepSeconds = 6 * 86_400;
/** The executor gives a step up by itself; the flow does so only when nothing has executed it for this long after. */
const graceSeconds = 3600;

/** A timer of whole seconds: under a second is no pause at all. */
function timer(context: FlowContext, seconds: number) {
  const whole = Math.min(Math.max(Math.ceil(seconds), 1), longestSleepSeconds);
  return context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + whole * 1000));
}

/** Sleeps on a durable timer: whole seconds, rounded up, between 1 s and 6 days. It may end up to a second early. */
export function* sleep(context: FlowContext, seconds: number): Flow<void> {
  yield timer(context, seconds);
}

/** What an event tells of the step that was ordered; undefined for one that belongs to another. */
function outcomeIn(
  { stepId, jobEvent }: StepOrder,
  told: Partial<StepEvent & JobEvent> | null | undefined,
): StepOutcome | 'incomplete' | undefined {
  if (told?.stepId === stepId && told.outcome) return told.outcome as StepOutcome;
  if (jobEvent === undefined || told?.event !== jobEvent || !told.outcome) return undefined;
  const { started, outcome } = told;
  return started === undefined ? 'incomplete' : { kind: 'done', result: started, told: outcome as Json };
}

/**
 * Waits for the event of one ask, and of a step that starts a job for the job's end, which brings what the step gave;
 * undefined when the deadline came first, or the end did not bring it. An event that names another step is ignored, and
 * what is left of the wait gets a timer of its own: a task that races twice is scheduled twice.
 */
function* awaitOutcome(
  context: FlowContext,
  order: StepOrder,
  seconds: number,
): Flow<StepOutcome | undefined> {
  const { ask, jobEvent } = order;
  const names = [`step-${ask}`, ...(jobEvent === undefined ? [] : [`job-${jobEvent}`])];
  const until = context.df.currentUtcDateTime.getTime() + seconds * 1000;
  for (;;) {
    const deadline = timer(context, (until - context.df.currentUtcDateTime.getTime()) / 1000);
    const events: Task[] = names.map((name) => context.df.waitForExternalEvent(name));
    const winner = (yield context.df.Task.any([...events, deadline])) as Task;
    if (winner === deadline) return undefined;
    deadline.cancel();
    const outcome = outcomeIn(order, winner.result as Parameters<typeof outcomeIn>[1]);
    if (outcome) return outcome === 'incomplete' ? undefined : outcome;
  }
}

/** Orders a step once and waits for its answer: a settled step answers in the activity, any other by its event. */
function* ask(
  context: FlowContext,
  order: Omit<StepOrder, 'ask'>,
  seconds: number,
): Flow<StepOutcome | undefined> {
  const numbered: StepOrder = { ...order, ask: ++context.asksMade };
  if (context.isOrdered && numbered.ask === 1) return yield* awaitOutcome(context, numbered, seconds);
  // An order that failed may have been taken: a run that ended here would leave its call on the way.
  const answer = yield* callUntilAnswered<OrderAnswer>(context.df, orderStepActivity, numbered);
  return answer?.kind ? answer : yield* awaitOutcome(context, numbered, seconds);
}

/** Unanswered orders double the wait, up to a bound. */
const nextDeadline = (seconds: number): number =>
  seconds >= longestDeadlineSeconds ? seconds : Math.min(seconds * 2, longestDeadlineSeconds);

function notExecuted(step: { readonly name: string; readonly giveUpAfterSeconds: number }): StepOutcome {
  const message = `${step.name} gave no answer within ${step.giveUpAfterSeconds + graceSeconds} s`;
  return { kind: 'timedOut', failure: { code: 'StepNotAnswered', message } };
}

/** Asks until the step has ended, sleeping between asks as long as it says. */
function* untilEnded<I extends JsonObject, R extends Json>(
  context: FlowContext,
  step: Step<I, R>,
  order: Omit<StepOrder, 'ask'>,
): Flow<Exclude<StepOutcome, { kind: 'waiting' }>> {
  // One timer for the step and its job: the watchdog reminds of a step that does not move.
  const jobSeconds = step.watch ? step.watch.seconds(order.input as I) + graceSeconds : 0;
  const firstDeadline = jobSeconds || answerDeadlineSeconds;
  const patienceSeconds = step.giveUpAfterSeconds + graceSeconds + jobSeconds;
  const giveUpAt = context.df.currentUtcDateTime.getTime() + patienceSeconds * 1000;
  let deadlineSeconds = firstDeadline;
  // A later generation takes the same steps again.
  let isNew = order.generation === 1;
  for (;;) {
    const outcome = yield* ask(context, { ...order, ...(isNew ? { isNew: true } : {}) }, deadlineSeconds);
    isNew = false;
    if (outcome && outcome.kind !== 'waiting') return outcome;
    if (context.df.currentUtcDateTime.getTime() > giveUpAt) {
      return notExecuted(step) as Exclude<StepOutcome, { kind: 'waiting' }>;
    }
    deadlineSeconds = outcome ? firstDeadline : nextDeadline(deadlineSeconds);
    if (outcome) yield* sleep(context, outcome.waitSeconds);
  }
}

function startedJob(outcome: StepOutcome, event: number): StartedJob {
  if (outcome.kind !== 'done') return { event };
  const { watched, told } = outcome;
  return { event, ...(watched === undefined ? {} : { watched }), ...(told === undefined ? {} : { told }) };
}

/**
 * Takes one step to its end: orders it, waits for its answer, sleeps and asks again while it is `waiting`.
 *
 * A wait without an answer for 180 s (of a step that starts a job: for as long as that is followed) orders the step again;
 * the ledger makes that harmless.
 *
 * @returns what the step's `read` gave, also for a job that was adopted or joined.
 * @throws StepFailed when the step ends refused, failed, timedOut, unknown or cancelled.
 */
export function* takeStep<I extends JsonObject, R extends Json>(
  context: FlowContext,
  step: Step<I, R>,
  input: I,
): Flow<R> {
  const stepId = String(++context.stepsTaken).padStart(2, '0');
  const { runId, generation } = context;
  const jobEvent = step.watch && ++context.jobsWatched;
  const order = { runId, generation, stepId, stepName: step.name, input };
  const outcome = yield* untilEnded(context, step, jobEvent === undefined ? order : { ...order, jobEvent });
  context.startedJob = jobEvent === undefined ? undefined : startedJob(outcome, jobEvent);
  if (outcome.kind === 'done') return outcome.result as R;
  throw new StepFailed(step.name, outcome);
}

/** A look that only serves the explanation: what the app may not read is left out of it. */
export function* ifReadable<T>(flow: Flow<T>): Flow<T | undefined> {
  try {
    return yield* flow;
  } catch (error) {
    if (error instanceof StepFailed && error.outcome.kind !== 'cancelled') return undefined;
    throw error;
  }
}

/** Looks for the effect of a change, a minute apart: it may still be on its way. */
const mostLooks = 4;

const isUnread = (error: unknown): boolean =>
  error instanceof StepFailed &&
  error.outcome.kind !== 'cancelled' &&
  error.outcome.failure.class === 'transient';

/**
 * Takes a change whose operation may never be readable: then what it has changed is looked at, and decides.
 *
 * Recorded in 2025: every poll after an unregister answered 500, and the effect was there.
 *
 * @param look what is there; undefined when it is not as the change would have made it, and the failure stands.
 */
export function* orAsFound<R>(
  context: FlowContext,
  change: Flow<R>,
  look: () => Flow<R | undefined>,
): Flow<R> {
  try {
    return yield* change;
  } catch (error) {
    if (!isUnread(error)) throw error;
    for (let looks = 1; ; looks++) {
      const found = yield* look();
      if (found !== undefined) return found;
      if (looks === mostLooks) throw error;
      yield* sleep(context, beats(context, 6));
    }
  }
}

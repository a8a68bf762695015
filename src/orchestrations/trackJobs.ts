import type { OrchestrationContext, Task } from 'durable-functions';
import type { TickAnswer } from '../jobs/trackTick.ts';
import type { HurryEvent, TrackerInput } from '../jobs/watchJob.ts';
import type { Durable, Flow } from './flow.ts';

/** The activity that ticks once. Input: `TrackerInput`. Answer: `TickAnswer`. */
export const trackTickActivity = 'trackTick';

const hurryEvent: HurryEvent = 'job-0';
/** Eight rows a tick: a generation of the history stays under forty. */
const ticksPerGeneration = 4;
/** Seconds until a tick that failed is repeated. */
const afterFailureSeconds = 60;
/** Longer timers are split by the platform. */
const longestSleepMs = 6 * 86_400_000;

/** One tick; undefined when it failed, which no tracker may end of. */
function* tick(df: Durable, input: TrackerInput): Flow<TickAnswer | undefined> {
  try {
    return (yield df.callActivity(trackTickActivity, input)) as TickAnswer;
  } catch {
    return undefined;
  }
}

/** A tick said what it said between being asked and being heard; its clock may be so far off that, in milliseconds. */
const mostSkewMs = 2000;

/** When a tick meant the next one to be: by the platform's clock, where that of the tick does not agree with it. */
function wantedAt(askedAt: number, now: number, { nextTickAt, waitSeconds = 0 }: TickAnswer): number {
  const at = Date.parse(nextTickAt ?? '');
  if (waitSeconds <= 0) return at;
  const saidAt = at - waitSeconds * 1000;
  const agrees = saidAt >= askedAt - mostSkewMs && saidAt <= now + mostSkewMs;
  return agrees ? at : now + waitSeconds * 1000;
}

/** Whole seconds, rounded up. */
function wakeAt(now: number, askedAt: number, answer: TickAnswer | undefined): Date {
  const wanted = answer ? wantedAt(askedAt, now, answer) : now + afterFailureSeconds * 1000;
  const seconds = Math.max(1, Math.ceil((wanted - now) / 1000));
  return new Date(Math.min(now + seconds * 1000, now + longestSleepMs));
}

/** Sleeps to the next tick, or until a new job asks for one: a hint that may be lost, the next tick sees the job. */
function* sleepToTick(df: Durable, askedAt: number, answer: TickAnswer | undefined): Flow<void> {
  const timer = df.createTimer(wakeAt(df.currentUtcDateTime.getTime(), askedAt, answer));
  const hurry: Task = df.waitForExternalEvent(hurryEvent);
  if ((yield df.Task.any([timer, hurry])) !== timer) timer.cancel();
}

/** Ticks until no job of the vault is watched. @returns whether the tracker goes on in a fresh history. */
export function* trackVault(df: Durable, input: TrackerInput): Flow<'goesOn' | 'ended'> {
  for (let ticks = 0; ticks < ticksPerGeneration; ticks++) {
    const askedAt = df.currentUtcDateTime.getTime();
    const answer = yield* tick(df, input);
    if (answer && answer.nextTickAt === undefined) return 'ended';
    yield* sleepToTick(df, askedAt, answer);
  }
  return 'goesOn';
}

/** The orchestration of one vault's tracker: nothing is carried over, the watches are rows. */
export function* trackJobs(context: OrchestrationContext): Generator<Task, null, unknown> {
  const input = context.df.getInput<TrackerInput>();
  if ((yield* trackVault(context.df, input)) === 'goesOn') context.df.continueAsNew(input);
  return null;
}

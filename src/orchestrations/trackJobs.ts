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

/** Clocks further apart than this do not agree on instants. */
const mostSkewMs = 60_000;

/** When a tick meant the next one to be: by the platform's clock, where that of the tick agrees with it. */
function wantedAt(now: number, { nextTickAt, waitSeconds = 0 }: TickAnswer): number {
  const at = Date.parse(nextTickAt ?? '');
  const byWait = now + waitSeconds * 1000;
  return waitSeconds > 0 && Math.abs(at - byWait) > mostSkewMs ? byWait : at;
}

/** Whole seconds, rounded up. */
function wakeAt(df: Durable, answer: TickAnswer | undefined): Date {
  const now = df.currentUtcDateTime.getTime();
  const wanted = answer ? wantedAt(now, answer) : now + afterFailureSeconds * 1000;
  const seconds = Math.max(1, Math.ceil((wanted - now) / 1000));
  return new Date(Math.min(now + seconds * 1000, now + longestSleepMs));
}

/** Sleeps to the next tick, or until a new job asks for one: a hint that may be lost, the next tick sees the job. */
function* sleepToTick(df: Durable, answer: TickAnswer | undefined): Flow<void> {
  const timer = df.createTimer(wakeAt(df, answer));
  const hurry: Task = df.waitForExternalEvent(hurryEvent);
  if ((yield df.Task.any([timer, hurry])) !== timer) timer.cancel();
}

/** Ticks until no job of the vault is watched. @returns whether the tracker goes on in a fresh history. */
export function* trackVault(df: Durable, input: TrackerInput): Flow<'goesOn' | 'ended'> {
  for (let ticks = 0; ticks < ticksPerGeneration; ticks++) {
    const answer = yield* tick(df, input);
    if (answer && answer.nextTickAt === undefined) return 'ended';
    yield* sleepToTick(df, answer);
  }
  return 'goesOn';
}

/** The orchestration of one vault's tracker: nothing is carried over, the watches are rows. */
export function* trackJobs(context: OrchestrationContext): Generator<Task, null, unknown> {
  const input = context.df.getInput<TrackerInput>();
  if ((yield* trackVault(context.df, input)) === 'goesOn') context.df.continueAsNew(input);
  return null;
}

import type { Task } from 'durable-functions';
import type { Flow, FlowContext, FlowEnding } from './flow.ts';
import type {
  JobEnding,
  JobStarter,
  PointMade,
  JobEvent,
  WatchOrder,
  WatchOutcome,
} from '../arm/backupJob.ts';
import { FlowEnded, StepFailed } from './refusals.ts';
import { callUntilAnswered, sleep } from './takeStep.ts';

/** The service started no job because one of the same item runs: recorded as the end of an operation, too. */
const isInProgress = (error: unknown): boolean =>
  error instanceof StepFailed &&
  error.outcome.kind !== 'cancelled' &&
  error.outcome.failure.class === 'adopt';

/** Follows the backup that was started, or the one that stood in its way: its handle then says `joined`. */
export function* followOrJoin<H extends { readonly operationId?: string; readonly joined?: true }, E>(
  context: FlowContext,
  handle: H,
  follow: (context: FlowContext, handle: H) => Flow<E>,
): Flow<{ readonly handle: H; readonly ending: E }> {
  try {
    return { handle, ending: yield* follow(context, handle) };
  } catch (error) {
    if (!isInProgress(error)) throw error;
    const { operationId: _, ...rest } = handle;
    const joined = { ...rest, joined: true } as H;
    return { handle: joined, ending: yield* follow(context, joined) };
  }
}

/**
 * An operation that nobody could read to its end says nothing about the job: the list does. One that was read and
 * ended badly is `refused`.
 */
export const isUndecided = (error: unknown): boolean =>
  error instanceof StepFailed && ['timedOut', 'unknown', 'failed'].includes(error.outcome.kind);

const starters: Readonly<Record<JobStarter, string>> = {
  anotherRun: 'by another run of this app',
  policy: "by the vault's policy",
  onDemand: 'on demand, not by this run',
};

/** What the record says of a job that was joined: whose it is, as far as the job tells. */
export const joinedWords = ({ job, startedBy }: JobEnding, what: string, notSent: string): string =>
  `A backup of this ${what} was already running${startedBy ? `, begun ${starters[startedBy]}` : ''}: ` +
  `this run followed its job ${job.id}; ${notSent} not sent.`;

/** What the record says of a job that was found for the run in a list, and that the policy has begun. */
export const policysWords = ({ job }: JobEnding): string =>
  `No job that carries an id of this run was found. The job ${job.id} of the same item and time was begun ${starters.policy}: ` +
  'this run followed that one, whose expiry is the policy’s. What became of the request itself is not known.';

/**
 * A run that is cancelled leaves a job that is not its own: whoever began it wants it.
 *
 * @param read reads whose the job is, where it can be read.
 */
export function* leaveJob(
  context: FlowContext,
  jobId: string | undefined,
  read: (jobId: string) => Flow<{ readonly startedBy?: JobStarter }>,
): Flow<FlowEnded> {
  if (jobId !== undefined) context.job ??= { id: jobId, status: 'InProgress' };
  const startedBy = jobId === undefined ? undefined : yield* starterOf(read(jobId));
  const owner = startedBy ? ` (begun ${starters[startedBy]})` : '';
  const message = `The run was cancelled. It had joined the job ${jobId ?? 'of another backup'}, which is not its own${owner} and was left running.`;
  return new FlowEnded('cancelled', { code: 'RunCancelled', message });
}

/**
 * A job that no id names as the run's is cancelled only where it says that somebody asked for it: the policy's own may
 * have begun in the same minute.
 *
 * @throws FlowEnded when it is left.
 */
export function* leaveUnlessOnDemand(
  context: FlowContext,
  jobId: string,
  read: (jobId: string) => Flow<{ readonly startedBy?: JobStarter }>,
): Flow<void> {
  const startedBy = yield* starterOf(read(jobId));
  if (startedBy === 'onDemand') return;
  context.job ??= { id: jobId, status: 'InProgress' };
  const owner = startedBy ? `was begun ${starters[startedBy]}` : 'may be another’s';
  const message = `The run was cancelled. No id names its job; the job ${jobId} of the same item and time ${owner} and was left running.`;
  throw new FlowEnded('cancelled', { code: 'RunCancelled', message });
}

function* starterOf(reading: Flow<{ readonly startedBy?: JobStarter }>): Flow<JobStarter | undefined> {
  try {
    return (yield* reading).startedBy;
  } catch (error) {
    if (error instanceof StepFailed) return undefined;
    throw error;
  }
}

/** How a backup ends: as its job, except that a joined job without a recovery point in its span proves nothing to the run. */
export function endingOfJob(
  { joined }: { readonly joined?: true },
  ending: JobEnding,
  recoveryPoint: unknown,
): Pick<FlowEnding, 'status' | 'error'> {
  const hasMade = ending.ended === 'completed' || ending.ended === 'completedWithWarnings';
  if (!joined || !hasMade || recoveryPoint !== undefined)
    return { status: ending.ended, ...(ending.failure ? { error: ending.failure } : {}) };
  const message = `The job ${ending.job.id}, which this run had joined, ended ${ending.job.status}, but no recovery point of its span can be seen.`;
  const advice = "Look at the vault's recovery points, and ask for a backup again.";
  return { status: 'failed', error: { code: 'JoinedWithoutRecoveryPoint', message, advice } };
}

/** Looks twice, a beat apart: the list may lag behind the job. The tracker may have looked first. */
function* lookTwice<P extends PointMade>(
  context: FlowContext,
  waitSeconds: number,
  look: () => Flow<P | null | undefined>,
  seen: PointMade | null | undefined,
): Flow<PointMade | undefined> {
  const first = seen === undefined ? yield* look() : seen;
  if (first) return first;
  yield* sleep(context, waitSeconds);
  return (yield* look()) ?? undefined;
}

/**
 * The recovery point that a job has made: the proof that the backup exists.
 *
 * A list that shows none or cannot be read leaves a warning, because the backup itself has ended well.
 *
 * @param waitSeconds the service's beat, between the two looks.
 * @param ending may have the point, which the tracker has read beside it.
 */
export function* proofOfBackup<P extends PointMade>(
  context: FlowContext,
  waitSeconds: number,
  { recoveryPoint }: JobEnding,
  look: () => Flow<P | null | undefined>,
): Flow<PointMade | undefined> {
  try {
    const point = yield* lookTwice(context, waitSeconds, look, recoveryPoint);
    if (!point) context.warnings.push('The list of recovery points shows none in the span of the job.');
    return point;
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    context.warnings.push(`The recovery points could not be read: ${error.message}`);
    return undefined;
  }
}

/** The activity that has a job watched. Input: `WatchOrder`. Answer: `WatchOutcome`, or null when `job-<n>` will tell. */
export const watchJobActivity = 'watchJob';

/** What a flow knows of the backup whose job is to be watched. */
export type BackupToWatch = Omit<WatchOrder, 'runId' | 'generation' | 'event' | 'giveUpAt'>;

/** The tracker gives a watch up by itself; the flow asks again when nothing has been told for this long after. */
const graceSeconds = 3600;
/** Longer timers are split by the platform. */
const longestSleepSeconds = 6 * 86_400;
/** Silent deadlines after which the flow gives up: the tracker has told nothing for all of them. */
const mostAsks = 3;

/**
 * Waits for one event with one timer, so that a long job costs no more history than a short one. Only an event that
 * tells of another job has the timer set anew: a task that races twice is scheduled twice.
 */
function* awaitJob(context: FlowContext, event: number, untilMs: number): Flow<WatchOutcome | undefined> {
  const latest = context.df.currentUtcDateTime.getTime() + longestSleepSeconds * 1000;
  for (;;) {
    const soonest = context.df.currentUtcDateTime.getTime() + 1000;
    const deadline = context.df.createTimer(new Date(Math.min(Math.max(untilMs, soonest), latest)));
    const told: Task = context.df.waitForExternalEvent(`job-${event}`);
    if ((yield context.df.Task.any([told, deadline])) === deadline) return undefined;
    deadline.cancel();
    const payload = told.result as Partial<JobEvent> | null | undefined;
    if (payload?.event === event && payload.outcome) return payload.outcome;
  }
}

const silent: WatchOutcome = {
  kind: 'timedOut',
  failure: { code: 'JobNotTold', message: 'Nothing was heard of the job in the time it is followed for.' },
};

/**
 * Has a job watched by its vault's tracker until it has ended, or the flow has something to do first. The executor of
 * the step that started the job has had it watched as a rule, and its end has come with what the step gave; the flow asks
 * where it could not tell.
 *
 * @param followSeconds how long the job is followed; it then ends `timedOut` and may still run.
 */
export function* watchJob(
  context: FlowContext,
  backup: BackupToWatch,
  followSeconds: number,
): Flow<WatchOutcome> {
  const { runId, generation, startedJob } = context;
  context.startedJob = undefined;
  if (startedJob?.told) return startedJob.told as WatchOutcome;
  const event = startedJob?.event ?? ++context.jobsWatched;
  const giveUpMs = context.df.currentUtcDateTime.getTime() + followSeconds * 1000;
  const giveUpAt = new Date(giveUpMs).toISOString();
  const order: WatchOrder = { ...backup, runId, generation, event, giveUpAt };
  for (let asks = 0; asks < mostAsks; asks++) {
    const known =
      startedJob?.watched !== undefined && asks === 0
        ? (startedJob.watched as WatchOutcome | null)
        : yield* callUntilAnswered<WatchOutcome | null>(context.df, watchJobActivity, order);
    const outcome = known ?? (yield* awaitJob(context, event, giveUpMs + (asks + 1) * graceSeconds * 1000));
    if (outcome) return outcome;
  }
  return silent;
}

/** The error of a job that was not followed to an ending; what was last seen of it stays in the record. */
export function notFollowed(
  context: FlowContext,
  name: string,
  outcome: Exclude<WatchOutcome, { kind: 'ended' }>,
): StepFailed {
  if (outcome.kind === 'cancelRequested') return new StepFailed(name, { kind: 'cancelled' });
  if (outcome.kind === 'unmatched') {
    const failure = { code: 'JobNotFound', message: 'The job of this backup could not be found.' };
    return new StepFailed(name, { kind: 'timedOut', failure });
  }
  if (outcome.job) context.job = outcome.job;
  return new StepFailed(name, { kind: outcome.kind, failure: outcome.failure });
}

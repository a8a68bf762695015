import type { OrchestrationContext, Task } from 'durable-functions';
import type { BatchEnding, GatherAnswer, Shard, ShardInput, ShardProgress } from '../../runs/activities.ts';
import { childEndedEvent, shardIdOf } from '../../runs/run.ts';
import {
  advanceShardActivity,
  gatherItemsActivity,
  reportBatchActivity,
  shardOrchestration,
  type Durable,
  type Flow,
  type FlowContext,
  type FlowEnding,
} from '../flow.ts';
import { FlowEnded } from '../refusals.ts';
import { callUntilAnswered, sleep } from '../takeStep.ts';

/** Looks of one history, and ends told in it: it starts anew before it grows, whatever the number of children. */
const looksPerHistory = 4;
const endsPerHistory = 20;
/** Jobs of one vault are seen to end together: one look serves them all. */
const gatherSeconds = 2;
/** Ends that one sleep takes; further ones wait for the next. */
const mostWaits = 32;

const timerOf = (df: Durable, seconds: number) =>
  df.createTimer(new Date(df.currentUtcDateTime.getTime() + seconds * 1000));

/** Ends told so far. Tasks are yielded once: waits that a sleep has left over take what is told during the next look. */
const endsHeard = (waits: readonly Task[]): number => waits.filter(({ isCompleted }) => isCompleted).length;

/** Sleeps until a child has ended, at most so many seconds. @returns the waits it leaves behind. */
function* sleepToEnd(df: Durable, seconds: number, { concurrency }: ShardInput): Flow<readonly Task[]> {
  const deadline = timerOf(df, seconds);
  const count = Math.min(concurrency, mostWaits);
  const waits = Array.from({ length: count }, (): Task => df.waitForExternalEvent(childEndedEvent));
  if ((yield df.Task.any([deadline, ...waits])) !== deadline) deadline.cancel();
  return waits;
}

/**
 * Looks after a shard until every child has ended. An end that is told between two histories is not missed: each begins
 * with a look.
 *
 * @returns whether the next history goes on.
 */
function* carryShard(df: Durable, input: ShardInput): Flow<boolean> {
  const waits: Task[] = [];
  for (let looks = 0; looks < looksPerHistory && endsHeard(waits) < endsPerHistory; looks++) {
    const told = endsHeard(waits);
    const progress = yield* callUntilAnswered<ShardProgress>(df, advanceShardActivity, input);
    if (progress.open === 0) return false;
    if (endsHeard(waits) === told) waits.push(...(yield* sleepToEnd(df, progress.waitSeconds, input)));
    if (endsHeard(waits) > told) yield timerOf(df, gatherSeconds);
  }
  return true;
}

/** The orchestration that carries at most 100 children of a batch. */
export function* batchShard(context: OrchestrationContext): Generator<Task, void, unknown> {
  const input = context.df.getInput<ShardInput>();
  if (yield* carryShard(context.df, input)) context.df.continueAsNew(input);
}

/** Shares a number out: the first ones get one more where it does not come out even. */
const shareOf = (whole: number, parts: number, at: number): number =>
  Math.floor(whole / parts) + (at < whole % parts ? 1 : 0);

function shardTask(context: FlowContext, shard: Shard, number: number, concurrency: number): Task {
  const { runId, generation } = context;
  const input: ShardInput = { runId, generation, shard, concurrency, number };
  return context.df.callSubOrchestrator(shardOrchestration, input, shardIdOf(runId, generation, number));
}

/** Carries all shards; never more children at a time than `concurrency`. */
export function* carryShards(
  context: FlowContext,
  shards: readonly Shard[],
  concurrency: number,
): Flow<void> {
  for (let begin = 0; begin < shards.length; begin += concurrency) {
    const wave = shards.slice(begin, begin + concurrency);
    const tasks = wave.map((shard, at) =>
      shardTask(context, shard, begin + at + 1, shareOf(concurrency, wave.length, at)),
    );
    yield context.df.Task.all(tasks);
  }
}

/** Has counts, failures and report written; the run ends as they say. */
export function* writeReport(context: FlowContext): Flow<FlowEnding> {
  const { runId, generation } = context;
  return yield* callUntilAnswered<BatchEnding>(context.df, reportBatchActivity, { runId, generation });
}

function* gatherItems(context: FlowContext): Flow<Extract<GatherAnswer, { kind: 'gathered' }>> {
  const { runId, generation } = context;
  for (;;) {
    const answer = yield* callUntilAnswered<GatherAnswer>(context.df, gatherItemsActivity, {
      runId,
      generation,
    });
    if (answer.kind === 'refused') throw new FlowEnded('failed', answer.failure);
    if (answer.kind === 'gathered') return answer;
    if (answer.waitSeconds > 0) yield* sleep(context, answer.waitSeconds);
  }
}

/** A batch or a sweep: finds the items, has each carried by a run of its own, reports. */
export function* carryBatch(context: FlowContext): Flow<FlowEnding> {
  const { shards, concurrency } = yield* gatherItems(context);
  yield* carryShards(context, shards, concurrency);
  return yield* writeReport(context);
}

import type { OrchestrationContext, Task } from 'durable-functions';
import type { BatchEnding, GatherAnswer, Shard, ShardInput, ShardProgress } from '../../runs/planWork.ts';
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

/** Looks of one history: it starts anew before it grows, whatever the number of children and their length. */
const looksPerHistory = 4;

/**
 * Looks after a shard until every child has ended.
 *
 * @returns the input of the next history, or nothing when the shard is done.
 */
function* carryShard(df: Durable, input: ShardInput): Flow<ShardInput | undefined> {
  let { idleLooks } = input;
  for (let look = 0; look < looksPerHistory; look++) {
    const progress = yield* callUntilAnswered<ShardProgress>(df, advanceShardActivity, {
      ...input,
      idleLooks,
    });
    if (progress.open === 0) return undefined;
    idleLooks = progress.idleLooks;
    yield df.createTimer(new Date(df.currentUtcDateTime.getTime() + progress.waitSeconds * 1000));
  }
  return { ...input, idleLooks };
}

/** The orchestration that carries at most 100 children of a batch. */
export function* batchShard(context: OrchestrationContext): Generator<Task, void, unknown> {
  const next = yield* carryShard(context.df, context.df.getInput<ShardInput>());
  if (next) context.df.continueAsNew(next);
}

/** Shares a number out: the first ones get one more where it does not come out even. */
const shareOf = (whole: number, parts: number, at: number): number =>
  Math.floor(whole / parts) + (at < whole % parts ? 1 : 0);

function shardTask(context: FlowContext, shard: Shard, number: number, concurrency: number): Task {
  const { runId, generation } = context;
  const input: ShardInput = { runId, generation, shard, concurrency, idleLooks: 0 };
  return context.df.callSubOrchestrator(shardOrchestration, input, `${runId}-${generation}-${number}`);
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

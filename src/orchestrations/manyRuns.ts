import type { Task } from 'durable-functions';
import type { BatchEnding, GatherAnswer, Shard, ShardInput } from '../runs/planWork.ts';
import { gatherItemsActivity, reportBatchActivity, shardOrchestration } from './activities.ts';
import type { Flow, FlowContext, FlowEnding } from './flow.ts';
import { patiently } from './patiently.ts';
import { FlowEnded } from './stepFailed.ts';
import { sleep } from './takeStep.ts';

/** Shares a number out: the first ones get one more where it does not come out even. */
const shareOf = (whole: number, parts: number, at: number): number =>
  Math.floor(whole / parts) + (at < whole % parts ? 1 : 0);

function shardTask(context: FlowContext, shard: Shard, number: number, concurrency: number): Task {
  const { runId, generation } = context;
  const input: ShardInput = { runId, generation, shard, concurrency, idleLooks: 0 };
  return context.df.callSubOrchestrator(shardOrchestration, input, `${runId}-${generation}-${number}`);
}

/** Carries all shards; never more children at a time than `concurrency`. */
export function* throughShards(
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

/** Has counts, failures and report written, and ends as they say. */
export function* reported(context: FlowContext): Flow<FlowEnding> {
  const { runId, generation } = context;
  return yield* patiently<BatchEnding>(context.df, reportBatchActivity, { runId, generation });
}

function* gathered(context: FlowContext): Flow<Extract<GatherAnswer, { kind: 'gathered' }>> {
  const { runId, generation } = context;
  for (;;) {
    const answer = yield* patiently<GatherAnswer>(context.df, gatherItemsActivity, { runId, generation });
    if (answer.kind === 'refused') throw new FlowEnded('failed', answer.failure);
    if (answer.kind === 'gathered') return answer;
    if (answer.waitSeconds > 0) yield* sleep(context, answer.waitSeconds);
  }
}

/** A batch or a sweep: finds the items, has each carried by a run of its own, reports. */
export function* carryMany(context: FlowContext): Flow<FlowEnding> {
  const { shards, concurrency } = yield* gathered(context);
  yield* throughShards(context, shards, concurrency);
  return yield* reported(context);
}

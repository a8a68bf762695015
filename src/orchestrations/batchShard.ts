import type { OrchestrationContext, Task } from 'durable-functions';
import type { ShardInput, ShardProgress } from '../runs/planWork.ts';
import { advanceShardActivity } from './activities.ts';
import type { Durable, Flow } from './flow.ts';
import { patiently } from './patiently.ts';

/** Looks of one history: it starts anew before it grows, whatever the number of children and their length. */
const looksPerHistory = 4;

/**
 * Looks after a shard until every child has ended.
 *
 * @returns the input of the next history, or nothing when the shard is done.
 */
export function* carryShard(df: Durable, input: ShardInput): Flow<ShardInput | undefined> {
  let { idleLooks } = input;
  for (let look = 0; look < looksPerHistory; look++) {
    const progress = yield* patiently<ShardProgress>(df, advanceShardActivity, { ...input, idleLooks });
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

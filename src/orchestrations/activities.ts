/** Last activity of a run. Input: `RunFinish`. Writes the record and answers nothing. */
export const finishRunActivity = 'finishRun';

/** Name of the one orchestration that carries every run; its input is `RunInput`. */
export const runOrchestration = 'run';

/** Finds the items of a batch or sweep. Input: `GatherInput`. Answer: `GatherAnswer`. */
export const gatherItemsActivity = 'gatherItems';

/** Settles ended children of a shard and starts further ones. Input: `ShardInput`. Answer: `ShardProgress`. */
export const advanceShardActivity = 'advanceShard';

/** Writes the report of a batch into its row. Input: `GatherInput`. Answer: `BatchEnding`. */
export const reportBatchActivity = 'reportBatch';

/** Says where a run about a written resource stands. Input: `ResourceWatch`. Answer: `ResourceWatched`. */
export const watchResourceActivity = 'watchResource';

/** Applies the plan to a written resource. Input: `WrittenResource`. Answer: `PlanChoice`. */
export const choosePlanActivity = 'choosePlan';

/** Name of the orchestration that carries at most 100 children of a batch; its input is `ShardInput`. */
export const shardOrchestration = 'batchShard';

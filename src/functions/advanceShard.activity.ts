import { app, input } from 'durable-functions';
import { advanceShard } from '../batches/advanceShard.ts';
import { advanceShardActivity } from '../orchestrations/flow.ts';
import { batchServices } from '../composition/invocationServices.ts';
import type { ShardInput } from '../runs/activities.ts';
import { getServices } from '../composition/services.ts';

// The client: children are started here.
app.activity(advanceShardActivity, {
  extraInputs: [input.durableClient()],
  handler: (shard: ShardInput, context) => advanceShard(batchServices(getServices(), context), shard),
});

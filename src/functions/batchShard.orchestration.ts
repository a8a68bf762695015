import { app } from 'durable-functions';
import { shardOrchestration } from '../orchestrations/activities.ts';
import { batchShard } from '../orchestrations/batchShard.ts';

app.orchestration(shardOrchestration, batchShard);

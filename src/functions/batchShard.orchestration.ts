import { app } from 'durable-functions';
import { shardOrchestration } from '../orchestrations/flow.ts';
import { batchShard } from '../orchestrations/plan/carryBatch.ts';

app.orchestration(shardOrchestration, batchShard);

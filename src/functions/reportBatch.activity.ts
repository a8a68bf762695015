import { app } from 'durable-functions';
import { reportBatch } from '../batches/reportBatch.ts';
import { reportBatchActivity } from '../orchestrations/flow.ts';
import { batchServices } from '../composition/invocationServices.ts';
import type { GatherInput } from '../runs/activities.ts';
import { getServices } from '../composition/services.ts';

app.activity(reportBatchActivity, {
  handler: (batch: GatherInput, context) => reportBatch(batchServices(getServices(), context), batch),
});

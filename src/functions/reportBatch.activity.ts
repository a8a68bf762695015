import { app } from 'durable-functions';
import { reportBatch } from '../batches/reportBatch.ts';
import { reportBatchActivity } from '../orchestrations/activities.ts';
import { batchServices } from '../planServices.ts';
import type { GatherInput } from '../runs/planWork.ts';
import { getServices } from '../services.ts';

app.activity(reportBatchActivity, {
  handler: (batch: GatherInput, context) => reportBatch(batchServices(getServices(), context), batch),
});

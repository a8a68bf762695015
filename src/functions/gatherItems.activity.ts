import { app } from 'durable-functions';
import { gatherItems } from '../batches/gatherItems.ts';
import { gatherItemsActivity } from '../orchestrations/activities.ts';
import { batchServices } from '../planServices.ts';
import type { GatherInput } from '../runs/planWork.ts';
import { getServices } from '../services.ts';

app.activity(gatherItemsActivity, {
  handler: (batch: GatherInput, context) => gatherItems(batchServices(getServices(), context), batch),
});

import { app } from 'durable-functions';
import { gatherItems } from '../batches/gatherItems.ts';
import { gatherItemsActivity } from '../orchestrations/flow.ts';
import { batchServices } from '../composition/invocationServices.ts';
import type { GatherInput } from '../runs/activities.ts';
import { getServices } from '../composition/services.ts';

app.activity(gatherItemsActivity, {
  handler: (batch: GatherInput, context) => gatherItems(batchServices(getServices(), context), batch),
});

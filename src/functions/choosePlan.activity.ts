import { app } from 'durable-functions';
import { choosePlanActivity } from '../orchestrations/flow.ts';
import { batchServices } from '../composition/invocationServices.ts';
import type { WrittenResource } from '../runs/activities.ts';
import { getServices } from '../composition/services.ts';
import { choosePlan } from '../batches/choosePlan.ts';

app.activity(choosePlanActivity, {
  handler: (written: WrittenResource, context) => choosePlan(batchServices(getServices(), context), written),
});

import { app } from 'durable-functions';
import { choosePlanActivity } from '../orchestrations/activities.ts';
import { batchServices } from '../planServices.ts';
import type { WrittenResource } from '../runs/planWork.ts';
import { getServices } from '../services.ts';
import { choosePlan } from '../batches/choosePlan.ts';

app.activity(choosePlanActivity, {
  handler: (written: WrittenResource, context) => choosePlan(batchServices(getServices(), context), written),
});

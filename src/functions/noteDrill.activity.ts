import { app } from 'durable-functions';
import { recordDrillActivity } from '../orchestrations/drills/cleanUp.ts';
import { drillRecordServices } from '../composition/invocationServices.ts';
import { getServices } from '../composition/services.ts';
import type { DrillEntry } from '../runs/activities.ts';
import { recordDrill } from '../drills/recordDrill.ts';

app.activity(recordDrillActivity, {
  handler: (note: DrillEntry) => recordDrill(drillRecordServices(getServices()), note),
});

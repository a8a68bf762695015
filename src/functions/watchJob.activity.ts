import { app, input } from 'durable-functions';
import { watchJob } from '../jobs/watchJob.ts';
import type { WatchOrder } from '../arm/backupJob.ts';
import { watchJobActivity } from '../orchestrations/watchedJob.ts';
import { trackerServices } from '../composition/invocationServices.ts';
import { getServices } from '../composition/services.ts';

app.activity(watchJobActivity, {
  extraInputs: [input.durableClient()],
  handler: (order: WatchOrder, context) => watchJob(trackerServices(getServices(), context), order),
});

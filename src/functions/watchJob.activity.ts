import { app, input } from 'durable-functions';
import { watchJob } from '../job-tracker/watchJob.ts';
import type { WatchOrder } from '../job-tracker/watch.ts';
import { watchJobActivity } from '../orchestrations/watchedJob.ts';
import { trackerServices } from '../invocationServices.ts';
import { getServices } from '../services.ts';

app.activity(watchJobActivity, {
  extraInputs: [input.durableClient()],
  handler: (order: WatchOrder, context) => watchJob(trackerServices(getServices(), context), order),
});

import { app, input } from 'durable-functions';
import { trackTick } from '../job-tracker/trackTick.ts';
import type { TrackerInput } from '../job-tracker/watchJob.ts';
import { trackTickActivity } from '../orchestrations/trackJobs.ts';
import { trackerServices } from '../invocationServices.ts';
import { getServices } from '../services.ts';

app.activity(trackTickActivity, {
  extraInputs: [input.durableClient()],
  handler: (tracker: TrackerInput, context) => trackTick(trackerServices(getServices(), context), tracker),
});

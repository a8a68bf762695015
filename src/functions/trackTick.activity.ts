import { app, input } from 'durable-functions';
import { trackTick } from '../jobs/trackTick.ts';
import type { TrackerInput } from '../jobs/watchJob.ts';
import { trackTickActivity } from '../orchestrations/trackJobs.ts';
import { trackerServices } from '../composition/invocationServices.ts';
import { getServices } from '../composition/services.ts';

app.activity(trackTickActivity, {
  extraInputs: [input.durableClient()],
  handler: (tracker: TrackerInput, context) => trackTick(trackerServices(getServices(), context), tracker),
});

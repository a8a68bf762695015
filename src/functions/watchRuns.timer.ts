import { app } from '@azure/functions';
import { input } from 'durable-functions';
import { watchRuns } from '../runs/watchRuns.ts';
import { watchTrackers } from '../jobs/watchTrackers.ts';
import { runServices, trackerServices } from '../composition/invocationServices.ts';
import { getServices } from '../composition/services.ts';

app.timer('watchRuns', {
  schedule: '0 */5 * * * *',
  // The next tick makes up for a missed one: nothing need be stored about each.
  useMonitor: false,
  extraInputs: [input.durableClient()],
  handler: async (_tick, context) => {
    try {
      const alerts = await watchRuns(runServices(getServices(), context));
      for (const { kind, runId, message } of alerts) {
        context.warn(`${message} ${JSON.stringify({ runId, kind })}`);
      }
    } finally {
      await watchTrackers(trackerServices(getServices(), context));
    }
  },
});

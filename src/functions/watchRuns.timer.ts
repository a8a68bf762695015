import { app } from '@azure/functions';
import { input } from 'durable-functions';
import { ticking, watch } from '../watchdog/watchdog.ts';

app.timer('watchRuns', {
  schedule: '0 */5 * * * *',
  // The next tick makes up for a missed one: nothing need be stored about each.
  useMonitor: false,
  extraInputs: [input.durableClient()],
  handler: ticking('watchRuns', watch),
});

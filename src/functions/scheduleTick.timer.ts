import { app } from '@azure/functions';
import { input } from 'durable-functions';
import { triggerServices } from '../composition/invocationServices.ts';
import { ticking } from '../watchdog/watchdog.ts';
import { scheduleTick } from '../triggers/scheduleTick.ts';

app.timer('scheduleTick', {
  schedule: '0 * * * * *',
  // The next tick makes up for a missed one: nothing need be stored about each.
  useMonitor: false,
  extraInputs: [input.durableClient()],
  handler: ticking('scheduleTick', (...given) => scheduleTick(triggerServices(...given))),
});

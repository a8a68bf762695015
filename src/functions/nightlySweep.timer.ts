import { app } from '@azure/functions';
import { input } from 'durable-functions';
import { triggerServices } from '../composition/invocationServices.ts';
import { ticking } from '../watchdog/watchdog.ts';
import { startNightlySweep } from '../triggers/scheduleTick.ts';

app.timer('nightlySweep', {
  schedule: '0 17 2 * * *',
  extraInputs: [input.durableClient()],
  handler: ticking('nightlySweep', (...given) => startNightlySweep(triggerServices(...given))),
});

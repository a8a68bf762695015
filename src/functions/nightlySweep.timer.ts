import { app } from '@azure/functions';
import { input } from 'durable-functions';
import { triggerServices } from '../composition/invocationServices.ts';
import { getServices } from '../composition/services.ts';
import { startNightlySweep } from '../triggers/scheduleTick.ts';

app.timer('nightlySweep', {
  schedule: '0 17 2 * * *',
  extraInputs: [input.durableClient()],
  handler: (_tick, context) => startNightlySweep(triggerServices(getServices(), context)),
});

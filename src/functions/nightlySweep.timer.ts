import { app } from '@azure/functions';
import { input } from 'durable-functions';
import { triggerServices } from '../planServices.ts';
import { getServices } from '../services.ts';
import { startNightlySweep } from '../triggers/nightlySweep.ts';

app.timer('nightlySweep', {
  schedule: '0 17 2 * * *',
  extraInputs: [input.durableClient()],
  handler: (_tick, context) => startNightlySweep(triggerServices(getServices(), context)),
});

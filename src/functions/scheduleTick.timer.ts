import { app } from '@azure/functions';
import { input } from 'durable-functions';
import { triggerServices } from '../planServices.ts';
import { getServices } from '../services.ts';
import { scheduleTick } from '../triggers/scheduleTick.ts';

app.timer('scheduleTick', {
  schedule: '0 * * * * *',
  extraInputs: [input.durableClient()],
  handler: (_tick, context) => scheduleTick(triggerServices(getServices(), context)),
});

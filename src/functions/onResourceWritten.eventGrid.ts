import { app } from '@azure/functions';
import { input } from 'durable-functions';
import { triggerServices } from '../composition/invocationServices.ts';
import { getServices } from '../composition/services.ts';
import { acceptEvent } from '../triggers/acceptEvent.ts';

app.eventGrid('onResourceWritten', {
  extraInputs: [input.durableClient()],
  handler: async (event, context) => {
    const acceptance = await acceptEvent(triggerServices(getServices(), context), event);
    context.log(`Event ${acceptance.kind}`, 'reason' in acceptance ? acceptance.reason : '');
  },
});

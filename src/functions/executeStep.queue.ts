import { app } from '@azure/functions';
import { input } from 'durable-functions';
import { stepServices } from '../composition/invocationServices.ts';
import { getServices, stepQueueName } from '../composition/services.ts';
import { writeAlert } from '../notifications/alert.ts';
import { executeStep } from '../steps/executeStep.ts';
import { readStepMessage } from '../steps/reconcilePoisonedStep.ts';

app.storageQueue('executeStep', {
  queueName: stepQueueName,
  connection: 'AzureWebJobsStorage',
  extraInputs: [input.durableClient()],
  handler: async (message, context) => {
    const read = readStepMessage(message);
    if (!read)
      return writeAlert(
        context,
        'strangeMessage',
        'A message of the step queue is no step: it orders nothing.',
      );
    const times = Number(context.triggerMetadata?.['dequeueCount']);
    await executeStep(stepServices(getServices(), context), read, { times });
  },
});

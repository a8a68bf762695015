import { app } from '@azure/functions';
import { input } from 'durable-functions';
import { stepServices } from '../composition/invocationServices.ts';
import { getServices, poisonQueueName } from '../composition/services.ts';
import { reconcilePoisonedStep } from '../steps/reconcilePoisonedStep.ts';

app.storageQueue('reconcilePoisonedStep', {
  queueName: poisonQueueName,
  connection: 'AzureWebJobsStorage',
  extraInputs: [input.durableClient()],
  handler: (message, context) => reconcilePoisonedStep(stepServices(getServices(), context), message),
});

import { app } from '@azure/functions';
import { input } from 'durable-functions';
import { stepServices } from '../composition/invocationServices.ts';
import { getServices, stepQueueName } from '../composition/services.ts';
import { reconcilePoisonedStep } from '../steps/reconcilePoisonedStep.ts';

app.storageQueue('reconcilePoisonedStep', {
  queueName: `${stepQueueName}-poison`,
  connection: 'AzureWebJobsStorage',
  extraInputs: [input.durableClient()],
  handler: (message, context) => reconcilePoisonedStep(stepServices(getServices(), context), message),
});

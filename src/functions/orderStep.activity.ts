import { app } from 'durable-functions';
import { orderStepActivity, type OrderAnswer } from '../orchestrations/takeStep.ts';
import { stepServices } from '../composition/invocationServices.ts';
import { getServices } from '../composition/services.ts';
import { orderStep } from '../steps/orderStep.ts';
import type { StepOrder } from '../steps/step.ts';

app.activity(orderStepActivity, {
  handler: async (order: StepOrder, context): Promise<OrderAnswer> =>
    (await orderStep(stepServices(getServices(), context), order)) ?? null,
});

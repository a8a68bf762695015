import { app } from 'durable-functions';
import { flowTable } from '../orchestrations/flows.ts';
import { firstOrderOf } from '../orchestrations/run.ts';
import { orderStepActivity, type OrderAnswer } from '../orchestrations/takeStep.ts';
import { knowFirstOrders, stepServices } from '../composition/invocationServices.ts';
import { getServices } from '../composition/services.ts';
import { orderStep } from '../steps/orderStep.ts';
import type { StepOrder } from '../steps/step.ts';

app.activity(orderStepActivity, {
  handler: async (order: StepOrder, context): Promise<OrderAnswer> =>
    (await orderStep(stepServices(getServices(), context), order)) ?? null,
});

// Whoever starts a flow orders its first step.
knowFirstOrders((input, now) => firstOrderOf(input, flowTable, now));

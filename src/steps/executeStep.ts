import type { StepMessage } from './step.ts';
import type { StepServices } from './stepServices.ts';

/** Carries out one delivery of a step's message; returning acknowledges it, throwing asks for redelivery. */
export async function executeStep(_services: StepServices, _message: StepMessage): Promise<void> {
  throw new Error('executeStep is not built yet');
}

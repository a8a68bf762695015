import type { StepOrder, StepOutcome } from './step.ts';
import type { StepServices } from './stepServices.ts';

/**
 * Writes the ledger row of a step if absent, records the ask, then sends the message.
 *
 * @returns the outcome when it is known without a message (settled, or a wait that lies far ahead); undefined when the
 * event `step-<ask>` will tell.
 */
export async function orderStep(
  _services: StepServices,
  _order: StepOrder,
): Promise<StepOutcome | undefined> {
  throw new Error('orderStep is not built yet');
}

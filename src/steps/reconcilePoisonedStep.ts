import type { StepServices } from './stepServices.ts';

/** Handles a message that the queue has given up: never just fails the step, because something may have been sent. */
export async function reconcilePoisonedStep(_services: StepServices, _messageText: string): Promise<void> {
  throw new Error('reconcilePoisonedStep is not built yet');
}

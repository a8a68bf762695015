import type { ArmCall } from '../arm/call.ts';
import { slotFor, ticketOf } from './exchange.ts';
import { holdBack } from './settle.ts';
import type { StepServices } from './stepServices.ts';
import { secondsUntil } from './timings.ts';
import type { Progress, Work } from './work.ts';

/** What a caller is told of a step that waits for its slot. */
export const slotReason = 'The request budget of the subscription is in use.';

/**
 * Holds a step back until the pacer's slot. A slot that was reserved before keeps its place, else those who wait would
 * push each other back for ever; it is looked at again before it is used.
 *
 * @returns undefined when the call may leave now.
 */
export async function awaitSlot(
  services: StepServices,
  work: Work,
  call: ArmCall,
  resume: 'send' | 'poll',
): Promise<Progress | undefined> {
  const slot = await slotFor(services, call, work.held.step.slotAt);
  if (slot.kind === 'go') return undefined;
  const seconds = secondsUntil(slot.until, services.clock());
  const slotAt = ticketOf(slot);
  return holdBack(services, work, { seconds, reason: slotReason, resume, ...(slotAt ? { slotAt } : {}) });
}

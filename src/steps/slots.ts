import type { ArmCall } from '../arm/call.ts';
import { reserve, slotFor, ticketOf } from './exchange.ts';
import { holdBack } from './settle.ts';
import type { AnyStep, StepOrder } from './step.ts';
import { describedCall, type Progress, type StepInHand } from './stepInHand.ts';
import type { StepServices } from './stepServices.ts';
import { secondsUntil } from './timings.ts';

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
  work: StepInHand,
  call: ArmCall,
  resume: 'send' | 'poll',
): Promise<Progress | undefined> {
  const slot = await slotFor(services, call, work.held.step.slotAt);
  if (slot.kind === 'go') return undefined;
  const seconds = secondsUntil(slot.until, services.clock());
  const slotAt = ticketOf(slot);
  return holdBack(services, work, { seconds, reason: slotReason, resume, ...(slotAt ? { slotAt } : {}) });
}

/** When the first request of a step may leave. */
export interface FirstSlot {
  /** Seconds from now; 0 for at once. */
  readonly seconds: number;
  /** What was reserved, ISO 8601 UTC; absent when nothing was: the step asks again when it is executed. */
  readonly slotAt?: string;
}

const none: FirstSlot = { seconds: 0 };

/** A step whose first move is a request of its own. */
function firstCall(definition: AnyStep | undefined, { input }: StepOrder) {
  // The flow has made the input for the step of this name.
  if (!definition || definition.followsStep?.(input as never)) return undefined;
  return describedCall(definition, input);
}

/**
 * Reserves the slot of a step's first request when it is ordered, so that its message is delivered once, when the
 * budget has room.
 */
export async function firstSlot(services: StepServices, order: StepOrder): Promise<FirstSlot> {
  const call = firstCall(services.catalogue.get(order.stepName), order);
  if (!call) return none;
  const now = services.clock();
  const slot = await reserve(services, call);
  if (slot.kind === 'go') return { seconds: 0, slotAt: (slot.ticket ?? now).toISOString() };
  const ticket = ticketOf(slot);
  const seconds = secondsUntil(slot.until, now);
  return ticket ? { seconds, slotAt: ticket.toISOString() } : { seconds };
}

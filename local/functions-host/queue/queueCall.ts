import type { InvocationInput } from '../invoke.ts';
import type { RegisteredFunction } from '../registry.ts';
import { wholeSecondInstant } from '../timer/instantText.ts';
import { overlayValueProperties } from '../triggerMetadata.ts';
import { parseJsonOrKeep, type TypedData } from '../typedData.ts';
import type { QueueMessage } from './queueStore.ts';

const instant = (milliseconds: number): TypedData => ({
  json: JSON.stringify(wholeSecondInstant(milliseconds)),
});

/**
 * The call for one queue message: its text, and metadata over which the message's own properties are laid, so that a
 * property `id` hides the message id.
 */
export function queueCall(fn: RegisteredFunction, message: QueueMessage, text: string): InvocationInput {
  const metadata = {
    QueueTrigger: { string: text },
    DequeueCount: { json: String(message.dequeueCount) },
    ExpirationTime: instant(message.expiresAt),
    Id: { string: message.id },
    InsertionTime: instant(message.insertedAt),
    NextVisibleTime: instant(message.nextVisibleAt),
    PopReceipt: { string: message.popReceipt },
  };
  return {
    inputData: [{ name: fn.trigger.key, data: { string: text } }],
    triggerMetadata: overlayValueProperties(metadata, parseJsonOrKeep(text)),
  };
}

import { textOption } from '../bindingOptions.ts';
import type { RegisteredFunction } from '../registry.ts';
import { connectionString, type Settings } from '../settings.ts';
import type { NamedTypedData } from '../typedData.ts';
import type { Warnings } from '../warnings.ts';
import { encodeMessage, type MessageEncoding } from './messageEncoding.ts';
import { outputMessages } from './outputMessages.ts';
import type { QueueStore } from './queueStore.ts';

/** What sending queue outputs needs. */
export interface QueueOutputs {
  readonly settings: Settings;
  readonly warnings: Warnings;
  readonly encoding: MessageEncoding;
  readonly storeFor: (connection: string) => QueueStore;
}

/** Text that no longer fits a queue message after base64 is refused by Azure with 413. */
const LARGEST_TEXT_BYTES = 48 * 1024;

/** Puts the messages of a function's queue outputs, one after the other; other outputs are left alone. */
export async function sendQueueOutputs(
  outputs: QueueOutputs,
  fn: RegisteredFunction,
  outputData: readonly NamedTypedData[],
): Promise<void> {
  for (const { name, data } of outputData) {
    const binding = fn.bindings.find((each) => each.key === name && each.type.toLowerCase() === 'queue');
    if (!binding) continue;
    const queue = textOption(binding.options, 'queueName', outputs.settings) ?? '';
    const connection = textOption(binding.options, 'connection', outputs.settings);
    const store = outputs.storeFor(connectionString(connection, outputs.settings));
    for (const text of outputMessages(data)) {
      warnOfSize(outputs, queue, text);
      await store.put(queue, encodeMessage(text, outputs.encoding));
    }
  }
}

function warnOfSize({ warnings }: QueueOutputs, queue: string, text: string): void {
  const bytes = Buffer.byteLength(text, 'utf8');
  if (bytes > LARGEST_TEXT_BYTES)
    warnings.warn('H07', queue, `message of ${bytes} bytes; Azure takes 48 KiB of text`);
}

import type { Clock, ClockTimer } from '../clock/clock.ts';
import type { Invoke } from '../invoke.ts';
import type { RegisteredFunction } from '../registry.ts';
import { decodeMessage } from './messageEncoding.ts';
import { queueCall } from './queueCall.ts';
import type { QueueOptions } from './queueOptions.ts';
import type { QueueMessage, QueueStore } from './queueStore.ts';

/** Seconds a received message is hidden; it returns after so long when its host has died. */
export const RECEIVE_VISIBILITY_SECONDS = 600;

/** What working on one message needs. */
export interface MessageRunner {
  readonly fn: RegisteredFunction;
  readonly queue: string;
  readonly store: QueueStore;
  readonly options: QueueOptions;
  readonly clock: Clock;
  readonly invoke: Invoke;
  /** Told of a failed call, before the message is put back or away. */
  readonly failed: (message: QueueMessage, error: unknown) => void;
}

/** The poison queue of a queue; a poison queue has none. */
export const poisonQueueOf = (queue: string): string | undefined =>
  queue.toLowerCase().endsWith('-poison') ? undefined : `${queue}-poison`;

/** Works on one received message to its end: deleted, hidden for another try, or moved to the poison queue. */
export async function runMessage(runner: MessageRunner, message: QueueMessage): Promise<void> {
  const text = decodeMessage(message.text, runner.options.encoding);
  if (text === undefined) return moveToPoison(runner, message);
  if (message.dequeueCount > runner.options.maxDequeueCount) return moveToPoison(runner, message);
  const lease = keepHidden(runner, message);
  const outcome = await runner.invoke(runner.fn, queueCall(runner.fn, message, text));
  const held = lease.end();
  if (outcome.ok) return void (await runner.store.delete(runner.queue, held));
  runner.failed(held, outcome.error);
  if (message.dequeueCount >= runner.options.maxDequeueCount) return moveToPoison(runner, held);
  await runner.store.update(runner.queue, held, runner.options.retryVisibilitySeconds);
}

/** Copies the raw text, then deletes: a stop between the two leaves it in both. */
async function moveToPoison(runner: MessageRunner, message: QueueMessage): Promise<void> {
  const poison = poisonQueueOf(runner.queue);
  if (poison === undefined) return;
  await runner.store.put(poison, message.text, { ttlSeconds: -1 });
  await runner.store.delete(runner.queue, message);
}

/** Renews the invisibility at half-life until ended; `end` gives the message with its latest receipt. */
function keepHidden(runner: MessageRunner, message: QueueMessage): { end(): QueueMessage } {
  let held = message;
  let timer: ClockTimer | undefined;
  let ended = false;
  const renew = async (): Promise<void> => {
    const popReceipt = await runner.store
      .update(runner.queue, held, RECEIVE_VISIBILITY_SECONDS)
      .catch(() => undefined);
    if (popReceipt === undefined || ended) return;
    held = { ...held, popReceipt };
    arm();
  };
  const arm = (): void => {
    timer = runner.clock.after((RECEIVE_VISIBILITY_SECONDS / 2) * 1000, () => void renew());
  };
  arm();
  return {
    end() {
      ended = true;
      if (timer) runner.clock.cancel(timer);
      return held;
    },
  };
}

import type { ClockTimer } from '../clock/clock.ts';
import { RECEIVE_VISIBILITY_SECONDS, runMessage, type MessageRunner } from './messageRun.ts';
import type { QueueMessage } from './queueStore.ts';

/** One queue function at work. */
export interface QueueListener {
  start(): void;
  /** Receives nothing more and resolves when every message at work has ended. */
  stop(): Promise<void>;
  /** Receives nothing more and waits for nothing. The store must be one that died with the host. */
  crash(): void;
}

/** What a listener needs beyond one message's run. */
export interface QueueListenerOptions extends MessageRunner {
  /** Told of each message before it runs. */
  readonly received: (message: QueueMessage) => void;
  /** Told of a storage error; the listener goes on after its pause. */
  readonly storageFailed: (error: unknown) => void;
}

const FIRST_PAUSE_MS = 100;

/**
 * Receives in batches while few messages are at work; pauses after an empty receive, longer each time up to the maximum,
 * ±20 %. A store that announces changes is not polled: the pause then ends with the next visible message.
 */
export function createQueueListener(options: QueueListenerOptions): QueueListener {
  const { queue, store, clock } = options;
  const working = new Set<Promise<void>>();
  let stopped = false;
  let receiving: Promise<number> | undefined;
  let empties = 0;
  let pause: ClockTimer | undefined;
  let unsubscribe: (() => void) | undefined;

  const schedule = (delayMs: number): void => {
    if (stopped) return;
    if (pause) clock.cancel(pause);
    pause = clock.after(delayMs, () => {
      pause = undefined;
      void poll();
    });
  };

  const work = (message: QueueMessage): void => {
    options.received(message);
    const run = runMessage(options, message)
      .catch(options.storageFailed)
      .then(() => {
        working.delete(run);
        if (working.size === options.options.newBatchThreshold) schedule(0);
      });
    working.add(run);
  };

  const receive = async (): Promise<number> => {
    try {
      const messages = await store.receive(queue, options.options.batchSize, RECEIVE_VISIBILITY_SECONDS);
      messages.forEach(work);
      return messages.length;
    } catch (error) {
      options.storageFailed(error);
      return 0;
    }
  };

  const poll = async (): Promise<void> => {
    if (stopped || receiving || working.size > options.options.newBatchThreshold) return;
    receiving = receive();
    const count = await receiving;
    receiving = undefined;
    empties = count > 0 ? 0 : empties + 1;
    if (count > 0) schedule(0);
    else if (store.nextVisibleAt) waitForVisible(store.nextVisibleAt(queue));
    else schedule(pauseMs());
  };

  const pauseMs = (): number => {
    const grown = FIRST_PAUSE_MS * 2 ** Math.min(empties - 1, 20);
    return Math.min(grown * (0.8 + 0.4 * clock.random()), options.options.maxPollingIntervalMs);
  };

  const waitForVisible = (visibleAt: number | undefined): void => {
    if (visibleAt !== undefined) schedule(Math.max(0, visibleAt - clock.now()));
  };

  const halt = (): void => {
    stopped = true;
    if (pause) clock.cancel(pause);
    unsubscribe?.();
  };

  return {
    start() {
      unsubscribe = store.subscribe?.(queue, () => {
        if (!receiving) schedule(0);
      });
      schedule(0);
    },
    async stop() {
      halt();
      await receiving;
      await Promise.all(working);
    },
    crash: halt,
  };
}

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
export const createQueueListener = (options: QueueListenerOptions): QueueListener => new Listener(options);

class Listener implements QueueListener {
  readonly #parts: QueueListenerOptions;
  readonly #working = new Set<Promise<void>>();
  #stopped = false;
  #receiving: Promise<number> | undefined;
  #emptyReceives = 0;
  #pause: ClockTimer | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(parts: QueueListenerOptions) {
    this.#parts = parts;
  }

  start(): void {
    const { store, queue } = this.#parts;
    this.#unsubscribe = store.subscribe?.(queue, () => {
      if (!this.#receiving) this.#pollAfter(0);
    });
    this.#pollAfter(0);
  }

  async stop(): Promise<void> {
    this.crash();
    await this.#receiving;
    await Promise.all(this.#working);
  }

  crash(): void {
    this.#stopped = true;
    if (this.#pause) this.#parts.clock.cancel(this.#pause);
    this.#unsubscribe?.();
  }

  #pollAfter(delayMs: number): void {
    if (this.#stopped) return;
    const { clock } = this.#parts;
    if (this.#pause) clock.cancel(this.#pause);
    this.#pause = clock.after(delayMs, () => {
      this.#pause = undefined;
      void this.#poll();
    });
  }

  async #poll(): Promise<void> {
    const { store, queue, options, clock } = this.#parts;
    if (this.#stopped || this.#receiving || this.#working.size > options.newBatchThreshold) return;
    this.#receiving = this.#receive();
    const count = await this.#receiving;
    this.#receiving = undefined;
    this.#emptyReceives = count > 0 ? 0 : this.#emptyReceives + 1;
    if (count > 0) return this.#pollAfter(0);
    if (!store.nextVisibleAt) return this.#pollAfter(this.#pauseMs());
    const visibleAt = store.nextVisibleAt(queue);
    if (visibleAt !== undefined) this.#pollAfter(Math.max(0, visibleAt - clock.now()));
  }

  async #receive(): Promise<number> {
    const { store, queue, options, storageFailed } = this.#parts;
    try {
      const messages = await store.receive(queue, options.batchSize, RECEIVE_VISIBILITY_SECONDS);
      for (const message of messages) this.#work(message);
      return messages.length;
    } catch (error) {
      storageFailed(error);
      return 0;
    }
  }

  #work(message: QueueMessage): void {
    this.#parts.received(message);
    const run = runMessage(this.#parts, message)
      .catch(this.#parts.storageFailed)
      .then(() => {
        this.#working.delete(run);
        if (this.#working.size === this.#parts.options.newBatchThreshold) this.#pollAfter(0);
      });
    this.#working.add(run);
  }

  #pauseMs(): number {
    const grown = FIRST_PAUSE_MS * 2 ** Math.min(this.#emptyReceives - 1, 20);
    return Math.min(
      grown * (0.8 + 0.4 * this.#parts.clock.random()),
      this.#parts.options.maxPollingIntervalMs,
    );
  }
}

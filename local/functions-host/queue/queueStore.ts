/** A message as a queue service hands it out; instants in milliseconds since the epoch. */
export interface QueueMessage {
  readonly id: string;
  /** Proof of holding the message; a later receive or update makes it stale. */
  readonly popReceipt: string;
  /** 1 at the first receive. */
  readonly dequeueCount: number;
  readonly insertedAt: number;
  readonly expiresAt: number;
  readonly nextVisibleAt: number;
  /** The text as it lies in the queue, encoding included. */
  readonly text: string;
}

/** How a message is put. */
export interface PutOptions {
  /** Seconds until it can be received, default 0. */
  readonly visibilitySeconds?: number;
  /** Seconds until it is dropped, -1 for never, default seven days. */
  readonly ttlSeconds?: number;
}

/** The part of a queue service the host uses. A queue that does not exist is empty. */
export interface QueueStore {
  /** Up to `max` (1–32) visible messages, hidden from others for `visibilitySeconds`. */
  receive(queue: string, max: number, visibilitySeconds: number): Promise<readonly QueueMessage[]>;
  /** Hides a message for so long from now; the new pop receipt, or undefined when the old one is stale. */
  update(queue: string, held: HeldMessage, visibilitySeconds: number): Promise<string | undefined>;
  /** Removes a message; false when the receipt is stale. */
  delete(queue: string, held: HeldMessage): Promise<boolean>;
  /** Adds a message; the queue is made when it is missing. */
  put(queue: string, text: string, options?: PutOptions): Promise<void>;
  /** When the next message becomes visible; stores without it are polled. */
  nextVisibleAt?(queue: string): number | undefined;
  /** Calls back after each change of a queue until the returned function is called. */
  subscribe?(queue: string, changed: () => void): () => void;
}

/** What identifies a received message towards its store. */
export type HeldMessage = Pick<QueueMessage, 'id' | 'popReceipt'>;

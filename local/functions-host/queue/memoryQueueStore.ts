import type { Clock } from '../clock/clock.ts';
import { seededGuid } from '../guid.ts';
import type { HeldMessage, QueueMessage, QueueStore } from './queueStore.ts';

/** A queue service in memory, with the means of a test to look inside. */
export interface MemoryQueueStore extends QueueStore {
  readonly nextVisibleAt: (queue: string) => number | undefined;
  readonly subscribe: (queue: string, changed: () => void) => () => void;
  /** Every message that has not expired, hidden ones included, in the order it was put. */
  messages(queue: string): readonly QueueMessage[];
  /** Names of the queues that exist, in the order they were made. */
  queues(): readonly string[];
}

interface Entry {
  readonly number: number;
  message: QueueMessage;
}

/** One queue: its messages by number, in the order they were put, and a time before which none of them expires. */
interface Shelf {
  readonly entries: Map<number, Entry>;
  expiresAt: number;
}

const nothing: ReadonlyMap<number, Entry> = new Map();

const DEFAULT_TTL_SECONDS = 7 * 86_400;
const NEVER_EXPIRES_AT = Date.UTC(9999, 11, 31, 23, 59, 59);

/** Visibility, dequeue count and time to live follow the clock; expired messages are dropped when next looked at. */
export function createMemoryQueueStore(clock: Clock): MemoryQueueStore {
  const queues = new Map<string, Shelf>();
  let lastNumber = 0;
  const watchers = new Map<string, Set<() => void>>();
  const changed = (queue: string): void => watchers.get(queue)?.forEach((tell) => tell());

  const living = (queue: string): ReadonlyMap<number, Entry> => {
    const shelf = queues.get(queue);
    if (!shelf) return nothing;
    if (shelf.expiresAt <= clock.now()) dropExpired(shelf, clock.now());
    return shelf.entries;
  };
  const find = (queue: string, held: HeldMessage): Entry | undefined => {
    const entry = living(queue).get(numberIn(held.popReceipt));
    return entry?.message.popReceipt === held.popReceipt ? entry : undefined;
  };

  const hide = (entry: Entry, visibilitySeconds: number, dequeued: number): QueueMessage => {
    const { message } = entry;
    entry.message = {
      ...message,
      popReceipt: receiptOf(entry.number, seededGuid(clock)),
      dequeueCount: message.dequeueCount + dequeued,
      nextVisibleAt: clock.now() + visibilitySeconds * 1000,
    };
    return entry.message;
  };

  return {
    async receive(queue, max, visibilitySeconds) {
      const visible = firstVisible(living(queue), max, clock.now());
      return visible.map((entry) => hide(entry, visibilitySeconds, 1));
    },
    async update(queue, held, visibilitySeconds) {
      const entry = find(queue, held);
      if (!entry) return undefined;
      const { popReceipt } = hide(entry, visibilitySeconds, 0);
      changed(queue);
      return popReceipt;
    },
    async delete(queue, held) {
      const entry = find(queue, held);
      return entry !== undefined && queues.get(queue)?.entries.delete(entry.number) === true;
    },
    async put(queue, text, { visibilitySeconds = 0, ttlSeconds = DEFAULT_TTL_SECONDS } = {}) {
      const now = clock.now();
      const message: QueueMessage = {
        id: seededGuid(clock),
        popReceipt: '',
        dequeueCount: 0,
        insertedAt: now,
        expiresAt: ttlSeconds < 0 ? NEVER_EXPIRES_AT : now + ttlSeconds * 1000,
        nextVisibleAt: now + visibilitySeconds * 1000,
        text,
      };
      const shelf = queues.get(queue) ?? { entries: new Map<number, Entry>(), expiresAt: Infinity };
      queues.set(queue, shelf);
      shelf.entries.set(++lastNumber, { number: lastNumber, message });
      shelf.expiresAt = Math.min(shelf.expiresAt, message.expiresAt);
      changed(queue);
    },
    nextVisibleAt: (queue) => earliest(living(queue)),
    subscribe(queue, tell) {
      const told = watchers.get(queue) ?? new Set();
      watchers.set(queue, told.add(tell));
      return () => void told.delete(tell);
    },
    messages: (queue) => [...living(queue).values()].map(({ message }) => message),
    queues: () => [...queues.keys()],
  };
}

/** A GUID that ends with the message's number: nothing is searched for in a long queue. */
const receiptOf = (number: number, guid: string): string =>
  `${guid.slice(0, 24)}${number.toString(16).padStart(12, '0')}`;

const numberIn = (receipt: string): number => Number.parseInt(receipt.slice(24), 16);

function dropExpired(shelf: Shelf, now: number): void {
  shelf.expiresAt = Infinity;
  for (const [number, { message }] of shelf.entries) {
    if (message.expiresAt <= now) shelf.entries.delete(number);
    else shelf.expiresAt = Math.min(shelf.expiresAt, message.expiresAt);
  }
}

function firstVisible(entries: ReadonlyMap<number, Entry>, max: number, now: number): Entry[] {
  const visible: Entry[] = [];
  for (const entry of entries.values()) {
    if (visible.length >= max) break;
    if (entry.message.nextVisibleAt <= now) visible.push(entry);
  }
  return visible;
}

function earliest(entries: ReadonlyMap<number, Entry>): number | undefined {
  let soonest: number | undefined;
  for (const { message } of entries.values()) soonest = Math.min(soonest ?? Infinity, message.nextVisibleAt);
  return soonest;
}

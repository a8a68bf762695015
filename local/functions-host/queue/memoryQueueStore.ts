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
  message: QueueMessage;
}

const DEFAULT_TTL_SECONDS = 7 * 86_400;
const NEVER_EXPIRES_AT = Date.UTC(9999, 11, 31, 23, 59, 59);

/** Visibility, dequeue count and time to live follow the clock; expired messages are dropped when next looked at. */
export function createMemoryQueueStore(clock: Clock): MemoryQueueStore {
  const queues = new Map<string, Entry[]>();
  const watchers = new Map<string, Set<() => void>>();
  const changed = (queue: string): void => watchers.get(queue)?.forEach((tell) => tell());

  const living = (queue: string): Entry[] => {
    const entries = queues.get(queue);
    if (!entries) return [];
    const alive = entries.filter((entry) => entry.message.expiresAt > clock.now());
    queues.set(queue, alive);
    return alive;
  };
  const find = (queue: string, held: HeldMessage): Entry | undefined =>
    living(queue).find(({ message }) => message.id === held.id && message.popReceipt === held.popReceipt);

  const hide = (entry: Entry, visibilitySeconds: number, dequeued: number): QueueMessage => {
    const { message } = entry;
    entry.message = {
      ...message,
      popReceipt: seededGuid(clock),
      dequeueCount: message.dequeueCount + dequeued,
      nextVisibleAt: clock.now() + visibilitySeconds * 1000,
    };
    return entry.message;
  };

  return {
    async receive(queue, max, visibilitySeconds) {
      const visible = living(queue).filter(({ message }) => message.nextVisibleAt <= clock.now());
      return visible.slice(0, max).map((entry) => hide(entry, visibilitySeconds, 1));
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
      if (!entry) return false;
      queues.set(
        queue,
        living(queue).filter((each) => each !== entry),
      );
      return true;
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
      queues.set(queue, [...living(queue), { message }]);
      changed(queue);
    },
    nextVisibleAt: (queue) => living(queue).reduce<number | undefined>(earlier, undefined),
    subscribe(queue, tell) {
      const told = watchers.get(queue) ?? new Set();
      watchers.set(queue, told.add(tell));
      return () => void told.delete(tell);
    },
    messages: (queue) => living(queue).map(({ message }) => message),
    queues: () => [...queues.keys()],
  };
}

const earlier = (soonest: number | undefined, { message }: Entry): number =>
  Math.min(soonest ?? Infinity, message.nextVisibleAt);

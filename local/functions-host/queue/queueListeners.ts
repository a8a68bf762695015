import { textOption } from '../bindingOptions.ts';
import type { Clock } from '../clock/clock.ts';
import type { HostLog } from '../hostLog.ts';
import type { Invoke } from '../invoke.ts';
import type { FunctionRegistry, RegisteredFunction } from '../registry.ts';
import { connectionString, type Settings } from '../settings.ts';
import type { Warnings } from '../warnings.ts';
import { poisonQueueOf } from './messageRun.ts';
import { createQueueListener, type QueueListener } from './queueListener.ts';
import type { QueueOptions } from './queueOptions.ts';
import type { QueueMessage, QueueStore } from './queueStore.ts';

/** What the queue functions of an app need. */
export interface QueueListenersOptions {
  readonly registry: FunctionRegistry;
  readonly settings: Settings;
  readonly warnings: Warnings;
  readonly log: HostLog;
  readonly clock: Clock;
  readonly invoke: Invoke;
  readonly options: QueueOptions;
  readonly storeFor: (connection: string) => QueueStore;
  /** Told of a function whose queue or connection is not known; the others go on. */
  readonly refuse: (fn: RegisteredFunction, error: unknown) => void;
}

const SEVEN_DAYS_MS = 7 * 86_400_000;

/** One listener per queue function; a queue whose poison queue nobody reads is warned of (H21). */
export function createQueueListeners(options: QueueListenersOptions): readonly QueueListener[] {
  const functions = options.registry.byTrigger('queueTrigger');
  const queues = new Map<RegisteredFunction, string>();
  for (const fn of functions)
    queues.set(fn, textOption(fn.trigger.options, 'queueName', options.settings) ?? '');
  const listeners: QueueListener[] = [];
  for (const [fn, queue] of queues) {
    warnOfPoison(options, queue, [...queues.values()]);
    try {
      listeners.push(queueListener(options, fn, queue));
    } catch (error) {
      options.refuse(fn, error);
    }
  }
  return listeners;
}

function warnOfPoison({ warnings }: QueueListenersOptions, queue: string, all: readonly string[]): void {
  const poison = poisonQueueOf(queue);
  if (poison === undefined || all.includes(poison)) return;
  warnings.warn('H21', queue, `no function reads '${poison}': poisoned messages pile up unseen`);
}

function queueListener(options: QueueListenersOptions, fn: RegisteredFunction, queue: string): QueueListener {
  const connection = textOption(fn.trigger.options, 'connection', options.settings);
  const store = options.storeFor(connectionString(connection, options.settings));
  const say = (message: string): void =>
    options.log({ level: 'error', category: 'Host.Queue', message, functionName: fn.name });
  return createQueueListener({
    ...options,
    fn,
    queue,
    store,
    received: (message) => warnOfTtl(options.warnings, queue, message),
    failed: (message) =>
      say(`message ${message.id} of '${queue}' failed at delivery ${message.dequeueCount}`),
    storageFailed: (error) => say(`'${queue}': ${error instanceof Error ? error.message : String(error)}`),
  });
}

function warnOfTtl(warnings: Warnings, queue: string, message: QueueMessage): void {
  if (message.expiresAt - message.insertedAt !== SEVEN_DAYS_MS) return;
  warnings.warn('H08', queue, 'message with the default time to live: silently gone after 7 days');
}

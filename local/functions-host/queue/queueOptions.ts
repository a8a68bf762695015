import type { HostJson } from '../hostJson.ts';
import type { MessageEncoding } from './messageEncoding.ts';

/** `extensions.queues` of `host.json`. */
export interface QueueOptions {
  /** Messages per receive, 1–32. */
  readonly batchSize: number;
  /** Receive again when no more than this many messages are being worked on. */
  readonly newBatchThreshold: number;
  readonly maxDequeueCount: number;
  /** Seconds a message stays hidden after a failure; nothing else. */
  readonly retryVisibilitySeconds: number;
  readonly maxPollingIntervalMs: number;
  readonly encoding: MessageEncoding;
}

/** Reads the queue options with the platform's defaults. */
export function readQueueOptions(hostJson: HostJson): QueueOptions {
  const at = (name: string): string => `extensions.queues.${name}`;
  const batchSize = Math.min(32, Math.max(1, hostJson.number(at('batchSize'), 16)));
  return {
    batchSize,
    newBatchThreshold: hostJson.number(at('newBatchThreshold'), Math.floor(batchSize / 2)),
    maxDequeueCount: hostJson.number(at('maxDequeueCount'), 5),
    retryVisibilitySeconds: Math.floor(hostJson.durationMs(at('visibilityTimeout'), 0) / 1000),
    maxPollingIntervalMs: hostJson.durationMs(at('maxPollingInterval'), 60_000),
    encoding: hostJson.text(at('messageEncoding'), 'base64').toLowerCase() === 'none' ? 'none' : 'base64',
  };
}

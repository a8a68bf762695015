import { describe, expect, test } from 'vitest';
import type { InvocationInput, InvocationOutcome } from '../../local/functions-host/invoke.ts';
import { createMemoryQueueStore } from '../../local/functions-host/queue/memoryQueueStore.ts';
import { decodeMessage, encodeMessage } from '../../local/functions-host/queue/messageEncoding.ts';
import { outputMessages } from '../../local/functions-host/queue/outputMessages.ts';
import { createQueueListener } from '../../local/functions-host/queue/queueListener.ts';
import type { QueueOptions } from '../../local/functions-host/queue/queueOptions.ts';
import type { RegisteredFunction } from '../../local/functions-host/registry.ts';
import type { TypedData } from '../../local/functions-host/typedData.ts';
import { startHost } from './startHost.ts';
import { steppedClock, type SteppedClock } from './steppedClock.ts';

const START = '2026-08-22T02:00:00Z';
const MINUTE = 60_000;
const worker: RegisteredFunction = {
  name: 'worker',
  trigger: { key: 'queue1', type: 'queueTrigger', options: {} },
  bindings: [],
  callback: () => undefined,
  metadata: { name: 'worker', bindings: {} },
};
const base64 = (text: string): string => encodeMessage(text, 'base64');
const succeeded: InvocationOutcome = { ok: true, outputData: [], result: undefined };
const failed: InvocationOutcome = { ok: false, error: new Error('kaput') };

type Handler = (text: string, delivery: number) => Promise<InvocationOutcome> | InvocationOutcome;

/** A queue `work` with a listener whose function is `handler`; `polled` takes the announcements away. */
function listening(
  clock: SteppedClock,
  handler: Handler,
  change: Partial<QueueOptions> & { polled?: boolean } = {},
) {
  const memory = createMemoryQueueStore(clock);
  const { nextVisibleAt: _next, subscribe: _subscribe, ...silent } = memory;
  const calls: { at: string; text: string; input: InvocationInput }[] = [];
  const deliveries = new Map<string, number>();
  const listener = createQueueListener({
    fn: worker,
    queue: 'work',
    store: change.polled ? silent : memory,
    clock,
    options: {
      batchSize: 16,
      newBatchThreshold: 8,
      maxDequeueCount: 3,
      retryVisibilitySeconds: 60,
      maxPollingIntervalMs: 2000,
      encoding: 'base64',
      ...change,
    },
    invoke: async (_fn, input) => {
      const text = input.inputData[0]?.data.string ?? '';
      deliveries.set(text, (deliveries.get(text) ?? 0) + 1);
      calls.push({ at: new Date(clock.now()).toISOString().slice(11, 19), text, input });
      return handler(text, deliveries.get(text) ?? 0);
    },
    received: () => undefined,
    failed: () => undefined,
    storageFailed: (error) => {
      throw error;
    },
  });
  listener.start();
  return { memory, calls, listener, texts: () => calls.map((call) => call.text) };
}

describe('listener', () => {
  test('a message that succeeds is gone', async () => {
    const clock = steppedClock(START);
    const { memory, texts } = listening(clock, () => succeeded);
    await memory.put('work', base64('one'));
    await clock.advance(MINUTE);
    expect(texts()).toEqual(['one']);
    expect(memory.messages('work')).toEqual([]);
  });

  test('a failed message comes back after visibilityTimeout', async () => {
    const clock = steppedClock(START);
    const { memory, calls } = listening(clock, (_text, delivery) => (delivery < 3 ? failed : succeeded));
    await memory.put('work', base64('one'));
    await clock.advance(10 * MINUTE);
    expect(calls.map((call) => call.at)).toEqual(['02:00:00', '02:01:00', '02:02:00']);
    expect(memory.queues()).toEqual(['work']);
  });

  test('a message that fails maxDequeueCount times lies in the poison queue as it was sent', async () => {
    const clock = steppedClock(START);
    const { memory, calls } = listening(clock, () => failed);
    await memory.put('work', base64('{"fail":true}'));
    await clock.advance(10 * MINUTE);
    expect(calls).toHaveLength(3);
    expect(memory.messages('work')).toEqual([]);
    expect(memory.messages('work-poison').map((message) => message.text)).toEqual([base64('{"fail":true}')]);
  });

  test('a message that cannot be decoded is poisoned without a call', async () => {
    const clock = steppedClock(START);
    const { memory, calls } = listening(clock, () => succeeded);
    await memory.put('work', 'not base64!');
    await clock.advance(MINUTE);
    expect(calls).toEqual([]);
    expect(memory.messages('work-poison').map((message) => message.text)).toEqual(['not base64!']);
  });

  test('a message delivered more often than maxDequeueCount is poisoned without a call', async () => {
    const clock = steppedClock(START);
    const memory = createMemoryQueueStore(clock);
    await memory.put('work', base64('one'));
    for (let delivery = 1; delivery <= 3; delivery += 1) await memory.receive('work', 1, 0);
    const { calls, listener } = listening(clock, () => succeeded);
    listener.crash();
    const again = createQueueListenerOn(memory, clock, calls);
    again.start();
    await clock.advance(MINUTE);
    expect(calls).toEqual([]);
    expect(memory.messages('work-poison')).toHaveLength(1);
  });

  test('a poison queue has no poison queue of its own: the message stays hidden', async () => {
    const clock = steppedClock(START);
    const memory = createMemoryQueueStore(clock);
    const listener = createQueueListenerOn(memory, clock, [], 'work-poison', failed);
    listener.start();
    await memory.put('work-poison', base64('one'));
    await clock.advance(5 * MINUTE);
    expect(memory.queues()).toEqual(['work-poison']);
    expect(memory.messages('work-poison').map((message) => message.dequeueCount)).toEqual([3]);
  });

  test('a running message is renewed at half-life and delivered once', async () => {
    const clock = steppedClock(START);
    const run = (): Promise<InvocationOutcome> =>
      new Promise((resolve) => clock.after(25 * MINUTE, () => resolve(succeeded)));
    const { memory, calls } = listening(clock, run);
    await memory.put('work', base64('slow'));
    await clock.advance(40 * MINUTE);
    expect(calls).toHaveLength(1);
    expect(memory.messages('work')).toEqual([]);
  });

  test('after a crash a message in flight comes back ten minutes after its last renewal and runs again', async () => {
    const clock = steppedClock(START, [0.1, 0.3, 0.6, 0.8, 0.9]);
    const { host, queues } = await startHost(
      {
        'app.js': `const { app } = require('@azure/functions');
          globalThis.deliveries ??= [];
          app.storageQueue('q', { queueName: 'work', connection: '', handler: (text, context) => {
            globalThis.deliveries.push(context.triggerMetadata.dequeueCount);
            if (globalThis.deliveries.length === 1) return new Promise(() => undefined);
          } });`,
      },
      { clock },
    );
    await queues.put('work', base64('one'));
    await clock.advance(6 * MINUTE);
    host.crash();
    await host.start();
    await clock.advance(9 * MINUTE - 1);
    const { deliveries } = globalThis as { deliveries?: number[] };
    expect(deliveries).toEqual([1]);
    await clock.advance(1);
    expect(deliveries).toEqual([1, 2]);
    expect(queues.messages('work')).toEqual([]);
  });

  test('a second batch is received once newBatchThreshold messages are left at work', async () => {
    const clock = steppedClock(START);
    const ends: (() => void)[] = [];
    const { memory, calls } = listening(
      clock,
      () => new Promise((resolve) => ends.push(() => resolve(succeeded))),
      {
        batchSize: 4,
        newBatchThreshold: 2,
      },
    );
    for (const text of ['1', '2', '3', '4', '5', '6']) await memory.put('work', base64(text));
    await clock.advance(MINUTE);
    expect(calls).toHaveLength(4);
    ends[0]?.();
    await clock.advance(1000);
    expect(calls).toHaveLength(4);
    ends[1]?.();
    await clock.advance(1000);
    expect(calls).toHaveLength(6);
  });

  test('a store that announces nothing is polled, at most maxPollingInterval apart', async () => {
    const clock = steppedClock(START);
    const { memory, calls } = listening(clock, () => succeeded, { polled: true });
    await clock.advance(10 * MINUTE);
    await memory.put('work', base64('late'));
    await clock.advance(2000);
    expect(calls).toHaveLength(1);
  });

  test('stop waits for the message at work', async () => {
    const clock = steppedClock(START);
    let end: () => void = () => undefined;
    const { memory, listener } = listening(
      clock,
      () => new Promise((resolve) => (end = () => resolve(succeeded))),
    );
    await memory.put('work', base64('one'));
    await clock.advance(1000);
    let stopped = false;
    const stopping = listener.stop().then(() => (stopped = true));
    await clock.settle();
    expect(stopped).toBe(false);
    end();
    await stopping;
    expect(memory.messages('work')).toEqual([]);
  });

  test('properties of the message hide its metadata', async () => {
    const clock = steppedClock(START);
    const { memory, calls } = listening(clock, () => succeeded);
    await memory.put('work', base64('{"id":"mine","nested":{"X":1}}'), { ttlSeconds: 3600 });
    await clock.advance(1000);
    const { PopReceipt, ...metadata } = calls[0]?.input.triggerMetadata ?? {};
    expect(PopReceipt?.string).toMatch(/^[0-9a-f-]{36}$/);
    expect(metadata).toEqual({
      QueueTrigger: { string: '{"id":"mine","nested":{"X":1}}' },
      DequeueCount: { json: '1' },
      ExpirationTime: { json: '"2026-08-22T03:00:00+00:00"' },
      Id: { string: 'mine' },
      InsertionTime: { json: '"2026-08-22T02:00:00+00:00"' },
      NextVisibleTime: { json: '"2026-08-22T02:10:00+00:00"' },
      nested: { json: '{"X":1}' },
    });
  });
});

function createQueueListenerOn(
  memory: ReturnType<typeof createMemoryQueueStore>,
  clock: SteppedClock,
  calls: unknown[],
  queue = 'work',
  outcome: InvocationOutcome = succeeded,
) {
  return createQueueListener({
    fn: worker,
    queue,
    store: memory,
    clock,
    options: {
      batchSize: 16,
      newBatchThreshold: 8,
      maxDequeueCount: 3,
      retryVisibilitySeconds: 1,
      maxPollingIntervalMs: 2000,
      encoding: 'base64',
    },
    invoke: async (_fn, input) => {
      calls.push(input);
      return outcome;
    },
    received: () => undefined,
    failed: () => undefined,
    storageFailed: (error) => {
      throw error;
    },
  });
}

describe('memory store', () => {
  test('a message is hidden for as long as its receiver asked, then handed out again and counted', async () => {
    const clock = steppedClock(START);
    const store = createMemoryQueueStore(clock);
    await store.put('q', 'text');
    expect((await store.receive('q', 32, 30)).map((message) => message.dequeueCount)).toEqual([1]);
    await clock.advance(29_999);
    expect(await store.receive('q', 32, 30)).toEqual([]);
    await clock.advance(1);
    expect((await store.receive('q', 32, 30)).map((message) => message.dequeueCount)).toEqual([2]);
  });

  test('a receipt is stale once the message was received again: neither delete nor update', async () => {
    const clock = steppedClock(START, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]);
    const store = createMemoryQueueStore(clock);
    await store.put('q', 'text');
    const [first] = await store.receive('q', 1, 1);
    await clock.advance(1000);
    const [second] = await store.receive('q', 1, 1);
    if (!first || !second) throw new Error('nothing received');
    expect(await store.delete('q', first)).toBe(false);
    expect(await store.update('q', first, 60)).toBeUndefined();
    expect(await store.delete('q', second)).toBe(true);
  });

  test('a message is gone when its time to live has passed, after seven days by default', async () => {
    const clock = steppedClock(START);
    const store = createMemoryQueueStore(clock);
    await store.put('q', 'default');
    await store.put('q', 'for ever', { ttlSeconds: -1 });
    await clock.advance(7 * 86_400_000);
    expect(store.messages('q').map((message) => message.text)).toEqual(['for ever']);
  });

  test('a message put with a delay is not visible before', async () => {
    const clock = steppedClock(START);
    const store = createMemoryQueueStore(clock);
    await store.put('q', 'later', { visibilitySeconds: 5 });
    expect(await store.receive('q', 1, 1)).toEqual([]);
    expect(store.nextVisibleAt('q')).toBe(clock.now() + 5000);
  });

  test('a queue that does not exist is empty', async () => {
    expect(await createMemoryQueueStore(steppedClock(START)).receive('none', 1, 1)).toEqual([]);
  });
});

test.each<[TypedData, string[]]>([
  [{ string: 'just a string' }, ['just a string']],
  [{ json: '{"a":1,"b":[1]}' }, ['{\n  "a": 1,\n  "b": [\n    1\n  ]\n}']],
  [{ json: '["s1",{"o":1},5]' }, ['s1', '{\n  "o": 1\n}', '5']],
  [{ json: '["x",["y"]]' }, ['x', '[\n  "y"\n]']],
  [{ json: '[]' }, []],
  [{ json: 'null' }, []],
  [{ json: 'true' }, ['True']],
  [{ int: 7 }, ['7']],
])('the output %j is put as %j', (data, texts) => {
  expect(outputMessages(data)).toEqual(texts);
});

test('texts travel as base64 of UTF-8', () => {
  expect(encodeMessage('é', 'base64')).toBe('w6k=');
  expect(decodeMessage('w6k=', 'base64')).toBe('é');
  expect(decodeMessage('w6k', 'base64')).toBeUndefined();
  expect(decodeMessage('plain', 'none')).toBe('plain');
});

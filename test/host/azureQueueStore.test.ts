import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAzureQueueStore } from '../../local/functions-host/queue/azureQueueStore.ts';
import type { QueueStore } from '../../local/functions-host/queue/queueStore.ts';

// The key every storage emulator has; it is public.
const EMULATOR_KEY =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

let store: QueueStore;
let stopService = (): void => undefined;

beforeAll(async () => {
  const program = createRequire(import.meta.url).resolve('azurite/dist/src/queue/main.js');
  const flags = ['--queuePort', '0', '--inMemoryPersistence', '--skipApiVersionCheck', '--disableTelemetry'];
  const service = spawn(process.execPath, [program, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  stopService = () => void service.kill('SIGTERM');
  for await (const line of createInterface({ input: service.stdout })) {
    const address = /successfully listen(?:s|ing) on (http:\/\/\S+)/.exec(line)?.[1];
    if (address === undefined) continue;
    const parts = [
      'DefaultEndpointsProtocol=http',
      'AccountName=devstoreaccount1',
      `AccountKey=${EMULATOR_KEY}`,
    ];
    store = createAzureQueueStore([...parts, `QueueEndpoint=${address}/devstoreaccount1`].join(';'));
    break;
  }
});

afterAll(() => stopService());

test('a queue that does not exist is empty, and is made by the first message', async () => {
  expect(await store.receive('made-on-demand', 32, 30)).toEqual([]);
  await store.put('made-on-demand', 'text');
  expect((await store.receive('made-on-demand', 32, 30)).map((message) => message.text)).toEqual(['text']);
});

test('a received message carries its count and times', async () => {
  await store.put('times', 'text', { ttlSeconds: 3600 });
  const [message] = await store.receive('times', 1, 600);
  if (!message) throw new Error('nothing received');
  expect(message.dequeueCount).toBe(1);
  expect(message.expiresAt - message.insertedAt).toBe(3_600_000);
  expect(message.nextVisibleAt - message.insertedAt).toBeGreaterThanOrEqual(600_000);
});

test('an update gives a new receipt and makes the old one stale', async () => {
  await store.put('receipts', 'text');
  const [message] = await store.receive('receipts', 1, 30);
  if (!message) throw new Error('nothing received');
  const popReceipt = await store.update('receipts', message, 30);
  if (popReceipt === undefined) throw new Error('not updated');
  expect(await store.update('receipts', message, 30)).toBeUndefined();
  expect(await store.delete('receipts', message)).toBe(false);
  expect(await store.delete('receipts', { id: message.id, popReceipt })).toBe(true);
  expect(await store.delete('receipts', { id: message.id, popReceipt })).toBe(false);
});

test('an update to no invisibility hands the message out again, counted', async () => {
  await store.put('again', 'text');
  const [message] = await store.receive('again', 1, 600);
  if (!message) throw new Error('nothing received');
  await store.update('again', message, 0);
  expect((await store.receive('again', 1, 600)).map((each) => each.dequeueCount)).toEqual([2]);
});

test('a message put with a delay is not handed out before', async () => {
  await store.put('delayed', 'text', { visibilitySeconds: 600 });
  expect(await store.receive('delayed', 1, 30)).toEqual([]);
});

test('a refusal that is not about a missing message is an error', async () => {
  await expect(store.receive('NOT A QUEUE NAME', 1, 30)).rejects.toThrow();
});

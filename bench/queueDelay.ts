import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startAzurite } from '../local/azurite.ts';
import { createRealClock } from '../local/functions-host/clock/realClock.ts';
import { createHost } from '../local/functions-host/host.ts';
import { createHostJson } from '../local/functions-host/hostJson.ts';
import { createAzureQueueStore } from '../local/functions-host/queue/azureQueueStore.ts';
import { readQueueOptions } from '../local/functions-host/queue/queueOptions.ts';
import { createWarnings } from '../local/functions-host/warnings.ts';
import { p99 } from './fleetFigures.ts';
import type { BenchOptions, BenchReport } from './report.ts';
import { median } from './spread.ts';

const folder = resolve('.local/bench/queue-app');
const busyQueue = 'busy';
/** Queues that stay quiet before their one message; several at once, because each quiet takes a minute. */
const idleQueues = Array.from({ length: 8 }, (_, index) => `idle-${index}`);
const quietMs = 60_000;

interface Sample {
  readonly queue: string;
  readonly milliseconds: number;
}

/** What the sample app's functions call; they live in this process. */
const place = globalThis as { messageArrived?: (queue: string, message: { readonly at: number }) => void };

/** An app whose functions do nothing but say that they were called, under this project's host.json. */
function writeSampleApp(): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/package.json`, '{ "main": "app.cjs" }');
  writeFileSync(`${folder}/host.json`, readFileSync('host.json'));
  const functions = [busyQueue, ...idleQueues].map(
    (queue) =>
      `app.storageQueue('${queue}', { queueName: '${queue}', connection: 'AzureWebJobsStorage', ` +
      `handler: (message) => globalThis.messageArrived('${queue}', message) });`,
  );
  writeFileSync(
    `${folder}/app.cjs`,
    ["const { app } = require('@azure/functions');", ...functions].join('\n'),
  );
}

/** Sends one message after the other at a steady rate. */
async function sendSteadily(send: () => Promise<void>, perSecond: number, seconds: number): Promise<void> {
  const begun = Date.now();
  const sent: Promise<void>[] = [];
  for (let index = 0; index < perSecond * seconds; index++) {
    await wait(Math.max(0, begun + (index * 1000) / perSecond - Date.now()));
    sent.push(send());
  }
  await Promise.all(sent);
}

type Send = (queue: string) => Promise<void>;

const rates = [
  { perSecond: 10, seconds: 30 },
  { perSecond: 100, seconds: 15 },
] as const;

async function measureBusy(send: Send, samples: Sample[], perSecond: number, seconds: number) {
  const before = samples.length;
  await sendSteadily(() => send(busyQueue), perSecond, seconds);
  while (samples.length < before + perSecond * seconds) await wait(50);
  return samples.slice(before).map(({ milliseconds }) => milliseconds);
}

async function measureIdle(send: Send, samples: Sample[], pollMs: number): Promise<readonly number[]> {
  const before = samples.length;
  await wait(quietMs);
  for (const queue of idleQueues) {
    await send(queue);
    await wait(pollMs / idleQueues.length);
  }
  while (samples.length < before + idleQueues.length) await wait(50);
  return samples.slice(before).map(({ milliseconds }) => milliseconds);
}

const rowOf = (words: string, delays: readonly number[]): readonly string[] => [
  ...[words, String(delays.length)],
  ...[median(delays), p99(delays), Math.max(...delays)].map((value) => value.toFixed(0)),
];

/** Time from sending a message to its handler, on the real clock. */
export async function queueDelay({ quick }: BenchOptions): Promise<BenchReport> {
  writeSampleApp();
  const samples: Sample[] = [];
  place.messageArrived = (queue, { at }) => void samples.push({ queue, milliseconds: Date.now() - at });
  const azurite = await startAzurite();
  const environment = { AzureWebJobsStorage: azurite.connectionString };
  const host = createHost({
    ...{ appFolder: folder, clock: createRealClock(), warnings: createWarnings() },
    ...{ listen: false, environment },
  });
  const store = createAzureQueueStore(azurite.connectionString);
  const send: Send = (queue) => {
    const text = Buffer.from(JSON.stringify({ at: Date.now() })).toString('base64');
    return store.put(queue, text, { ttlSeconds: -1 });
  };
  const { maxPollingIntervalMs } = readQueueOptions(
    createHostJson(JSON.parse(readFileSync('host.json', 'utf8'))),
  );
  const rows: (readonly string[])[] = [];
  try {
    await host.start();
    for (const { perSecond, seconds } of rates.slice(0, quick ? 1 : 2))
      rows.push(
        rowOf(`${perSecond} a second`, await measureBusy(send, samples, perSecond, quick ? 5 : seconds)),
      );
    if (!quick)
      rows.push(rowOf('after 60 s of quiet', await measureIdle(send, samples, maxPollingIntervalMs)));
  } finally {
    await host.stop();
    await azurite.stop();
  }
  return {
    title: 'From queue to handler',
    layer:
      'c: the local host with its real queue listener and a function that does nothing, Azurite in memory beside it, ' +
      `host.json as it is (polls at most ${maxPollingIntervalMs / 1000} s apart); sender and host share a process`,
    columns: ['messages', 'samples', 'p50 in ms', 'p99', 'longest'],
    rows,
    data: samples,
  };
}

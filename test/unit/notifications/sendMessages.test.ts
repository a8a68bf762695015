import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { isNotified, putMessage } from '../../../src/notifications/outbox.ts';
import { sendMessages, type NotificationServices } from '../../../src/notifications/sendMessages.ts';
import type { RunRecord } from '../../../src/runs/run.ts';
import { endedBatch } from '../../support/endedBatch.ts';
import { memoryTable } from '../../support/memoryStorage.ts';

const record = endedBatch({ id: 'a'.repeat(40), failures: [], report: {} });

interface Posted {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An outbox with one message and a webhook whose answers a test sets. */
async function post(webhook: NotificationServices['webhook'] | undefined) {
  const clock = { now: Date.parse('2026-08-22T01:10:00Z') };
  const [posted, printed, alerts]: [Posted[], string[], string[]] = [[], [], []];
  const held: { answer: number | Error } = { answer: 204 };
  const outbox = memoryTable('outbox');
  const services: NotificationServices = {
    clock: () => new Date(clock.now),
    outbox,
    ...(webhook ? { webhook } : {}),
    post: (url, headers, body) => {
      posted.push({ url, headers, body });
      return held.answer instanceof Error ? Promise.reject(held.answer) : Promise.resolve(held.answer);
    },
    print: (line) => void printed.push(line),
    alert: (line) => void alerts.push(line),
  };
  await putMessage(outbox, record, new Date(clock.now));
  return { clock, held, posted, printed, alerts, outbox, send: () => sendMessages(services) };
}

const webhook = { url: 'https://hooks.example.net/backup', key: 'a key' };

describe('a notification', () => {
  test('is a CloudEvent signed with the key over its time and body', async () => {
    const { posted, send } = await post(webhook);
    expect(await send()).toBe(1);
    const [{ url, headers, body }] = posted as [Posted];
    expect(url).toBe('https://hooks.example.net/backup');
    expect(headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    expect(headers['x-backup-signature']).toBe(
      `sha256=${createHmac('sha256', 'a key').update(`2026-08-22T01:10:00.000Z.${body}`).digest('hex')}`,
    );
    expect(JSON.parse(body)).toMatchObject({
      specversion: '1.0',
      type: 'AzureBackupAutomation.BatchEnded',
      subject: `/api/runs/${'a'.repeat(40)}`,
      time: '2026-08-22T01:10:00.000Z',
      data: { status: 'failed', counts: { total: 12, completed: 11, failed: 1 } },
    });
  });

  test('to a webhook that is down waits 30 s, then twice as long each time up to an hour, and keeps its id', async () => {
    const { clock, held, posted, send } = await post(webhook);
    held.answer = new Error('refused');
    const tries: number[] = [];
    for (let second = 0; second <= 3 * 3600; second += 30) {
      const before = posted.length;
      await send();
      if (posted.length > before) tries.push(second);
      clock.now += 30_000;
    }
    expect(tries).toEqual([0, 30, 90, 210, 450, 930, 1890, 3810, 7410]);
    held.answer = 200;
    clock.now += 3_600_000;
    expect(await send()).toBe(1);
    expect(new Set(posted.map(({ body }) => (JSON.parse(body) as { id: string }).id)).size).toBe(1);
    expect(await send()).toBe(0);
  });

  test.each([301, 401, 404, 429, 500])('answered %i is kept and sent again', async (status) => {
    const { clock, held, send } = await post(webhook);
    held.answer = status;
    expect(await send()).toBe(0);
    held.answer = 202;
    clock.now += 30_000;
    expect(await send()).toBe(1);
  });

  test('asked for again after it was sent is not sent twice', async () => {
    const { clock, outbox, posted, send } = await post(webhook);
    await send();
    await putMessage(outbox, record, new Date(clock.now));
    expect(await send()).toBe(0);
    expect(posted).toHaveLength(1);
  });

  test('is sent once by two instances that send together', async () => {
    const { posted, send } = await post(webhook);
    expect((await Promise.all([send(), send()])).sort()).toEqual([0, 1]);
    expect(posted).toHaveLength(1);
  });

  test('whose sender dies with it is sent again after a minute, under the same id', async () => {
    const { clock, outbox, posted, send } = await post(webhook);
    const put = outbox.put.bind(outbox);
    Object.assign(outbox, { put: () => Promise.reject(new Error('killed')) });
    await expect(send()).rejects.toThrow('killed');
    Object.assign(outbox, { put });
    clock.now += 59_000;
    expect(await send()).toBe(0);
    clock.now += 1000;
    expect(await send()).toBe(1);
    expect(new Set(posted.map(({ body }) => (JSON.parse(body) as { id: string }).id)).size).toBe(1);
  });

  test('without a webhook is printed', async () => {
    const { posted, printed, send } = await post(undefined);
    expect(await send()).toBe(1);
    expect(posted).toEqual([]);
    expect(printed[0]).toMatch(/^NOTIFICATION {"specversion":"1.0"/);
  });
});

describe('a receiver that is down', () => {
  const manyWaiting = async () => {
    const desk = await post(webhook);
    for (let at = 1; at < 100; at++) {
      const id = at.toString(16).padStart(40, '0');
      await putMessage(desk.outbox, { ...record, id }, new Date(desk.clock.now));
    }
    return desk;
  };

  test('is asked for four of a hundred messages, not for each of them', async () => {
    const { held, posted, send } = await manyWaiting();
    held.answer = new Error('refused');
    expect(await send()).toBe(0);
    expect(posted).toHaveLength(4);
  });

  test('gets all of them once it is up again', async () => {
    const { clock, held, posted, send } = await manyWaiting();
    held.answer = 503;
    await send();
    held.answer = 204;
    clock.now += 30_000;
    expect(await send()).toBe(100);
    expect(posted).toHaveLength(104);
  });
});

test.each([
  [record, [{ endings: ['failed'] }], true],
  [{ ...record, status: 'completed' }, [{ endings: ['failed'] }], true],
  [record, [], false],
  [{ ...record, batch: 'b' }, [{ endings: ['failed'] }], false],
])('a batch is told once, its children never, nobody without a line in the plan', (ended, lines, told) => {
  const notifications = lines.map(({ endings }) => ({ endings, webhook: 'NOTIFY_URL' as const }));
  expect(isNotified({ notifications } as Parameters<typeof isNotified>[0], ended as RunRecord)).toBe(told);
});

test('a single run is told by the endings that the plan names', () => {
  const { counts: _counts, ...single } = record;
  const notifications = [{ endings: ['failed' as const], webhook: 'NOTIFY_URL' as const }];
  expect(isNotified({ notifications }, single)).toBe(true);
  expect(isNotified({ notifications }, { ...single, status: 'completed' })).toBe(false);
});

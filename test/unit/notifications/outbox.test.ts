import { describe, expect, test } from 'vitest';
import { writeAlert } from '../../../src/notifications/alert.ts';
import { planMessage } from '../../../src/notifications/message.ts';
import {
  channelsFor,
  claim,
  dueMessages,
  isNotified,
  markSent,
  postpone,
  putMessage,
  putMessageFor,
  type Waiting,
} from '../../../src/notifications/outbox.ts';
import { sendMessages, type NotificationServices } from '../../../src/notifications/sendMessages.ts';
import type { Channel } from '../../../src/notifications/channels.ts';
import type { RunRecord } from '../../../src/runs/run.ts';
import { endedBatch } from '../../support/endedBatch.ts';
import { memoryTable } from '../../support/memoryStorage.ts';

const at = (time: string): Date => new Date(`2026-08-22T${time}Z`);
const message = (number: number) => planMessage(`fault ${number}`, at('02:00:00'));

async function outboxWith(...channels: readonly (string | undefined)[]) {
  const outbox = memoryTable('outbox');
  for (const [number, channel] of channels.entries())
    await putMessageFor(outbox, channel, message(number), at('02:00:00'));
  return outbox;
}
const onlyDue = async (outbox: ReturnType<typeof memoryTable>, time: string): Promise<Waiting> => {
  const [[only] = []] = await dueMessages(outbox, at(time));
  if (!only) throw new Error('nothing is due');
  return only;
};

describe('the outbox', () => {
  test('holds a message once for each channel, at once due', async () => {
    const outbox = await outboxWith();
    for (const channel of [undefined, 'ops', 'ops', 'owners', undefined])
      await putMessageFor(outbox, channel, message(1), at('02:00:00'));
    const rows = outbox.rows();
    expect(rows.map(({ channel }) => channel)).toEqual([undefined, 'ops', 'owners']);
    expect(new Set(rows.map(({ rowKey }) => rowKey)).size).toBe(3);
    expect(rows[0]).toMatchObject({
      ...{ partitionKey: 'pending', rowKey: message(1).id, tries: 0 },
      ...{ notBefore: '2026-08-22T02:00:00.000Z', message: JSON.stringify(message(1)) },
    });
    expect(rows[0]).not.toHaveProperty('channel');
  });

  test('of an ended run holds its message for the webhook', async () => {
    const outbox = memoryTable('outbox');
    await putMessage(outbox, endedBatch(), at('02:00:00'));
    expect(await onlyDue(outbox, '02:00:00')).toMatchObject({
      ...{ tries: 0, message: { type: 'AzureBackupAutomation.BatchEnded' } },
    });
    expect(await onlyDue(outbox, '02:00:00')).not.toHaveProperty('channel');
  });

  test('gives what is due by channel, each at most a hundred', async () => {
    const outbox = await outboxWith('ops', undefined, 'ops', ...Array.from({ length: 101 }, () => 'owners'));
    const due = await dueMessages(outbox, at('02:00:00'));
    const counts = due.map((some) => [some[0]?.channel, some.length] as const);
    expect(new Map(counts)).toEqual(
      new Map([
        ['ops', 2],
        [undefined, 1],
        ['owners', 100],
      ]),
    );
    expect(await dueMessages(outbox, at('01:59:59'))).toEqual([]);
  });

  test('is read page by page, twenty at most: a channel that is down fills it', async () => {
    const outbox = memoryTable('outbox');
    const asked: (string | undefined)[] = [];
    const page = (_partition: string, range: { readonly continuation?: string } = {}) => {
      asked.push(range.continuation);
      return Promise.resolve({ rows: [], continuation: `page-${asked.length}` });
    };
    await dueMessages({ ...outbox, page } as never, at('02:00:00'));
    expect(asked).toHaveLength(20);
    expect(asked.slice(0, 3)).toEqual([undefined, 'page-1', 'page-2']);
  });
});

describe('a message that is sent now', () => {
  test('is claimed by one for a minute, and by nobody else', async () => {
    const outbox = await outboxWith('ops');
    const waiting = await onlyDue(outbox, '02:00:00');
    const claimed = await claim(outbox, waiting, at('02:00:00'));
    expect(claimed?.row['notBefore']).toBe('2026-08-22T02:01:00.000Z');
    expect(await claim(outbox, waiting, at('02:00:00'))).toBeUndefined();
    expect(await dueMessages(outbox, at('02:00:59'))).toEqual([]);
    expect(await onlyDue(outbox, '02:01:00')).toMatchObject({ channel: 'ops', tries: 0 });
  });

  test('that has arrived leaves a trace, so that it is not put in again', async () => {
    const outbox = await outboxWith('ops');
    await markSent(outbox, await onlyDue(outbox, '02:00:00'), at('02:00:05'));
    await putMessageFor(outbox, 'ops', message(0), at('02:00:10'));
    expect(outbox.rows()).toMatchObject([{ partitionKey: 'sent', at: '2026-08-22T02:00:05.000Z' }]);
    await putMessageFor(outbox, 'owners', message(0), at('02:00:10'));
    expect(outbox.rows()).toHaveLength(2);
  });

  test.each([
    [0, '02:00:30', 1],
    [1, '02:01:00', 2],
    [6, '02:32:00', 7],
    [7, '03:00:00', 8],
    [40, '03:00:00', 41],
  ])('that has failed after %i tries is due again at %s', async (tries, time, next) => {
    const outbox = await outboxWith('ops');
    const waiting = { ...(await onlyDue(outbox, '02:00:00')), tries };
    await postpone(outbox, waiting, at('02:00:00'));
    expect(outbox.rows()).toMatchObject([{ tries: next, notBefore: at(time).toISOString(), channel: 'ops' }]);
  });
});

describe('who hears of an ending', () => {
  const batch = endedBatch();
  const { counts: _counts, ...single } = batch;
  const channels = [
    { name: 'failures', endings: ['failed', 'timedOut'] },
    { name: 'all', endings: ['completed', 'failed'] },
    { name: 'late', endings: ['timedOut'] },
    { name: 'coverage', endings: [] },
  ] as never;
  const heard = (record: RunRecord) => channelsFor({ channels }, record);

  test('are the channels that ask for it; of a batch all that ask for any; of its children none', () => {
    expect(heard(single)).toEqual(['failures', 'all']);
    expect(heard({ ...single, status: 'completed' })).toEqual(['all']);
    expect(heard(batch)).toEqual(['failures', 'all', 'late']);
    expect(heard({ ...batch, batch: 'b' })).toEqual([]);
  });

  test('is the webhook where any line of the plan names the ending', () => {
    const notifications = [{ endings: ['timedOut'] }, { endings: ['failed', 'unknown'] }] as never;
    expect(isNotified({ notifications }, single)).toBe(true);
    expect(isNotified({ notifications }, { ...single, status: 'unknown' })).toBe(true);
    expect(isNotified({ notifications }, { ...single, status: 'completed' })).toBe(false);
    expect(isNotified({ notifications }, { ...single, batch: 'b' })).toBe(false);
    expect(isNotified({ notifications: [] }, batch)).toBe(false);
  });
});

describe('sending', () => {
  /** A desk whose channels answer what a test says, `ops` over Teams; every other name is unknown. */
  async function desk(
    channels: readonly (string | undefined)[],
    differs: Partial<NotificationServices> = {},
    answer: () => Promise<number> = () => Promise.resolve(200),
  ) {
    const clock = { now: at('02:00:00').getTime() };
    const outbox = await outboxWith(...channels);
    const [posted, printed, alerts]: [{ url: string; headers: object; body: string }[], string[], string[]] =
      [...([[], [], []] as const)] as never;
    const ops: Channel = { kind: 'teams', url: 'https://teams.example/ops' };
    const services: NotificationServices = {
      ...{ clock: () => new Date(clock.now), outbox },
      channelOf: (name) => (name === 'ops' ? ops : undefined),
      post: (url, headers, body) => (posted.push({ url, headers, body }), answer()),
      print: (line) => void printed.push(line),
      alert: (line) => void alerts.push(line),
      ...differs,
    };
    return { clock, outbox, posted, printed, alerts, send: () => sendMessages(services) };
  }

  test('goes to the address of the channel, in its layout', async () => {
    const { posted, send, outbox } = await desk(['ops']);
    expect(await send()).toBe(1);
    expect(posted.map(({ url }) => url)).toEqual(['https://teams.example/ops']);
    expect(JSON.parse(posted[0]?.body ?? '')).toMatchObject({ type: 'message' });
    expect(outbox.rows().map(({ partitionKey }) => partitionKey)).toEqual(['sent']);
  });

  test('to a channel that the plan has no more drops the message and says so, once', async () => {
    const { alerts, posted, send, outbox } = await desk(['gone']);
    expect([await send(), await send(), posted]).toEqual([1, 0, []]);
    expect(alerts).toEqual([`Notification ${message(0).id} is dropped: the plan has no channel "gone".`]);
    expect(outbox.rows().map(({ partitionKey }) => partitionKey)).toEqual(['sent']);
  });

  test('to a channel whose address is missing waits, and says what is missing', async () => {
    const channelOf = () => 'NOTIFY_OPS_URL is not set';
    const { printed, posted, send } = await desk(['ops'], { channelOf });
    expect([await send(), posted]).toEqual([0, []]);
    expect(printed).toEqual([`Notification ${message(0).id} waits: NOTIFY_OPS_URL is not set, try 1.`]);
  });

  test('to a webhook without a key carries no signature', async () => {
    const { posted, send } = await desk([undefined], { webhook: { url: 'https://hooks.example/x' } });
    await send();
    expect(posted[0]?.url).toBe('https://hooks.example/x');
    expect(Object.keys(posted[0]?.headers ?? {})).toEqual(['content-type', 'x-backup-time']);
  });

  test.each([
    [199, 0, 'the webhook answered 199'],
    [200, 1, undefined],
    [299, 1, undefined],
    [300, 0, 'the webhook answered 300'],
  ])('answered %i: %i has arrived', async (status, arrived, obstacle) => {
    const { printed, send } = await desk(['ops'], {}, () => Promise.resolve(status));
    expect(await send()).toBe(arrived);
    expect(printed).toEqual(
      obstacle === undefined ? [] : [`Notification ${message(0).id} waits: ${obstacle}, try 1.`],
    );
  });

  test('that fails for the eighth time is told to a person, once', async () => {
    const { clock, alerts, printed, send } = await desk(['ops'], {}, () => Promise.reject(new Error('x')));
    for (let tries = 0; tries < 10; tries++) {
      await send();
      clock.now += 3_600_000;
    }
    const told = (tries: number) =>
      `Notification ${message(0).id} waits: the webhook could not be reached, try ${tries}.`;
    expect(alerts).toEqual([told(8)]);
    expect(printed).toEqual([1, 2, 3, 4, 5, 6, 7, 9, 10].map(told));
  });

  test('goes on where one of four messages has arrived, and stops where none has', async () => {
    let asked = 0;
    const { posted, send } = await desk(
      Array.from({ length: 12 }, () => 'ops'),
      {},
      () => Promise.resolve(++asked === 2 ? 200 : 503),
    );
    expect([await send(), posted.length]).toEqual([1, 8]);
  });
});

describe('an alert', () => {
  test('is one line: its code, its words without secrets, its ids', () => {
    const lines: string[] = [];
    const sink = { error: (line: string) => void lines.push(line) };
    writeAlert(sink, 'doubled', 'Two\njobs at https://h/x?sig=abc', { runId: 'r', event: 2 });
    writeAlert(sink, 'noTick', 'No tick.');
    expect(lines).toEqual([
      'ALERT doubled Two jobs at https://h/x?sig=… {"runId":"r","event":2}',
      'ALERT noTick No tick.',
    ]);
  });
});

import type { Plan } from '../plan/schema.ts';
import type { RunRecord } from '../runs/run.ts';
import type { StoredRow, Table } from '../storage/table.ts';
import { messageIdOf, messageOf, type NotificationMessage } from './message.ts';

const pending = 'pending';
const sent = 'sent';

/** A message that waits to be sent. */
export interface Waiting {
  readonly message: NotificationMessage;
  /** Name of the plan's channel; absent: the webhook of the settings. */
  readonly channel?: string;
  readonly tries: number;
  readonly row: StoredRow;
}

/** Whether an ending is told: batches always where anything is configured, single runs by their ending, children never. */
export function isNotified({ notifications }: Pick<Plan, 'notifications'>, record: RunRecord): boolean {
  if (record.batch !== undefined || notifications.length === 0) return false;
  const told: readonly string[] = notifications.flatMap(({ endings }) => endings);
  return record.counts !== undefined || told.includes(record.status);
}

/** The plan's channels that hear of an ending: of batches too only where they ask for endings. */
export const channelsFor = ({ channels }: Pick<Plan, 'channels'>, record: RunRecord): readonly string[] =>
  record.batch === undefined
    ? channels
        .filter(
          ({ endings }) =>
            endings.length > 0 && (record.counts || endings.some((one) => one === record.status)),
        )
        .map(({ name }) => name)
    : [];

/** Puts a message into the outbox for a channel; once, also when asked again after it was sent. */
export async function putMessageFor(
  outbox: Table,
  channel: string | undefined,
  message: NotificationMessage,
  now: Date,
): Promise<void> {
  const rowKey = channel === undefined ? message.id : messageIdOf(message.id, channel);
  if (await outbox.read(sent, rowKey)) return;
  await outbox.insert({
    partitionKey: pending,
    rowKey,
    message: JSON.stringify(message),
    ...(channel === undefined ? {} : { channel }),
    tries: 0,
    notBefore: now.toISOString(),
  });
}

/** Puts the message about an ended run into the outbox for the webhook of the settings; once per ending. */
export const putMessage = (outbox: Table, record: RunRecord, now: Date): Promise<void> =>
  putMessageFor(outbox, undefined, messageOf(record), now);

/** Messages of one channel that are sent in one go. */
const mostOfChannel = 100;
/** Pages read for one go; a channel that is down fills the outbox with messages that are not due. */
const mostPages = 20;

const waitingIn = (row: StoredRow): Waiting => ({
  message: JSON.parse(String(row['message'])) as NotificationMessage,
  ...(typeof row['channel'] === 'string' && { channel: row['channel'] }),
  tries: Number(row['tries']),
  row,
});

/** Messages that are due, by channel, at most a hundred of each: none waits for another's. */
export async function dueMessages(outbox: Table, now: Date): Promise<readonly (readonly Waiting[])[]> {
  const due = new Map<string, Waiting[]>();
  let continuation: string | undefined;
  for (let pages = 0; pages < mostPages; pages++) {
    const page = await outbox.page(pending, continuation === undefined ? {} : { continuation });
    for (const row of page.rows) {
      if (String(row['notBefore']) > now.toISOString()) continue;
      const name = String(row['channel'] ?? '');
      const some = due.get(name) ?? [];
      if (some.length < mostOfChannel) some.push(waitingIn(row));
      due.set(name, some);
    }
    continuation = page.continuation;
    if (continuation === undefined) break;
  }
  return [...due.values()];
}

/** Longer than a post may take. */
const claimMs = 60_000;

/** Takes a message for who sends it now; undefined when another has. Who dies with it gives it up after a minute. */
export async function claim(outbox: Table, waiting: Waiting, now: Date): Promise<Waiting | undefined> {
  const { etag, ...columns } = waiting.row;
  const row = { ...columns, notBefore: new Date(now.getTime() + claimMs).toISOString() };
  const answer = await outbox.replace(row, etag);
  return answer.kind === 'written' ? { ...waiting, row: { ...row, etag: answer.etag } } : undefined;
}

/** A message has arrived. A crash in between sends it again under the same id. */
export async function markSent(outbox: Table, { row }: Waiting, now: Date): Promise<void> {
  await outbox.put({ partitionKey: sent, rowKey: row.rowKey, at: now.toISOString() });
  await outbox.remove(pending, row.rowKey);
}

const longestPauseSeconds = 3600;

/** Puts a message off: 30 s, doubled with every failure, at most an hour. It is never dropped. */
export async function postpone(outbox: Table, { row, tries }: Waiting, now: Date): Promise<void> {
  const seconds = Math.min(30 * 2 ** Math.min(tries, 10), longestPauseSeconds);
  const notBefore = new Date(now.getTime() + seconds * 1000).toISOString();
  const { etag, ...columns } = row;
  await outbox.replace({ ...columns, tries: tries + 1, notBefore }, etag);
}

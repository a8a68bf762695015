import { createHash, createHmac } from 'node:crypto';
import type { Plan } from '../plan/schema.ts';
import type { RunRecord } from '../runs/run.ts';
import type { StoredRow, Table } from '../storage/table.ts';

/** A message as it is sent: CloudEvents 1.0, structured JSON. */
interface NotificationMessage {
  readonly specversion: '1.0';
  /** The same on every sending of one ending. */
  readonly id: string;
  readonly source: '/azure-backup-automation';
  readonly type: 'AzureBackupAutomation.RunEnded' | 'AzureBackupAutomation.BatchEnded';
  /** Path of the record. */
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: Omit<RunRecord, 'steps'>;
}

/** Characters of a message: what is in its row. */
const longestMessage = 28_000;

/** Id of the message about one ending of a run: a later, other ending (after `timedOut`) is a message of its own. */
const notificationIdOf = ({ id, status }: Pick<RunRecord, 'id' | 'status'>): string =>
  createHash('sha256').update(`${id}|${status}`, 'utf8').digest('hex').slice(0, 40);

/** The message about an ended run; a report that is too long for a message is left to the record. */
function messageOf({ steps: _steps, ...record }: RunRecord): NotificationMessage {
  const message = (data: Omit<RunRecord, 'steps'>): NotificationMessage => ({
    specversion: '1.0',
    id: notificationIdOf(record),
    source: '/azure-backup-automation',
    type: record.counts ? 'AzureBackupAutomation.BatchEnded' : 'AzureBackupAutomation.RunEnded',
    subject: `/api/runs/${record.id}`,
    time: record.endedAt ?? record.createdAt,
    datacontenttype: 'application/json',
    data,
  });
  const whole = message(record);
  if (JSON.stringify(whole).length <= longestMessage) return whole;
  const { report: _report, failures = [], result: _result, ...head } = record;
  return message({ ...head, failures: failures.slice(0, 10) });
}

/**
 * The signature of a body: `sha256=` and the hex HMAC of `<time>.<body>`; the receiver compares it and refuses old times.
 *
 * @param sentAt ISO 8601 UTC, sent beside it as `x-backup-time`.
 */
export const signatureOf = (key: string, sentAt: string, body: string): string =>
  `sha256=${createHmac('sha256', key).update(`${sentAt}.${body}`, 'utf8').digest('hex')}`;

const pending = 'pending';
const sent = 'sent';

/** A message that waits to be sent. */
export interface Waiting {
  readonly message: NotificationMessage;
  readonly tries: number;
  readonly row: StoredRow;
}

/** Whether an ending is told: batches always where anything is configured, single runs by their ending, children never. */
export function isTold({ notifications }: Pick<Plan, 'notifications'>, record: RunRecord): boolean {
  if (record.batch !== undefined || notifications.length === 0) return false;
  const told: readonly string[] = notifications.flatMap(({ endings }) => endings);
  return record.counts !== undefined || told.includes(record.status);
}

/** Puts a message into the outbox; once per ending, also when asked again after it was sent. */
export async function putMessage(outbox: Table, record: RunRecord, now: Date): Promise<void> {
  const id = notificationIdOf(record);
  if (await outbox.read(sent, id)) return;
  await outbox.insert({
    partitionKey: pending,
    rowKey: id,
    message: JSON.stringify(messageOf(record)),
    tries: 0,
    notBefore: now.toISOString(),
  });
}

/** Messages that are due, at most a hundred at a time. */
export async function dueMessages(outbox: Table, now: Date): Promise<readonly Waiting[]> {
  const due: Waiting[] = [];
  let continuation: string | undefined;
  do {
    const page = await outbox.page(pending, continuation === undefined ? {} : { continuation });
    due.push(
      ...page.rows
        .filter((row) => String(row['notBefore']) <= now.toISOString())
        .map((row) => ({
          message: JSON.parse(String(row['message'])) as NotificationMessage,
          tries: Number(row['tries']),
          row,
        })),
    );
    continuation = page.continuation;
  } while (continuation !== undefined && due.length < 100);
  return due.slice(0, 100);
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

import { createHash, createHmac } from 'node:crypto';
import type { RunRecord } from '../runs/run.ts';

/** A message as it is sent: CloudEvents 1.0, structured JSON. */
export interface NotificationMessage {
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
export const notificationIdOf = ({ id, status }: Pick<RunRecord, 'id' | 'status'>): string =>
  createHash('sha256').update(`${id}|${status}`, 'utf8').digest('hex').slice(0, 40);

/** The message about an ended run; a report that is too long for a message is left to the record. */
export function messageOf({ steps: _steps, ...record }: RunRecord): NotificationMessage {
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

import { createHash, createHmac } from 'node:crypto';
import type { JsonObject } from '../arm/call.ts';
import type { RunRecord } from '../runs/run.ts';

/** A message as it lies in the outbox: CloudEvents 1.0; other channels are written from it when it is sent. */
export interface NotificationMessage {
  readonly specversion: '1.0';
  /** The same on every sending of one message. */
  readonly id: string;
  readonly source: '/azure-backup-automation';
  readonly type:
    | 'AzureBackupAutomation.RunEnded'
    | 'AzureBackupAutomation.BatchEnded'
    | 'AzureBackupAutomation.CoverageChanged'
    | 'AzureBackupAutomation.CoverageDigest'
    | 'AzureBackupAutomation.PlanBroken';
  /** Path of what it is about. */
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: JsonObject;
}

/** Characters of a message: what is in its row. */
const longestMessage = 28_000;

/** Id of a message by what makes it the only one of its kind. */
export const messageIdOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('|'), 'utf8').digest('hex').slice(0, 40);

/** The message about an ended run; a report that is too long for a message is left to the record. */
export function messageOf({ steps: _steps, ...record }: RunRecord): NotificationMessage {
  const message = (data: Omit<RunRecord, 'steps'>): NotificationMessage => ({
    specversion: '1.0',
    // A later, other ending (after `timedOut`) is a message of its own.
    id: messageIdOf(record.id, record.status),
    source: '/azure-backup-automation',
    type: record.counts ? 'AzureBackupAutomation.BatchEnded' : 'AzureBackupAutomation.RunEnded',
    subject: `/api/runs/${record.id}`,
    time: record.endedAt ?? record.createdAt,
    datacontenttype: 'application/json',
    data: data as unknown as JsonObject,
  });
  const whole = message(record);
  if (JSON.stringify(whole).length <= longestMessage) return whole;
  const { report: _report, failures = [], result: _result, ...head } = record;
  return message({ ...head, failures: failures.slice(0, 10) });
}

/** The message that the plan has ceased to be good. @param fault what is bad about it. */
export const planMessage = (fault: string, at: Date): NotificationMessage => ({
  specversion: '1.0',
  id: messageIdOf('plan', fault, at.toISOString()),
  source: '/azure-backup-automation',
  type: 'AzureBackupAutomation.PlanBroken',
  subject: '/api/plan',
  time: at.toISOString(),
  datacontenttype: 'application/json',
  data: { fault },
});

/**
 * The signature of a body: `sha256=` and the hex HMAC of `<time>.<body>`; the receiver compares it and refuses old times.
 *
 * @param sentAt ISO 8601 UTC, sent beside it as `x-backup-time`.
 */
export const signatureOf = (key: string, sentAt: string, body: string): string =>
  `sha256=${createHmac('sha256', key).update(`${sentAt}.${body}`, 'utf8').digest('hex')}`;

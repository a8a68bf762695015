import { createHash, createHmac } from 'node:crypto';
import type { JsonObject } from '../arm/call.ts';
import { capped } from '../arm/words.ts';
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

/** Bytes of a message: it lies in a column of 32,768 characters, and receivers need not take more than 64 KiB. */
const mostMessageBytes = 28_000;

const fits = (message: NotificationMessage): boolean =>
  Buffer.byteLength(JSON.stringify(message)) <= mostMessageBytes;

/** The first of several ways to tell the same that fits; the last one where none does. */
function firstFitting<T>(ways: readonly T[], told: (way: T) => NotificationMessage): NotificationMessage {
  const [way, ...others] = ways;
  if (way === undefined) throw new RangeError('A message has no way to be told.');
  const message = told(way);
  return others.length === 0 || fits(message) ? message : firstFitting(others, told);
}

const longestWords = 400;

/** A text of a message no longer than is read; ids stay whole. */
const shortWords = (row: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'string' && !/id$/i.test(name) ? capped(value, longestWords) : value,
    ]),
  );

/** A message that names as many resources as it has room for. @param told makes it of those that it names. */
export function messageNaming(
  resources: readonly JsonObject[],
  told: (named: readonly JsonObject[]) => NotificationMessage,
): NotificationMessage {
  const short = resources.map(shortWords);
  const counts = Array.from({ length: short.length + 1 }, (_, fewer) => short.length - fewer);
  return firstFitting(counts, (count) => told(short.slice(0, count)));
}

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
  const { report: _report, failures = [], result: _result, warnings, error, ...head } = record;
  const shortError = error && { ...shortWords(error as unknown as JsonObject) };
  const lean = (count: number) =>
    ({
      ...head,
      ...(error && { error: shortError }),
      warnings: warnings.slice(0, count),
      failures: failures.slice(0, count),
    }) as unknown as typeof record;
  return firstFitting([record, lean(10), lean(5), lean(2), lean(0)], message);
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

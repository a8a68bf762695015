import type { JobSeen } from '../arm/backupJob.ts';
import type { ArmCall, ArmReply, Json } from '../arm/call.ts';
import { objectIn, objectsIn, readInstant, textIn } from '../arm/replyFields.ts';
import { resourcePath } from '../arm/resourceId.ts';
import type { Step } from '../steps/step.ts';
import { backupCall, filterOf, filterTime, rowsIn, type Resource, type ItemKind } from './paths.ts';

/** A recovery point as the run record shows it. */
export type RecoveryPointSeen = {
  readonly id: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly type?: string;
  readonly tiers: readonly { readonly type: string; readonly expiresAt?: string }[];
};

/** The item and the span of the job that made the point. */
export type MadeBetween = {
  readonly itemId: string;
  /** ISO 8601 UTC, as the job says. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** The expiry that was asked for: lists carry none, so this stands unless the service says otherwise. Absent: not known. */
  readonly expiresAt?: string;
};

/** Where the recovery point of a job is looked for; a job that does not say its end has ended by now. */
export const madeByJob = (
  { itemId, sentAt, expiresAt }: Pick<MadeBetween, 'itemId' | 'expiresAt'> & { readonly sentAt: string },
  { startedAt, endedAt }: JobSeen,
  now: Date,
): MadeBetween => ({
  itemId,
  startedAt: startedAt ?? sentAt,
  endedAt: endedAt ?? now.toISOString(),
  ...(expiresAt === undefined ? {} : { expiresAt }),
});

/** Times of points are cut to the second. */
const cutMilliseconds = 2000;
/** A database's point may be stamped shortly after its job. */
const lateMilliseconds = 60_000;
const hourMilliseconds = 3_600_000;

/** When the point was made, ISO 8601 UTC; empty when it does not say. */
export const pointTime = ({ properties }: Resource): string =>
  readInstant(
    textIn(properties['recoveryPointTime']) ?? textIn(properties['recoveryPointTimeInUTC']),
  )?.toISOString() ?? '';

/** Log ranges of a database are no points that a backup made. */
export const isPoint = ({ properties }: Resource): boolean =>
  !(textIn(properties['objectType']) ?? '').includes('PointInTime');

function expiryIn(properties: { readonly [key: string]: Json | undefined }): string | undefined {
  return textIn(objectIn(properties['recoveryPointProperties'])['expiryTime']);
}

/** A point as a record shows it; `expiresAt` stands where the service says none. */
export function pointOf(row: Resource, expiresAt: string | undefined): RecoveryPointSeen {
  const type = textIn(row.properties['recoveryPointType']) ?? textIn(row.properties['type']);
  const details = objectsIn(row.properties['recoveryPointTierDetails']);
  const tiers = details.flatMap((tier) => textIn(tier['type']) ?? []);
  const expiry = expiryIn(row.properties) ?? expiresAt;
  return {
    id: row.id,
    at: pointTime(row),
    ...(type === undefined ? {} : { type }),
    tiers: tiers.map((tier) => ({ type: tier, ...(expiry === undefined ? {} : { expiresAt: expiry }) })),
  };
}

/** The first point at or after the job's start, up to a minute after its end: a later backup's point is not taken. */
function madeBy(rows: readonly Resource[], { startedAt, endedAt, expiresAt }: MadeBetween) {
  const from = Date.parse(startedAt) - cutMilliseconds;
  const to = Date.parse(endedAt) + lateMilliseconds;
  const within = rows.filter((row) => {
    const at = Date.parse(pointTime(row));
    return isPoint(row) && at >= from && at <= to;
  });
  const [first] = within.sort((a, b) => Date.parse(pointTime(a)) - Date.parse(pointTime(b)));
  return first ? pointOf(first, expiresAt) : null;
}

/** The point of a job in the list of its item's points; null when the list shows none (yet). */
export const pointMadeIn = (reply: ArmReply, made: MadeBetween): RecoveryPointSeen | null =>
  madeBy(rowsIn(reply), made);

/** Lists the recovery points of an item in a span of instants, in milliseconds. */
export const pointsCall = (itemId: string, fromMs: number, toMs: number): ArmCall =>
  backupCall(
    'GET',
    'backupFabrics/protectionContainers/protectedItems/recoveryPoints/read',
    resourcePath(itemId, 'recoveryPoints'),
    {
      query: {
        $filter: filterOf({
          startDate: filterTime(new Date(fromMs)),
          endDate: filterTime(new Date(toMs)),
        }),
      },
    },
  );

/** The recovery point that a job has made, chosen by time; null when the list shows none (yet). */
export const findRecoveryPoint: Step<MadeBetween, RecoveryPointSeen | null> = {
  name: 'recoveryServices.findRecoveryPoint',
  describe: ({ itemId, startedAt, endedAt }) =>
    pointsCall(itemId, Date.parse(startedAt) - hourMilliseconds, Date.parse(endedAt) + hourMilliseconds),
  pages: true,
  read: (reply, input) => ({ kind: 'done', result: pointMadeIn(reply, input) }),
  repeat: 'safe',
  giveUpAfterSeconds: 3600,
  goesOnAfterCancel: true,
};

/** How long an on-demand backup is kept unless the request says otherwise. */
const usualKeepFor = 'P30D';

/** What the service's own clients send for a full backup of a SQL database. */
const fullSqlKeepFor = 'P45D';

/**
 * When a recovery point made then expires.
 *
 * @param from ISO 8601 UTC: when the backup is sent.
 * @param keepFor ISO 8601 duration in days, weeks, months or years (checked where requests are parsed); months are the
 *   calendar's, and a day that the last month lacks moves to the next one, as `Date` counts.
 * @returns ISO 8601 UTC.
 */
export function expiresAt(from: string, keepFor: string): string {
  const [, count = '0', unit] = /^P(\d+)([DWMY])$/.exec(keepFor) ?? [];
  const instant = new Date(from);
  const many = Number(count);
  if (unit === 'D') instant.setUTCDate(instant.getUTCDate() + many);
  if (unit === 'W') instant.setUTCDate(instant.getUTCDate() + 7 * many);
  if (unit === 'M') instant.setUTCMonth(instant.getUTCMonth() + many);
  if (unit === 'Y') instant.setUTCFullYear(instant.getUTCFullYear() + many);
  return instant.toISOString();
}

/** Whether a backup takes an expiry of its own: those that lean on a full one live as long as the policy lets that live. */
export const takesExpiry = (kind: ItemKind, backupType = 'Full'): boolean =>
  kind !== 'workload' || !/^(?:Differential|Incremental|Log)$/i.test(backupType);

const isSql = (itemId: string): boolean => /\/protectedItems\/sql/i.test(itemId);

/** How long the backup is kept that was asked for without saying it. */
export function usualKeepForOf(
  item: { readonly itemId: string; readonly kind: ItemKind },
  backupType = 'Full',
): string {
  const isFull = item.kind === 'workload' && /^Full$/i.test(backupType);
  return isFull && isSql(item.itemId) ? fullSqlKeepFor : usualKeepFor;
}

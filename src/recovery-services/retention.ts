import type { ItemKind } from './itemKinds.ts';

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

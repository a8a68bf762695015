/** How long an on-demand backup is kept unless the request says otherwise. */
const usualKeepFor = 'P30D';

/**
 * When a recovery point made now expires.
 *
 * @param acceptedAt ISO 8601 UTC: when the run was accepted, so that a replay and a retry give the same instant.
 * @param keepFor ISO 8601 duration in days, weeks, months or years (checked where requests are parsed); months are the
 *   calendar's, and a day that the last month lacks moves to the next one, as `Date` counts.
 * @returns ISO 8601 UTC.
 */
export function expiresAt(acceptedAt: string, keepFor: string = usualKeepFor): string {
  const [, count = '0', unit] = /^P(\d+)([DWMY])$/.exec(keepFor) ?? [];
  const instant = new Date(acceptedAt);
  const many = Number(count);
  if (unit === 'D') instant.setUTCDate(instant.getUTCDate() + many);
  if (unit === 'W') instant.setUTCDate(instant.getUTCDate() + 7 * many);
  if (unit === 'M') instant.setUTCMonth(instant.getUTCMonth() + many);
  if (unit === 'Y') instant.setUTCFullYear(instant.getUTCFullYear() + many);
  return instant.toISOString();
}

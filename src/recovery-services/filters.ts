/**
 * An OData filter as the backup lists take it: `field eq 'value'` joined by ` and `, quotes inside doubled.
 *
 * @param fields in the order in which they are written; an absent value is left out.
 */
export const filterOf = (fields: Readonly<Record<string, string | undefined>>): string =>
  Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([field, value]) => `${field} eq '${String(value).replaceAll("'", "''")}'`)
    .join(' and ');

/** An instant as the lists' filters take it: UTC, 12-hour clock, `2026-08-22 02:00:05 PM`. */
export function filterTime(instant: Date): string {
  const [date = '', time = ''] = instant.toISOString().split('T');
  const hour = instant.getUTCHours();
  const twelve = String(hour % 12 || 12).padStart(2, '0');
  return `${date} ${twelve}${time.slice(2, 8)} ${hour < 12 ? 'AM' : 'PM'}`;
}

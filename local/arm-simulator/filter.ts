/**
 * Reads `$filter` of the Recovery Services lists: `field eq 'value'` joined by ` and `; a field may come twice.
 *
 * @returns fields in lower case with their values as written; undefined when the text is no such filter.
 */
export function readFilter(url: URL): Record<string, string> | undefined {
  const text = (url.searchParams.get('$filter') ?? '').trim();
  if (text === '') return {};
  const fields: Record<string, string> = {};
  for (const clause of text.split(/\s+and\s+/i)) {
    const found = /^(\w+)\s+eq\s+'?([^']*)'?$/i.exec(clause.trim());
    if (found === null) return undefined;
    fields[(found[1] as string).toLowerCase()] = found[2] as string;
  }
  return fields;
}

/**
 * Reads the 12-hour time of a jobs filter, `2026-11-21 01:00:00 PM`, as UTC.
 *
 * @returns milliseconds since the epoch, NaN for anything else.
 */
export function readFilterTime(text: string): number {
  const found = /^(\d{4}-\d{2}-\d{2}) (\d{1,2}):(\d{2}):(\d{2}) (AM|PM)$/i.exec(text.trim());
  if (found === null) return NaN;
  const [, day, hour, minute, second, half] = found as unknown as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const hours = (Number(hour) % 12) + (half.toUpperCase() === 'PM' ? 12 : 0);
  return Date.parse(`${day}T${String(hours).padStart(2, '0')}:${minute}:${second}Z`);
}

const SPAN = /^(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?$/;

/** Milliseconds of a .NET TimeSpan text such as `00:00:01` or `3.00:00:00.5`; undefined when it is none. */
export function timeSpanMilliseconds(text: string): number | undefined {
  const match = SPAN.exec(text.trim());
  if (!match) return undefined;
  const [, days = '0', hours = '0', minutes = '0', seconds = '0', fraction = '0'] = match;
  const wholeSeconds = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
  return wholeSeconds * 1000 + Number(`0.${fraction}`) * 1000;
}

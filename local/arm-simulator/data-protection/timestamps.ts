/** What the service writes as the end of something unfinished. */
export const neverEnded = '0001-01-01T00:00:00Z';

/** ISO 8601, UTC, seven decimals: `2026-05-11T04:31:55.3410000Z`. */
export const isoWithTicks = (at: number): string => new Date(at).toISOString().replace('Z', '0000Z');

/** ISO 8601, UTC, whole seconds. */
export const isoWholeSeconds = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');

/** ISO 8601 duration as jobs show it: `PT3M37.7920000S`, `PT0S`. */
export function isoDuration(milliseconds: number): string {
  const hours = Math.floor(milliseconds / 3_600_000);
  const minutes = Math.floor(milliseconds / 60_000) % 60;
  const seconds = (milliseconds % 60_000) / 1000;
  const whole = Number.isInteger(seconds) ? String(seconds) : `${seconds.toFixed(3)}0000`;
  const secondsPart = seconds > 0 || milliseconds === 0 ? `${whole}S` : '';
  return `PT${hours > 0 ? `${hours}H` : ''}${minutes > 0 ? `${minutes}M` : ''}${secondsPart}`;
}

/** Milliseconds of a retention such as `P7D`, `P1W`, `P12W`, `P3M`, `P1Y` (months of 30, years of 365 days). */
export function retentionMilliseconds(duration: string): number {
  const found = /^P(\d+)([DWMY])$/.exec(duration);
  const days = { D: 1, W: 7, M: 30, Y: 365 }[found?.[2] ?? 'D'] ?? 1;
  return Number(found?.[1] ?? 30) * days * 86_400_000;
}

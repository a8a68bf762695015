/** An instant as .NET services write it: up to seven decimals, trailing zeros cut (`2025-05-28T10:43:54.480344Z`). */
export function netTime(at: number): string {
  const [whole, milliseconds] = new Date(at).toISOString().slice(0, -1).split('.') as [string, string];
  const ticks = `${milliseconds}${String((Math.trunc(at) * 7919) % 10_000).padStart(4, '0')}`.replace(
    /0+$/,
    '',
  );
  return milliseconds === '000' || ticks === '' ? `${whole}Z` : `${whole}.${ticks}Z`;
}

/** The same to whole seconds (`2025-05-28T10:43:55Z`). */
export const netSecond = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

/** What an unfinished end looks like; without Z in Recovery Services. */
export const neverEnded = '0001-01-01T00:00:00';

/** ISO duration of `milliseconds` with up to seven decimals: `PT1H7M15.7568853S`, `PT0S`. */
export function isoDuration(milliseconds: number): string {
  const total = Math.max(0, milliseconds);
  const hours = Math.floor(total / 3_600_000);
  const minutes = Math.floor((total % 3_600_000) / 60_000);
  const rest = Number(((total % 60_000) / 1000).toFixed(3));
  const seconds = rest > 0 || total < 1 || (hours === 0 && minutes === 0) ? `${rest}S` : '';
  return `PT${hours > 0 ? `${hours}H` : ''}${minutes > 0 ? `${minutes}M` : ''}${seconds}`;
}

/** Duration as api-version 2016 writes it: `00:00:56.7030000`. */
export const clockDuration = (milliseconds: number): string =>
  `${new Date(Math.max(0, milliseconds)).toISOString().slice(11, 23)}0000`;

/** .NET TimeSpan with days: `13.23:59:41.0000000`. */
export function timeSpan(milliseconds: number): string {
  const days = Math.floor(milliseconds / 86_400_000);
  return `${days > 0 ? `${days}.` : ''}${clockDuration(milliseconds % 86_400_000)}`;
}

/** `lastBackupTime` of a machine that was never backed up. */
export const neverBackedUp = '2001-01-01T00:00:00Z';

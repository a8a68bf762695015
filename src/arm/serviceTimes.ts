// Years the service writes for "not yet" (0001) and that recorders write for "some time" (2001).
const firstRealYear = 2010;

/** An instant as the service writes it (with or without `Z`, up to seven decimals, UTC); undefined for years of 0001 and 2001, and nonsense. */
export function readInstant(text: string | undefined): Date | undefined {
  const found = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:?\d\d)?$/.exec(text?.trim() ?? '');
  if (!found) return undefined;
  const [, whole = '', fraction = '', zone = 'Z'] = found;
  const at = new Date(`${whole}${fraction.slice(0, 4)}${zone}`);
  return Number.isNaN(at.getTime()) || at.getUTCFullYear() < firstRealYear ? undefined : at;
}

const isoDuration = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i;
const clockDuration = /^(?:(\d+)\.)?(\d+):(\d\d):(\d\d(?:\.\d+)?)$/;

/** A duration in seconds: `PT3M37.7131151S`, `00:11:13.99`, `13.23:59:41` (days first); undefined for anything else. */
export function readDurationSeconds(text: string | undefined): number | undefined {
  const given = text?.trim() ?? '';
  const found = isoDuration.exec(given) ?? clockDuration.exec(given);
  if (!found || found.slice(1).every((part) => part === undefined)) return undefined;
  const [days, hours, minutes, seconds] = found.slice(1).map((part) => Number(part ?? 0));
  return (days ?? 0) * 86_400 + (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
}

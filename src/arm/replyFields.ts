import type { Json, JsonObject, ArmReply } from './call.ts';

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value as an object; anything else reads as one without members. Only own members are seen. */
export const objectIn = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

/** The value as an object, or undefined when it is none or has no members. */
export const filledObjectIn = (value: Json | undefined): JsonObject | undefined =>
  isObject(value) && Object.keys(value).length > 0 ? value : undefined;

/** The objects of a list; of a single object that one; else nothing. */
export const objectsIn = (value: Json | undefined): readonly JsonObject[] =>
  (Array.isArray(value) ? (value as readonly Json[]) : [value]).filter(isObject);

/** A text that is not blank; numbers are taken, since job errors carry codes as numbers. */
export function textIn(value: Json | undefined): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** The texts of a list, or of a single text. */
export const textsIn = (value: Json | undefined): readonly string[] =>
  (Array.isArray(value) ? (value as readonly Json[]) : [value]).flatMap((one) => textIn(one) ?? []);

/** A member of nested objects, names compared exactly; undefined as soon as one is missing or lies in no object. */
export const memberIn = (value: Json | undefined, ...names: readonly string[]): Json | undefined =>
  names.reduce((at: Json | undefined, name) => objectIn(at)[name], value);

/** Whether two words are one, case aside: the service spells states, types and roles in several ways. */
export const equalIgnoringCase = (a: string | undefined, b: string): boolean =>
  a?.toLowerCase() === b.toLowerCase();

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

/**
 * The reply's `Retry-After` as seconds, not clamped; undefined when absent or unreadable (text, negative).
 *
 * A date counts from the reply's own `Date` header, so that our clock does not matter; without one, from `now`.
 *
 * @see RFC 9110 §10.2.3
 */
export function readRetryAfter(headers: ArmReply['headers'], now?: Date): number | undefined {
  const header = headers['retry-after']?.split(',')[0]?.trim() ?? '';
  if (/^\d+(?:\.\d+)?$/.test(header)) return Number(header);
  return secondsUntil(headers['retry-after']?.trim() ?? '', Date.parse(headers['date'] ?? ''), now);
}

function secondsUntil(date: string, saidAt: number, now: Date | undefined): number | undefined {
  if (!/^[A-Z][a-z]{2,8},/.test(date)) return undefined;
  const from = Number.isNaN(saidAt) ? now?.getTime() : saidAt;
  const at = Date.parse(date);
  return from === undefined || Number.isNaN(at) ? undefined : Math.max(0, (at - from) / 1000);
}

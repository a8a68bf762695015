import type { ArmReply } from './call.ts';
import { readFailure, secondsInMessage } from './outcomes.ts';

const longestPollSeconds = 600;
const longestThrottleSeconds = 3600;

const clamp = (seconds: number, least: number, most: number): number =>
  Math.ceil(Math.min(Math.max(seconds, least), most));

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

/** What a wait is made of when the reply does not say. */
export interface PollWait {
  /** Least pause between two polls, in seconds. */
  readonly minimumSeconds: number;
  /** What the last reply of the operation asked for: the header comes with the acceptance and with no 200 poll. */
  readonly previousSeconds?: number | undefined;
  readonly defaultSeconds: number;
}

/** Whole seconds to the next poll, within [minimum, 600], rounded up. Never throws. */
export function retryAfterSeconds(headers: ArmReply['headers'], wait: PollWait, now?: Date): number {
  const asked = readRetryAfter(headers, now) ?? wait.previousSeconds ?? wait.defaultSeconds;
  return clamp(asked, wait.minimumSeconds, longestPollSeconds);
}

/**
 * Whole seconds to keep quiet after a 429: the larger of `Retry-After` and the number in the message, within [1, 3600].
 *
 * The header was recorded as absent beside `try again after '324' seconds`. Without either: `defaultSeconds`.
 */
export function throttleSeconds(reply: ArmReply, now?: Date, defaultSeconds = 60): number {
  const said = [readRetryAfter(reply.headers, now), secondsInMessage(readFailure(reply).message)];
  const known = said.filter((seconds) => seconds !== undefined);
  return clamp(known.length > 0 ? Math.max(...known) : defaultSeconds, 1, longestThrottleSeconds);
}

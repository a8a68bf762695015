import type { Failure } from '../arm/call.ts';

/** W: seconds after a claim in which bytes may leave. */
export const sendWindowSeconds = 60;
/** No exchange begins in the last seconds of its window: what is sent late is late to be aborted. */
export const sendMarginSeconds = 15;
/** Seconds for which a claim or a look keeps other workers away. */
export const leaseSeconds = 120;
/** S: seconds after the end of the last send window until absence from a list may be believed. */
export const settleSeconds = 300;
/** Two empty looks lie at least this far apart. */
export const betweenLooksSeconds = 60;
/** Attempts per kind of failure. */
export const mostAttempts = 5;
/** Longest wait that stays in the queue; a longer one is told to the flow, which has a durable timer. */
export const longestQueueSeconds = 60;
/** The same for a slot that is kept: asking again would cost more than waiting, and a flow waits 180 s for an answer. */
export const longestSlotSeconds = 120;

const secondMs = 1000;

/** An instant some seconds later. */
export const later = (instant: Date | string, seconds: number): Date =>
  new Date(new Date(instant).getTime() + seconds * secondMs);

/** Whole seconds until an instant, rounded up; 0 when it has passed. */
export const secondsUntil = (instant: Date | string, now: Date): number =>
  Math.max(0, Math.ceil((new Date(instant).getTime() - now.getTime()) / secondMs));

/** Seconds before the next attempt after a number of failures, spread by the attempt's id so that no herd returns together. */
export function backOffSeconds(failures: number, attemptId: string): number {
  const longest = Math.min(600, 10 * 3 ** Math.max(0, failures - 1));
  const spread = Number.parseInt(attemptId.slice(0, 4), 16) / 0xffff;
  return Math.ceil(longest * (0.5 + spread / 2));
}

/** Seconds between polls, within the setting's least and ten minutes. */
export const pollSeconds = (wanted: number, minimumPollSeconds: number): number =>
  Math.ceil(Math.min(Math.max(Number.isFinite(wanted) ? wanted : 60, minimumPollSeconds, 1), 600));

/** Seconds before a poll that gave nothing to read is repeated: minutes in all, then the list or the resource decides. */
export const pollBackOffSeconds = (failures: number, minimumPollSeconds: number): number =>
  pollSeconds(10 * 2 ** Math.max(0, failures - 1), minimumPollSeconds);

/** Seconds until work that stands in the way is asked about again: 30, then 60. */
export const busySeconds = (times: number): number => (times <= 1 ? 30 : 60);

const namesADay = /Absolute|24.?hour|per.?day|daily|next day/i;
/** The service's day turns at midnight UTC; some minutes later nothing is left of the old one. */
const afterMidnightSeconds = 300;

/** Seconds to park after a limit of hours: one hour, or until the next UTC day when the limit is one of the day. */
export function parkSeconds({ code, message }: Failure, now: Date): number {
  if (!namesADay.test(`${code} ${message}`)) return 3600;
  const midnight = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1);
  return Math.max(3600, Math.ceil((midnight - now.getTime()) / 1000) + afterMidnightSeconds);
}

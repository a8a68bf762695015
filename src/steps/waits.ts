import type { Failure } from '../arm/call.ts';

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

import { dueTimes } from '../plan/dueTimes.ts';
import { windowMilliseconds } from '../plan/occurrences.ts';
import type { Plan, Rule, Schedule } from '../plan/schema.ts';
import { whyNot, type Candidate } from '../plan/select.ts';
import { sameId } from '../arm/resourceId.ts';
import { durationMilliseconds, type PolicyClock } from './policies.ts';

/** How old the newest recovery point may be, and how much later the resource is down. */
export interface Expectation {
  readonly everyMs: number;
  readonly graceMs: number;
  readonly from: 'rule' | 'schedule' | 'policy' | 'default';
}

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];

/** The duration as ISO 8601 in days, hours and minutes: `P1D`, `P1DT4H`, `PT6H`. */
export function durationText(milliseconds: number): string {
  const minutes = Math.max(1, Math.round(milliseconds / minute));
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  const time = `${hours > 0 ? `${hours}H` : ''}${rest > 0 ? `${rest}M` : ''}`;
  return `P${days > 0 ? `${days}D` : ''}${time === '' ? '' : `T${time}`}`;
}

/** The duration in words: `1 day`, `8 hours`, `1 day 4 hours`. */
export function durationWords(milliseconds: number): string {
  const minutes = Math.max(1, Math.round(milliseconds / minute));
  const parts = [
    [Math.floor(minutes / 1440), 'day'],
    [Math.floor(minutes / 60) % 24, 'hour'],
    [minutes % 60, 'minute'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`)
    .join(' ');
}

const usualGraceMs = 6 * hour;
const usualEveryMs = day;
/** What a policy's backup may take from its time to a point that can be seen. */
const policySlackMs = 4 * hour;

/** The schedules that back a resource up. */
export const schedulesFor = (plan: Plan, rule: Rule, candidate: Candidate): readonly Schedule[] =>
  plan.schedules.filter(({ backUp }) => {
    if ('rules' in backUp) return backUp.rules.some((name) => name.toLowerCase() === rule.name.toLowerCase());
    if ('match' in backUp) return whyNot(backUp.match, candidate) === undefined;
    return backUp.items.some((id) => sameId(id, candidate.id));
  });

/** What a schedule promises: the longest time between two of its coming occurrences, and the next of them. */
export interface Rhythm {
  readonly schedule: string;
  /** Undefined for a line that comes once. */
  readonly gapMs?: number;
  readonly nextAt?: string;
}

const lookAheadMs = 100 * day;
const mostOccurrences = 200;

/** Reads a schedule's rhythm from the occurrences after `now`: of the next weeks, at most 200. */
export function rhythmOf(schedule: Schedule, now: Date): Rhythm {
  let until = new Date(now.getTime() + 9 * day);
  let due = dueTimes(schedule, now, until);
  if (due.length < 3) {
    until = new Date(now.getTime() + lookAheadMs);
    due = dueTimes(schedule, now, until);
  }
  const times = due.slice(0, mostOccurrences).map((at) => at.getTime());
  const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at));
  const [first] = due;
  return {
    schedule: schedule.name,
    ...(gaps.length === 0 ? {} : { gapMs: Math.max(...gaps) + windowMilliseconds(schedule.window) }),
    ...(first === undefined ? {} : { nextAt: first.toISOString() }),
  };
}

/**
 * What is expected of a resource: as its rule says; else as often as the most frequent of its schedules comes, plus the
 * window in which an occurrence may begin; else as often as its policy backs up, plus four hours; else daily.
 */
export function expectationOf(
  rule: Pick<Rule, 'expect'>,
  rhythms: readonly Rhythm[],
  policy: PolicyClock | undefined,
): Expectation {
  const { expect } = rule;
  if (expect) {
    return {
      everyMs: durationMilliseconds(expect.every) ?? usualEveryMs,
      graceMs: durationMilliseconds(expect.grace ?? '') ?? usualGraceMs,
      from: 'rule',
    };
  }
  const gaps = rhythms.flatMap(({ gapMs }) => gapMs ?? []);
  if (gaps.length > 0) return { everyMs: Math.min(...gaps), graceMs: usualGraceMs, from: 'schedule' };
  if (policy?.everyMs !== undefined) {
    return { everyMs: policy.everyMs + policySlackMs, graceMs: usualGraceMs, from: 'policy' };
  }
  return { everyMs: usualEveryMs, graceMs: usualGraceMs, from: 'default' };
}

/** The next time a backup is due: of the schedules, else of the policy. */
export function nextOccurrence(
  rhythms: readonly Rhythm[],
  policy: PolicyClock | undefined,
  now: Date,
): { readonly at: string; readonly schedule: string } | undefined {
  const [first] = rhythms
    .flatMap(({ schedule, nextAt }) => (nextAt === undefined ? [] : [{ at: nextAt, schedule }]))
    .sort((one, other) => one.at.localeCompare(other.at));
  if (first) return first;
  const at = policy?.nextAfter?.(now);
  return at && policy ? { at: at.toISOString(), schedule: `policy ${policy.name}` } : undefined;
}

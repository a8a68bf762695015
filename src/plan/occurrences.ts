import { Cron } from 'croner';
import type { Schedule } from './schema.ts';

/** One time a schedule asks for a batch. */
export interface Occurrence {
  readonly schedule: string;
  /** UTC instant on a whole minute, ISO 8601. */
  readonly dueAt: string;
}

const cronOf = (schedule: Pick<Schedule, 'cron' | 'timeZone'>): Cron =>
  new Cron(schedule.cron, { timezone: schedule.timeZone, mode: '5-part', paused: true });

/** Why a cron line or a zone cannot be used; undefined when both can. */
export function cronProblem(schedule: Pick<Schedule, 'cron' | 'timeZone'>): string | undefined {
  try {
    new Intl.DateTimeFormat('en', { timeZone: schedule.timeZone });
  } catch {
    return `time zone "${schedule.timeZone}" is not an IANA name such as Europe/Berlin`;
  }
  try {
    return cronOf(schedule).nextRun(new Date(0)) ? undefined : `cron "${schedule.cron}" never comes`;
  } catch (error) {
    return `cron "${schedule.cron}": ${error instanceof Error ? error.message : 'not a cron line'}`;
  }
}

/**
 * Every time a schedule falls due in (after, until], oldest first.
 *
 * A local time that the clock skips in spring falls due at the first instant after the gap; one that comes twice in
 * autumn falls due once, at its first coming; lines with a wildcard hour run through both.
 */
export function dueTimes(schedule: Pick<Schedule, 'cron' | 'timeZone'>, after: Date, until: Date): Date[] {
  const cron = cronOf(schedule);
  const due: Date[] = [];
  for (let next = cron.nextRun(after); next && next <= until; next = cron.nextRun(next)) due.push(next);
  return due;
}

/** The next times a schedule falls due; fewer where it ends, none for a line that cannot be used. */
export function nextTimes(
  schedule: Pick<Schedule, 'cron' | 'timeZone'>,
  after: Date,
  count: number,
): readonly Date[] {
  return cronProblem(schedule) === undefined ? cronOf(schedule).nextRuns(count, after) : [];
}

/** Milliseconds of a window such as `PT4H30M`. */
export function windowMilliseconds(window: string): number {
  const [, hours = '0', minutes = '0'] = /^PT(?:(\d+)H)?(?:(\d+)M)?$/.exec(window) ?? [];
  return (Number(hours) * 60 + Number(minutes)) * 60_000;
}

/** What is to be begun now, and what is too late or superseded, with the reason. */
export interface Due {
  readonly begin: readonly Occurrence[];
  readonly missed: readonly (Occurrence & { readonly reason: string })[];
}

/** An occurrence this old is a missed one; younger ones are the tick's ordinary work. */
const ordinaryLatenessMs = 2 * 60_000;
const longestCatchUpMs = 24 * 3_600_000;

/**
 * Decides what a tick begins. A tick is a hint: doubled, late and missed ticks give the same set, because the caller
 * inserts each occurrence once.
 *
 * @param handledUntil the end of the last tick's span; spans over 24 h are cut, newest kept.
 * @param now the tick's time; occurrences up to one second ahead count, since ticks may come early.
 */
export function dueOccurrences(schedule: Schedule, handledUntil: Date, now: Date): Due {
  const from = new Date(Math.max(handledUntil.getTime(), now.getTime() - longestCatchUpMs));
  const all = dueTimes(schedule, from, new Date(now.getTime() + 1000));
  const occurrence = (at: Date): Occurrence => ({ schedule: schedule.name, dueAt: at.toISOString() });
  const begin: Occurrence[] = [];
  const missed: (Occurrence & { reason: string })[] = [];
  all.forEach((at, index) => {
    const reason = whyMissed(schedule, at, now, index === all.length - 1);
    if (reason) missed.push({ ...occurrence(at), reason });
    else begin.push(occurrence(at));
  });
  return { begin, missed };
}

function whyMissed(schedule: Schedule, at: Date, now: Date, isLatest: boolean): string | undefined {
  const lateMs = now.getTime() - at.getTime();
  if (lateMs <= ordinaryLatenessMs) return undefined;
  if (lateMs > windowMilliseconds(schedule.window)) return `its window of ${schedule.window} had passed`;
  if (schedule.catchUp === 'none') return 'missed, and the schedule does not catch up';
  return schedule.catchUp === 'latest' && !isLatest
    ? 'missed, and a later occurrence replaces it'
    : undefined;
}

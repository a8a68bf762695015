import { dueTimes } from './dueTimes.ts';
import type { Schedule } from './schema.ts';

/** One time a schedule asks for a batch. */
export interface Occurrence {
  readonly schedule: string;
  /** UTC instant on a whole minute, ISO 8601. */
  readonly dueAt: string;
}

/** A cron line with what happens to times that were missed. */
type TimedLine = Pick<Schedule, 'name' | 'cron' | 'timeZone' | 'window' | 'catchUp'>;

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
export function dueOccurrences(schedule: TimedLine, handledUntil: Date, now: Date): Due {
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

function whyMissed(schedule: TimedLine, at: Date, now: Date, isLatest: boolean): string | undefined {
  const lateMs = now.getTime() - at.getTime();
  if (lateMs <= ordinaryLatenessMs) return undefined;
  if (lateMs > windowMilliseconds(schedule.window)) return `its window of ${schedule.window} had passed`;
  if (schedule.catchUp === 'none') return 'missed, and the schedule does not catch up';
  return schedule.catchUp === 'latest' && !isLatest
    ? 'missed, and a later occurrence replaces it'
    : undefined;
}

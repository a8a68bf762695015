import { Cron } from 'croner';

/** A cron line and the zone whose wall clock it is meant for. */
export interface CronLine {
  /** Five fields: minute, hour, day of month, month, day of week. */
  readonly cron: string;
  /** IANA name. */
  readonly timeZone: string;
}

const cronOf = (cron: string): Cron => new Cron(cron, { utcOffset: 0, mode: '5-part', paused: true });

const fieldsOf = (cron: string): readonly string[] => cron.trim().split(/\s+/);

/** Why a cron line or a zone cannot be used; undefined when both can. */
export function cronProblem({ cron, timeZone }: CronLine): string | undefined {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    return `time zone "${timeZone}" is not an IANA name such as Europe/Berlin`;
  }
  if (fieldsOf(cron).length !== 5)
    return `cron "${cron}" has not five fields: minute, hour, day of month, month, day of week`;
  try {
    return cronOf(cron).nextRun(new Date(0)) ? undefined : `cron "${cron}" never comes`;
  } catch (error) {
    return `cron "${cron}": ${error instanceof Error ? error.message : 'not a cron line'}`;
  }
}

/** What a line means that its writer hardly meant; undefined for lines that mean what they say. */
export function cronWarning({ cron }: Pick<CronLine, 'cron'>): string | undefined {
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = ''] = fieldsOf(cron);
  const restrictsBoth = !/^[*?]$/.test(dayOfMonth) && !/^(?:[*?]$|\+)/.test(dayOfWeek);
  if (!restrictsBoth) return undefined;
  const nth = nthWeekday(dayOfMonth, dayOfWeek);
  const offer = nth
    ? `"${[minute, hour, '*', month, nth].join(' ')}" is that weekday of the month alone`
    : 'the nth weekday of a month is written 6#1 in the last field, the last one 6L';
  return `cron "${cron}" comes on days of the month ${dayOfMonth} and on every weekday ${dayOfWeek}: either suffices; ${offer}`;
}

/** `6#1` for the sixth weekday within the days 1-7, `6L` within the last seven. */
function nthWeekday(dayOfMonth: string, dayOfWeek: string): string | undefined {
  if (!/^(?:[0-7]|[a-z]{3})$/i.test(dayOfWeek)) return undefined;
  const week = ['1-7', '8-14', '15-21', '22-28'].indexOf(dayOfMonth);
  if (week >= 0) return `${dayOfWeek}#${week + 1}`;
  return dayOfMonth === '25-31' ? `${dayOfWeek}L` : undefined;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Milliseconds that a zone's wall clock is ahead of UTC. */
function offsetAt(timeZone: string, atMs: number): number {
  const known = formats.get(timeZone);
  const format = known ?? new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  if (!known) formats.set(timeZone, format);
  const [, sign = '+', hours = '0', minutes = '0', seconds = '0'] =
    /GMT([+-])(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(format.format(atMs)) ?? [];
  const ahead = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  return sign === '-' ? -ahead : ahead;
}

const dayMs = 24 * 3_600_000;

/** The first instant in (sameMs, otherMs] at which the offset is another than at the first. */
function changeBetween(timeZone: string, sameMs: number, otherMs: number): number {
  const offsetMs = offsetAt(timeZone, sameMs);
  let [same, other] = [sameMs, otherMs];
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (offsetAt(timeZone, middle) === offsetMs) same = middle;
    else other = middle;
  }
  return other;
}

/** A time in which a zone's clock runs evenly. */
interface EvenSpan {
  readonly fromMs: number;
  /** Exclusive. */
  readonly untilMs: number;
  readonly offsetMs: number;
  readonly offsetBeforeMs: number;
}

/** Splits a time at the changes of a zone's clock; no zone changes it twice within a day. */
function evenSpans(timeZone: string, fromMs: number, untilMs: number): readonly EvenSpan[] {
  const spans: EvenSpan[] = [];
  let [begin, offsetMs] = [fromMs, offsetAt(timeZone, fromMs)];
  let offsetBeforeMs = offsetMs;
  for (let at = fromMs; at < untilMs;) {
    const next = Math.min(at + dayMs, untilMs);
    const nextOffsetMs = offsetAt(timeZone, next);
    if (nextOffsetMs === offsetMs) at = next;
    else {
      at = changeBetween(timeZone, at, next);
      spans.push({ fromMs: begin, untilMs: at, offsetMs, offsetBeforeMs });
      [begin, offsetBeforeMs, offsetMs] = [at, offsetMs, offsetAt(timeZone, at)];
    }
  }
  return [...spans, { fromMs: begin, untilMs, offsetMs, offsetBeforeMs }];
}

/** Wall-clock times of a line in [fromMs, untilMs), both written as if they were UTC. */
function* wallTimes(cron: Cron, fromMs: number, untilMs: number): Generator<number> {
  for (let next = cron.nextRun(new Date(fromMs - 1)); next; next = cron.nextRun(next)) {
    if (next.getTime() >= untilMs) return;
    yield next.getTime();
  }
}

/** A line by how its hours meet a change of the clock: hours that are named, and hours that go round. */
function linesOf(cron: string): { readonly named?: Cron; readonly round?: Cron } {
  const [minute, hour = '', ...days] = fieldsOf(cron);
  const parts = hour.split(',');
  const lineOf = (hours: readonly string[]): Cron => cronOf([minute, hours.join(','), ...days].join(' '));
  const named = parts.filter((part) => !/[*?/]/.test(part));
  const round = parts.filter((part) => /[*?/]/.test(part));
  return {
    ...(named.length > 0 && { named: lineOf(named) }),
    ...(round.length > 0 && { round: lineOf(round) }),
  };
}

/**
 * Every time a line falls due in (after, until], oldest first.
 *
 * A named hour whose time the clock skips in spring falls due at the first instant after the gap, once for all times
 * in the gap; one that comes twice in autumn falls due at its first coming. Hours written as wildcard or step follow
 * the wall clock through both. A list of both kinds falls due whenever one of its parts does.
 */
export function dueTimes({ cron, timeZone }: CronLine, after: Date, until: Date): Date[] {
  const { named, round } = linesOf(cron);
  const [afterMs, endMs] = [after.getTime() + 1, until.getTime() + 1];
  const due = new Set<number>();
  // The change before `after` says which times in the span after it have come already.
  for (const { fromMs, untilMs, offsetMs, offsetBeforeMs } of evenSpans(
    timeZone,
    afterMs - 2 * dayMs,
    endMs,
  )) {
    if (untilMs <= afterMs) continue;
    const [wallAfter, wallUntil] = [afterMs + offsetMs, untilMs + offsetMs];
    const begunMs =
      fromMs >= afterMs ? fromMs + offsetBeforeMs : Math.max(fromMs + offsetBeforeMs, wallAfter);
    if (named)
      for (const at of wallTimes(named, begunMs, wallUntil)) due.add(Math.max(at - offsetMs, fromMs));
    if (round)
      for (const at of wallTimes(round, Math.max(fromMs + offsetMs, wallAfter), wallUntil))
        due.add(at - offsetMs);
  }
  return [...due].sort((one, other) => one - other).map((at) => new Date(at));
}

/** A line for one day in a leap year comes after eight years at the most. */
const longestPauseMs = 9 * 366 * dayMs;

/** The next times a line falls due; none for a line that cannot be used. */
export function nextTimes(line: CronLine, after: Date, count: number): readonly Date[] {
  if (cronProblem(line) !== undefined) return [];
  const found: Date[] = [];
  let [from, spanMs] = [after, dayMs];
  while (found.length < count && spanMs <= longestPauseMs) {
    const until = new Date(from.getTime() + spanMs);
    const some = dueTimes(line, from, until);
    found.push(...some);
    spanMs = some.length > 0 ? spanMs : spanMs * 2;
    from = until;
  }
  return found.slice(0, count);
}

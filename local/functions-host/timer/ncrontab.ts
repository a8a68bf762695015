import { timeSpanMilliseconds } from '../timeSpan.ts';

/** When a timer function runs; all instants are milliseconds since the epoch, UTC. */
export interface TimerSchedule {
  /** The first occurrence strictly after an instant; undefined when there is none within eight years. */
  nextAfter(instant: number): number | undefined;
}

/** The schedule text is no NCRONTAB expression and no TimeSpan. */
export class ScheduleUnreadable extends Error {
  constructor(text: string, reason: string) {
    super(`schedule '${text}': ${reason}`);
  }
}

interface FieldRule {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly words?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const FIELDS: readonly FieldRule[] = [
  { name: 'second', least: 0, most: 59 },
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12, words: MONTHS },
  { name: 'weekday', least: 0, most: 6, words: WEEKDAYS },
];

function readNumber(rule: FieldRule, text: string): number {
  const word = rule.words?.findIndex((each) => text.length >= 3 && text.toLowerCase().startsWith(each)) ?? -1;
  const value = word >= 0 ? word + rule.least : /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(value >= rule.least && value <= rule.most)) throw new Error(`'${text}' is no ${rule.name}`);
  return value;
}

function readStep(text: string | undefined): number {
  const step = text === undefined ? 1 : Number(text);
  if (!Number.isInteger(step) || step < 1) throw new Error(`'${text}' is no step`);
  return step;
}

/** `*`, `a`, `a-b`, each with `/step`; `a/step` runs from a to the maximum, `b-a` is read as `a-b`. */
function readRange(rule: FieldRule, item: string): number[] {
  const [range = '', stepText, ...more] = item.split('/');
  if (more.length > 0) throw new Error(`'${item}' has two steps`);
  const [first, second, ...rest] =
    range === '*' ? [] : range.split('-').map((text) => readNumber(rule, text));
  if (rest.length > 0) throw new Error(`'${item}' has two ranges`);
  const from = Math.min(first ?? rule.least, second ?? first ?? rule.least);
  const openEnd = first === undefined || (second === undefined && stepText !== undefined);
  const to = openEnd ? rule.most : Math.max(first, second ?? first);
  const step = readStep(stepText);
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, at) => from + at * step);
}

const readField = (rule: FieldRule, text: string): ReadonlySet<number> =>
  new Set(text.split(',').flatMap((item) => readRange(rule, item)));

/** The allowed values, one set per field in the order second … weekday. */
type CronFields = readonly [
  second: ReadonlySet<number>,
  minute: ReadonlySet<number>,
  hour: ReadonlySet<number>,
  day: ReadonlySet<number>,
  month: ReadonlySet<number>,
  weekday: ReadonlySet<number>,
];

const DAY_MS = 86_400_000;
const HORIZON_DAYS = 8 * 366;

const dayFits = ([, , , days, months, weekdays]: CronFields, date: Date): boolean =>
  months.has(date.getUTCMonth() + 1) && days.has(date.getUTCDate()) && weekdays.has(date.getUTCDay());

/** The first fitting second of a day at or after `from`, in seconds since midnight. */
function firstSecond([seconds, minutes, hours]: CronFields, from: number): number | undefined {
  const ordered = (values: ReadonlySet<number>): number[] => [...values].sort((one, other) => one - other);
  const [allSeconds, allMinutes] = [ordered(seconds), ordered(minutes)];
  for (const hour of ordered(hours)) {
    if ((hour + 1) * 3600 <= from) continue;
    for (const minute of allMinutes) {
      const start = hour * 3600 + minute * 60;
      const second = start + 60 <= from ? undefined : allSeconds.find((each) => start + each >= from);
      if (second !== undefined) return start + second;
    }
  }
  return undefined;
}

function nextCron(fields: CronFields, instant: number): number | undefined {
  const earliest = (Math.floor(instant / 1000) + 1) * 1000;
  const firstDay = Math.floor(earliest / DAY_MS) * DAY_MS;
  for (let day = 0; day < HORIZON_DAYS; day += 1) {
    const midnight = firstDay + day * DAY_MS;
    if (!dayFits(fields, new Date(midnight))) continue;
    const second = firstSecond(fields, Math.max(0, (earliest - midnight) / 1000));
    if (second !== undefined) return midnight + second * 1000;
  }
  return undefined;
}

/**
 * Reads a timer schedule: six NCRONTAB fields, five (second 0), or a TimeSpan that is a constant interval.
 *
 * Weekdays are 0–6 or names, 7 is invalid; day and weekday must both fit.
 *
 * @throws ScheduleUnreadable
 */
export function readSchedule(text: string): TimerSchedule {
  const interval = timeSpanMilliseconds(text);
  if (interval !== undefined && interval > 0) return { nextAfter: (instant) => instant + interval };
  const parts = text.trim().split(/\s+/);
  const six = parts.length === 5 ? ['0', ...parts] : parts;
  if (six.length !== FIELDS.length) throw new ScheduleUnreadable(text, 'needs five or six fields');
  try {
    const fields = FIELDS.map((rule, at) => readField(rule, six[at] ?? '')) as unknown as CronFields;
    return { nextAfter: (instant) => nextCron(fields, instant) };
  } catch (error) {
    throw new ScheduleUnreadable(text, (error as Error).message);
  }
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cronProblem, cronWarning, dueTimes, nextTimes } from '../../../src/plan/dueTimes.ts';

const times = (cron: string, after: string, until: string, timeZone = 'Europe/Berlin') =>
  dueTimes({ cron, timeZone }, new Date(after), new Date(until)).map((at) => at.toISOString());

const inSpring = (cron: string) => times(cron, '2026-03-28T22:59:00Z', '2026-03-29T21:59:00Z');
const inAutumn = (cron: string) => times(cron, '2026-10-24T21:59:00Z', '2026-10-25T22:59:00Z');

describe('the hour that the clock skips in spring', () => {
  test.each(['30 2 * * *', '15,45 2 * * *', '*/15 2 * * *', '* 2 * * *', '10-20 2 * * *', '0 2,3 * * *'])(
    '%s falls due once, at the first instant after the gap',
    (cron) => {
      expect(inSpring(cron)).toEqual(['2026-03-29T01:00:00.000Z']);
    },
  );

  test('the other hours of a list or range keep their times', () => {
    expect(inSpring('30 2,14 * * *')).toEqual(['2026-03-29T01:00:00.000Z', '2026-03-29T12:30:00.000Z']);
    expect(inSpring('30 1-3 * * *')).toEqual([
      '2026-03-29T00:30:00.000Z',
      '2026-03-29T01:00:00.000Z',
      '2026-03-29T01:30:00.000Z',
    ]);
  });

  test('hours that go round do not make up for it, a named hour beside them does', () => {
    expect(times('30 * * * *', '2026-03-29T00:00:00Z', '2026-03-29T02:00:00Z')).toEqual([
      '2026-03-29T00:30:00.000Z',
      '2026-03-29T01:30:00.000Z',
    ]);
    expect(inSpring('30 0-2/2 * * *')).toEqual(['2026-03-28T23:30:00.000Z']);
    expect(inSpring('30 2,*/12 * * *')).toEqual([
      '2026-03-28T23:30:00.000Z',
      '2026-03-29T01:00:00.000Z',
      '2026-03-29T10:30:00.000Z',
    ]);
  });

  test('a gap at midnight, and a day that a zone left out, end the same way', () => {
    expect(times('30 0 * * 5', '2026-04-23T12:00:00Z', '2026-04-25T12:00:00Z', 'Africa/Cairo')).toEqual([
      '2026-04-23T22:00:00.000Z',
    ]);
    expect(times('30 10 30 12 *', '2011-12-29T00:00:00Z', '2012-01-02T00:00:00Z', 'Pacific/Apia')).toEqual([
      '2011-12-30T10:00:00.000Z',
    ]);
  });

  test('the span of a tick that ends or begins at the change has it once', () => {
    const change = '2026-03-29T01:00:00Z';
    expect(times('30 2 * * *', '2026-03-29T00:59:00Z', change)).toHaveLength(1);
    expect(times('30 2 * * *', change, '2026-03-29T01:01:00Z')).toEqual([]);
  });
});

describe('the hour that comes twice in autumn', () => {
  test.each([
    ['30 2 * * *', ['2026-10-25T00:30:00.000Z']],
    ['15,45 2 * * *', ['2026-10-25T00:15:00.000Z', '2026-10-25T00:45:00.000Z']],
    ['0 1-3 * * *', ['2026-10-24T23:00:00.000Z', '2026-10-25T00:00:00.000Z', '2026-10-25T02:00:00.000Z']],
  ])('%s falls due at its first coming', (cron, due) => {
    expect(inAutumn(cron)).toEqual(due);
  });

  test('hours that go round run through both', () => {
    expect(inAutumn('0 */2 * * *').slice(0, 3)).toEqual([
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T00:00:00.000Z',
      '2026-10-25T01:00:00.000Z',
    ]);
    expect(inAutumn('0 * * * *')).toHaveLength(25);
  });

  test('a span that begins between both comings has none again', () => {
    expect(times('30 2 * * *', '2026-10-25T00:45:00Z', '2026-10-25T12:00:00Z')).toEqual([]);
  });
});

interface Part {
  readonly text: string;
  readonly takes: (value: number) => boolean;
  readonly goesRound: boolean;
}

/** One part of a field: a value, a range, a stepped range, a step, a wildcard. */
function partsBelow(end: number): fc.Arbitrary<Part> {
  const value = fc.integer({ min: 0, max: end - 1 });
  const range = fc.tuple(value, value).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
  const step = fc.integer({ min: 1, max: Math.floor(end / 2) });
  return fc.oneof(
    {
      weight: 4,
      arbitrary: value.map((n) => ({ text: `${n}`, takes: (v: number) => v === n, goesRound: false })),
    },
    {
      weight: 2,
      arbitrary: range.map(([a, b]) => ({
        text: `${a}-${b}`,
        takes: (v: number) => v >= a && v <= b,
        goesRound: false,
      })),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(range, step).map(([[a, b], n]) => ({
        text: `${a}-${b}/${n}`,
        takes: (v: number) => v >= a && v <= b && (v - a) % n === 0,
        goesRound: true,
      })),
    },
    {
      weight: 1,
      arbitrary: step.map((n) => ({ text: `*/${n}`, takes: (v: number) => v % n === 0, goesRound: true })),
    },
    { weight: 1, arbitrary: fc.constant({ text: '*', takes: () => true, goesRound: true }) },
  );
}

/** A minute as a wall clock shows it. */
interface ShownMinute {
  readonly at: number;
  readonly hour: number;
  readonly minute: number;
  readonly wasShownBefore: boolean;
  /** Minutes of this day or the one before that the clock has just jumped over. */
  readonly skipped: readonly { readonly hour: number; readonly minute: number }[];
}

const minuteMs = 60_000;

function shownMinutes(timeZone: string, around: string): readonly ShownMinute[] {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  const wallAt = (at: number): number => Date.parse(`${format.format(at).replace(' ', 'T')}Z`);
  const parts = (wall: number) => ({
    hour: new Date(wall).getUTCHours(),
    minute: new Date(wall).getUTCMinutes(),
  });
  const begin = Date.parse(around) - 360 * minuteMs;
  const shown = new Set<number>();
  let next = wallAt(begin);
  return Array.from({ length: 1440 }, (_, index) => {
    const at = begin + index * minuteMs;
    const wall = wallAt(at);
    const skipped = [];
    for (; next < wall; next += minuteMs) skipped.push(parts(next));
    next = wall + minuteMs;
    const wasShownBefore = shown.has(wall);
    shown.add(wall);
    return { at, ...parts(wall), wasShownBefore, skipped };
  });
}

/** Both directions, both hemispheres, a change of half an hour, one of two hours, one at midnight. */
const nights = (
  [
    ['Europe/Berlin', '2026-03-29T00:00:00Z'],
    ['Europe/Berlin', '2026-10-25T00:00:00Z'],
    ['America/New_York', '2026-03-08T00:00:00Z'],
    ['America/New_York', '2026-11-01T00:00:00Z'],
    ['Australia/Lord_Howe', '2026-04-04T12:00:00Z'],
    ['Australia/Lord_Howe', '2026-10-03T12:00:00Z'],
    ['Antarctica/Troll', '2026-03-29T00:00:00Z'],
    ['Antarctica/Troll', '2026-10-25T00:00:00Z'],
    ['Africa/Cairo', '2026-04-23T22:00:00Z'],
    ['Africa/Cairo', '2026-10-29T21:00:00Z'],
  ] as const
).map(([timeZone, around]) => ({ timeZone, minutes: shownMinutes(timeZone, around) }));

/** The independent oracle: looks at each minute that a wall clock shows or skips, knows nothing of cron. */
function oracle(minutes: readonly ShownMinute[], minute: readonly Part[], hour: readonly Part[]): string[] {
  const takesMinute = (value: number) => minute.some((part) => part.takes(value));
  const isNamed = (at: { hour: number; minute: number }) =>
    takesMinute(at.minute) && hour.some((part) => !part.goesRound && part.takes(at.hour));
  const goesRound = (at: ShownMinute) =>
    takesMinute(at.minute) && hour.some((part) => part.goesRound && part.takes(at.hour));
  return minutes
    .slice(1)
    .filter((one) => goesRound(one) || (isNamed(one) && !one.wasShownBefore) || one.skipped.some(isNamed))
    .map(({ at }) => new Date(at).toISOString());
}

test('a thousand lines of lists, ranges and steps come when a wall clock shows them', () => {
  const field = (end: number) => fc.array(partsBelow(end), { minLength: 1, maxLength: 3 });
  // Hours of the night meet the changes; the others are a few of every field.
  const night = fc.array(partsBelow(5), { minLength: 1, maxLength: 3 });
  const property = fc.property(
    fc.constantFrom(...nights),
    field(60),
    fc.oneof(night, field(24)),
    ({ timeZone, minutes }, minute, hour) => {
      const [minuteField, hourField] = [minute, hour].map((parts) => parts.map(({ text }) => text).join(','));
      const cron = `${minuteField} ${hourField} * * *`;
      const [first = 0, last = 0] = [minutes[0]?.at, minutes.at(-1)?.at];
      expect(
        times(cron, new Date(first).toISOString(), new Date(last).toISOString(), timeZone),
        cron,
      ).toEqual(oracle(minutes, minute, hour));
    },
  );
  fc.assert(property, { numRuns: 1000, seed: 20260329 });
}, 60_000);

describe('what a line says', () => {
  test('a line of other than five fields is refused, nicknames too', () => {
    expect(cronProblem({ cron: '@annually', timeZone: 'Europe/Berlin' })).toBe(
      'cron "@annually" has not five fields: minute, hour, day of month, month, day of week',
    );
  });

  test('days of the month and of the week together are warned of, with what was probably meant', () => {
    expect(cronWarning({ cron: '0 3 1-7 * 6' })).toBe(
      'cron "0 3 1-7 * 6" comes on days of the month 1-7 and on every weekday 6: either suffices; ' +
        '"0 3 * * 6#1" is that weekday of the month alone',
    );
    expect(cronWarning({ cron: '0 3 8-14 * SAT' })).toContain('"0 3 * * SAT#2"');
    expect(cronWarning({ cron: '0 3 15-21 * 6' })).toContain('"0 3 * * 6#3"');
    expect(cronWarning({ cron: '0 3 22-28 * 6' })).toContain('"0 3 * * 6#4"');
    expect(cronWarning({ cron: '0 3 25-31 * 6' })).toContain('"0 3 * * 6L"');
    expect(cronWarning({ cron: '0 3 1-6 * 6' })).toContain('the nth weekday of a month is written 6#1');
    expect(cronWarning({ cron: '0 3 1-7 * 1-5' })).toContain('the nth weekday of a month is written 6#1');
    expect(cronWarning({ cron: '0 3 1 * 1-5' })).toContain('written 6#1 in the last field, the last one 6L');
    expect(cronWarning({ cron: '0 3 */2 * 1' })).toContain('either suffices');
  });

  test.each(['0 3 * * 6', '0 3 1-7 * *', '0 3 * * 6#1', '0 3 1 * ?'])('%s is not warned of', (cron) => {
    expect(cronWarning({ cron })).toBeUndefined();
  });

  test('what is offered comes on the first Saturday alone', () => {
    expect(times('0 3 * * 6#1', '2026-06-01T00:00:00Z', '2026-08-01T00:00:00Z')).toEqual([
      '2026-06-06T01:00:00.000Z',
      '2026-07-04T01:00:00.000Z',
    ]);
  });
});

test('the next times of a line pass a change of the clock, and a broken line has none', () => {
  const after = new Date('2026-10-17T00:00:00Z');
  const next = nextTimes({ cron: '30 2 * * 0', timeZone: 'Europe/Berlin' }, after, 3);
  expect(next.map((at) => at.toISOString())).toEqual([
    '2026-10-18T00:30:00.000Z',
    '2026-10-25T00:30:00.000Z',
    '2026-11-01T01:30:00.000Z',
  ]);
  expect(nextTimes({ cron: '61 2 * * 0', timeZone: 'Europe/Berlin' }, after, 3)).toEqual([]);
  const leap = nextTimes({ cron: '0 3 29 2 *', timeZone: 'Europe/Berlin' }, after, 2);
  expect(leap.map((at) => at.toISOString())).toEqual([
    '2028-02-29T02:00:00.000Z',
    '2032-02-29T02:00:00.000Z',
  ]);
});

test('spaces around a line say nothing', () => {
  expect(cronProblem({ cron: ' 0 3 * * * ', timeZone: 'Europe/Berlin' })).toBeUndefined();
});

test('a day that no month has never comes', () => {
  expect(cronProblem({ cron: '0 3 31 2 *', timeZone: 'Europe/Berlin' })).toBe(
    'cron "0 3 31 2 *" never comes',
  );
});

test('named hours and hours that go round come in the order of time', () => {
  expect(times('30 14,*/12 * * *', '2026-06-01T00:00:00Z', '2026-06-01T20:00:00Z')).toEqual([
    '2026-06-01T10:30:00.000Z',
    '2026-06-01T12:30:00.000Z',
  ]);
});

test.each([
  ['Asia/Kolkata', '2026-06-01T20:30:00.000Z'],
  ['America/St_Johns', '2026-06-02T04:30:00.000Z'],
  ['UTC', '2026-06-02T02:00:00.000Z'],
  ['Etc/GMT', '2026-06-02T02:00:00.000Z'],
])('two at night in %s is %s', (timeZone, at) => {
  expect(times('0 2 * * *', '2026-06-01T12:00:00Z', '2026-06-02T11:00:00Z', timeZone)).toEqual([at]);
});

test('a time is due after the beginning of a span and at its end', () => {
  expect(times('0 2 * * *', '2026-06-01T00:00:00Z', '2026-06-01T00:00:00Z')).toEqual([]);
  expect(times('0 2 * * *', '2026-06-01T00:00:00Z', '2026-06-02T00:00:00Z')).toEqual([
    '2026-06-02T00:00:00.000Z',
  ]);
});

test('as many next times are told as are asked for', () => {
  const after = new Date('2026-06-01T12:00:00Z');
  const hourly = nextTimes({ cron: '0 * * * *', timeZone: 'UTC' }, after, 2);
  expect(hourly.map((at) => at.toISOString())).toEqual([
    '2026-06-01T13:00:00.000Z',
    '2026-06-01T14:00:00.000Z',
  ]);
  expect(nextTimes({ cron: '0 * * * *', timeZone: 'UTC' }, after, 0)).toEqual([]);
});

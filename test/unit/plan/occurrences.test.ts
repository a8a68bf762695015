import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dueOccurrences, dueTimes, nextTimes } from '../../../src/plan/occurrences.ts';
import type { Schedule } from '../../../src/plan/schema.ts';

const nightly: Schedule = {
  name: 'nightly',
  cron: '30 2 * * *',
  timeZone: 'Europe/Berlin',
  backUp: { rules: ['shares'] },
  window: 'PT4H',
  catchUp: 'latest',
  concurrency: 20,
};

const times = (schedule: Pick<Schedule, 'cron' | 'timeZone'>, after: string, until: string) =>
  dueTimes(schedule, new Date(after), new Date(until)).map((at) => at.toISOString());

describe('due times', () => {
  test('a time the clock skips in spring falls due at the first instant after the gap', () => {
    expect(times(nightly, '2026-03-28T12:00:00Z', '2026-03-30T12:00:00Z')).toEqual([
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ]);
  });

  test('a time that comes twice in autumn falls due once, at its first coming', () => {
    expect(times(nightly, '2026-10-24T12:00:00Z', '2026-10-26T12:00:00Z')).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]);
  });

  test('an hourly line runs through both days of change', () => {
    const hourly = { cron: '0 * * * *', timeZone: 'Europe/Berlin' };
    expect(times(hourly, '2026-03-28T23:30:00Z', '2026-03-29T03:30:00Z')).toHaveLength(4);
    expect(times(hourly, '2026-10-24T22:30:00Z', '2026-10-25T02:30:00Z')).toHaveLength(4);
  });
});

const localParts = (zone: string) => {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  return (at: number): string => {
    const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    return `${part.year}-${part.month}-${part.day} ${part.hour}:${part.minute}`;
  };
};

const minute = 60_000;

/** The independent oracle: walks local wall-clock minutes of three days, knows nothing of cron. */
function oracle(zone: string, hour: number, minuteOfHour: number, after: number, until: number): string[] {
  const local = localParts(zone);
  const wanted = `${String(hour).padStart(2, '0')}:${String(minuteOfHour).padStart(2, '0')}`;
  const firstOfDay = new Map<string, number>();
  let previous = local(after - 1440 * minute);
  for (let at = after - 1440 * minute + minute; at <= until + 1440 * minute; at += minute) {
    const now = local(at);
    const [day = '', time = ''] = now.split(' ');
    const [previousDay = '', previousTime = ''] = previous.split(' ');
    const skippedOver = day === previousDay && previousTime < wanted && wanted < time;
    if ((time === wanted || skippedOver) && !firstOfDay.has(day)) firstOfDay.set(day, at);
    previous = now;
  }
  return [...firstOfDay.values()]
    .filter((at) => at > after && at <= until)
    .map((at) => new Date(at).toISOString());
}

/** Nights around the change of clocks in both directions, both hemispheres, and a zone whose change is half an hour. */
const changes = [
  ['Europe/Berlin', '2026-03-29T00:00:00Z'],
  ['Europe/Berlin', '2026-10-25T00:00:00Z'],
  ['America/New_York', '2026-03-08T00:00:00Z'],
  ['America/New_York', '2026-11-01T00:00:00Z'],
  ['Australia/Lord_Howe', '2026-04-04T12:00:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T12:00:00Z'],
] as const;

describe('due times against an oracle that knows only wall clocks', () => {
  test.each(changes)('%s around %s, six hours by eight minutes', (timeZone, around) => {
    const after = Date.parse(around) - 1440 * minute;
    const until = after + 3 * 1440 * minute;
    for (const hour of [0, 1, 2, 3, 4, 13]) {
      for (const minuteOfHour of [0, 1, 15, 29, 30, 31, 45, 59]) {
        const due = dueTimes(
          { cron: `${minuteOfHour} ${hour} * * *`, timeZone },
          new Date(after),
          new Date(until),
        );
        expect(
          due.map((at) => at.toISOString()),
          `${hour}:${minuteOfHour}`,
        ).toEqual(oracle(timeZone, hour, minuteOfHour, after, until));
      }
    }
  });
});

describe('ticks', () => {
  const begun = (schedule: Schedule, handledUntil: string, now: string) =>
    dueOccurrences(schedule, new Date(handledUntil), new Date(now)).begin.map((each) => each.dueAt);

  test('a tick a second early begins the occurrence it was meant for', () => {
    expect(begun(nightly, '2026-06-01T00:29:00Z', '2026-06-01T00:29:59.999Z')).toEqual([
      '2026-06-01T00:30:00.000Z',
    ]);
  });

  test('an occurrence within its window is caught up, one past it is reported as missed', () => {
    expect(begun(nightly, '2026-06-01T00:00:00Z', '2026-06-01T03:00:00Z')).toEqual([
      '2026-06-01T00:30:00.000Z',
    ]);
    const late = dueOccurrences(nightly, new Date('2026-06-01T00:00:00Z'), new Date('2026-06-01T08:00:00Z'));
    expect(late.begin).toEqual([]);
    expect(late.missed).toEqual([
      { schedule: 'nightly', dueAt: '2026-06-01T00:30:00.000Z', reason: 'its window of PT4H had passed' },
    ]);
  });

  test('of several missed occurrences `latest` begins one, `all` each, `none` none', () => {
    const hourly = { ...nightly, cron: '0 * * * *', window: 'PT24H' };
    const [from, now] = ['2026-06-01T00:30:00Z', '2026-06-01T03:30:00Z'];
    expect(begun({ ...hourly, catchUp: 'latest' }, from, now)).toEqual(['2026-06-01T03:00:00.000Z']);
    expect(begun({ ...hourly, catchUp: 'all' }, from, now)).toHaveLength(3);
    expect(begun({ ...hourly, catchUp: 'none' }, from, now)).toEqual([]);
  });

  test('ten thousand histories of missed, late, doubled and early ticks begin exactly the due occurrences', () => {
    const lateness = fc.array(fc.integer({ min: -1000, max: 45 * 60_000 }), { minLength: 1, maxLength: 5 });
    const property = fc.property(
      fc.constantFrom(...changes),
      fc.integer({ min: 5, max: 59 }),
      lateness,
      ([timeZone, around], step, gaps) => {
        const schedule: Schedule = {
          ...nightly,
          cron: `*/${step} * * * *`,
          timeZone,
          catchUp: 'all',
          window: 'PT24H',
        };
        const start = Date.parse(around);
        const inserted = new Set<string>();
        let [handled, now] = [start, start];
        for (const gap of gaps) {
          now = Math.max(now + gap, start);
          for (const tick of [now, now])
            for (const each of dueOccurrences(schedule, new Date(handled), new Date(tick)).begin)
              inserted.add(each.dueAt);
          handled = Math.max(handled, now);
        }
        const expected = dueTimes(schedule, new Date(start), new Date(Math.max(handled, now) + 1000)).map(
          (at) => at.toISOString(),
        );
        expect([...inserted].sort()).toEqual(
          expected.filter((at) => inserted.has(at) || Date.parse(at) <= handled),
        );
      },
    );
    fc.assert(property, { numRuns: 10_000, seed: 20260601 });
  }, 240_000);
});

test('the next times of a schedule pass a change of the clock, and a broken line has none', () => {
  const after = new Date('2026-10-17T00:00:00Z');
  const next = nextTimes({ cron: '30 2 * * 0', timeZone: 'Europe/Berlin' }, after, 3);
  expect(next.map((at) => at.toISOString())).toEqual([
    '2026-10-18T00:30:00.000Z',
    '2026-10-25T00:30:00.000Z',
    '2026-11-01T01:30:00.000Z',
  ]);
  expect(nextTimes({ cron: '61 2 * * 0', timeZone: 'Europe/Berlin' }, after, 3)).toEqual([]);
});

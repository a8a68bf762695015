import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dueTimes } from '../../../src/plan/dueTimes.ts';
import { dueOccurrences, windowMilliseconds } from '../../../src/plan/occurrences.ts';
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

/** Nights around the change of clocks in both directions, and a zone whose change is half an hour. */
const changes = [
  ['Europe/Berlin', '2026-03-29T00:00:00Z'],
  ['Europe/Berlin', '2026-10-25T00:00:00Z'],
  ['Australia/Lord_Howe', '2026-04-04T12:00:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T12:00:00Z'],
] as const;

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

  test('two minutes late is a tick as usual; later an occurrence is caught up, or missed', () => {
    const unforgiving: Schedule = { ...nightly, catchUp: 'none' };
    expect(begun(unforgiving, '2026-06-01T00:00:00Z', '2026-06-01T00:32:00Z')).toEqual([
      '2026-06-01T00:30:00.000Z',
    ]);
    expect(begun(unforgiving, '2026-06-01T00:00:00Z', '2026-06-01T00:32:00.001Z')).toEqual([]);
    expect(begun({ ...nightly, window: 'PT1M' }, '2026-06-01T00:00:00Z', '2026-06-01T00:31:30Z')).toEqual([
      '2026-06-01T00:30:00.000Z',
    ]);
  });

  test('a window closes after its last instant', () => {
    expect(begun(nightly, '2026-06-01T00:00:00Z', '2026-06-01T04:30:00Z')).toHaveLength(1);
    expect(begun(nightly, '2026-06-01T00:00:00Z', '2026-06-01T04:30:00.001Z')).toEqual([]);
  });

  test('a tick more than a second early begins nothing', () => {
    expect(begun(nightly, '2026-06-01T00:29:00Z', '2026-06-01T00:29:59Z')).toHaveLength(1);
    expect(begun(nightly, '2026-06-01T00:29:00Z', '2026-06-01T00:29:58.999Z')).toEqual([]);
  });

  test('after days without a tick only the last one is looked at', () => {
    const all: Schedule = { ...nightly, catchUp: 'all', window: 'PT24H' };
    const { begin, missed } = dueOccurrences(
      all,
      new Date('2026-05-01T00:00:00Z'),
      new Date('2026-06-03T00:00:00Z'),
    );
    expect(begin).toEqual([{ schedule: 'nightly', dueAt: '2026-06-02T00:30:00.000Z' }]);
    expect(missed).toEqual([]);
  });

  test.each([
    ['none', 'missed, and the schedule does not catch up'],
    ['latest', 'missed, and a later occurrence replaces it'],
  ] as const)('what `%s` leaves out is told with its reason', (catchUp, reason) => {
    const hourly: Schedule = { ...nightly, cron: '0 * * * *', window: 'PT24H', catchUp };
    const [from, now] = [new Date('2026-06-01T00:30:00Z'), new Date('2026-06-01T02:30:00Z')];
    expect(dueOccurrences(hourly, from, now).missed[0]).toEqual({
      ...{ schedule: 'nightly', dueAt: '2026-06-01T01:00:00.000Z', reason },
    });
  });

  test.each([
    ['PT4H30M', 16_200_000],
    ['PT4H', 14_400_000],
    ['PT45M', 2_700_000],
  ])('%s are %i milliseconds', (window, milliseconds) => {
    expect(windowMilliseconds(window)).toBe(milliseconds);
  });

  test('two thousand histories of missed, late, doubled and early ticks begin exactly the due occurrences', () => {
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
    fc.assert(property, { numRuns: 2000, seed: 20260601 });
  }, 60_000);
});

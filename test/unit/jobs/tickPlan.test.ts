import { describe, expect, test } from 'vitest';
import {
  budgetSeconds,
  listSeconds,
  nextListAt,
  plannedTickAt,
  quietSecondsOf,
  type PlannedWatch,
  type TickInputs,
} from '../../../src/jobs/tickPlan.ts';

const at = (time: string): number => Date.parse(`2026-08-22T${time}Z`);

const watch = (differs: Partial<PlannedWatch> = {}): PlannedWatch => ({
  sentAt: at('02:00:00'),
  waitSeconds: 60,
  looked: false,
  quietSeconds: 0,
  ...differs,
});

const facts = (differs: Partial<TickInputs> = {}): TickInputs => ({
  now: at('02:00:00'),
  watches: [watch()],
  pages: 1,
  perHour: 150,
  vaults: 1,
  ...differs,
});

const many = (count: number, differs: Partial<PlannedWatch> = {}) =>
  Array.from({ length: count }, () => watch(differs));

describe('the first list', () => {
  test.each([
    [60, '02:01:00'],
    [30, '02:00:30'],
    [7, '02:00:07'],
    [324, '02:05:30'],
  ])('comes after a Retry-After of %i s, on the wall clock', (waitSeconds, time) => {
    expect(nextListAt(facts({ watches: [watch({ waitSeconds })] }))).toBe(at(time));
  });

  test('does not wait for the early endings of its kind: only what the service asked for', () => {
    expect(nextListAt(facts({ watches: [watch({ quietSeconds: 600 })] }))).toBe(at('02:01:00'));
  });
});

describe('later lists', () => {
  const looked = (now: string, count = 1) =>
    facts({ now: at(now), watches: many(count, { looked: true }), lastListAt: at(now) });

  test.each([
    ['02:05:00', 1, 60],
    ['02:15:00', 1, 120],
    ['03:30:00', 1, 300],
    ['02:15:00', 10, 60],
    ['03:30:00', 1000, 60],
  ])('at %s with %i jobs lie %i s apart', (now, count, seconds) => {
    expect(listSeconds(looked(now, count))).toBe(seconds);
  });

  test('a new job among a few old ones makes them come as often as it needs', () => {
    const watches = [watch({ looked: true }), watch({ sentAt: at('03:30:00') })];
    expect(listSeconds(facts({ now: at('03:30:05'), watches }))).toBe(60);
  });

  test('a new job does not bring a list sooner than Retry-After after the last', () => {
    const watches = [watch({ looked: true }), watch({ sentAt: at('02:03:30') })];
    const planned = facts({ now: at('02:04:00'), watches, lastListAt: at('02:04:00') });
    expect(nextListAt(planned)).toBe(at('02:05:00'));
  });

  test('milliseconds of a tick do not push the next off the wall clock', () => {
    const planned = looked('02:04:00', 20);
    expect(nextListAt({ ...planned, lastListAt: at('02:04:00') + 350 })).toBe(at('02:05:00'));
  });

  test('wait for the early endings of the kind once they are known', () => {
    const watches = [watch({ looked: true, quietSeconds: 1500 })];
    const planned = facts({ now: at('02:02:00'), watches, lastListAt: at('02:01:00') });
    expect(nextListAt(planned)).toBe(at('02:25:00'));
  });
});

describe('the budget of the action', () => {
  test.each([
    [150, 1, 1, 30],
    [150, 10, 1, 300],
    [150, 50, 1, 1500],
    [450, 50, 1, 500],
    [150, 1, 5, 150],
    [3600, 50, 1, 62.5],
  ])('%i an hour for %i vaults and lists of %i pages: one every %f s', (perHour, vaults, pages, seconds) => {
    expect(budgetSeconds({ perHour, vaults, pages })).toBe(seconds);
  });

  test('holds back first looks, too', () => {
    const planned = facts({ vaults: 50, lastListAt: at('02:00:00') });
    expect(nextListAt(planned)).toBe(at('02:25:00'));
  });
});

describe('early endings', () => {
  test('are not believed below twenty of them', () => {
    expect(quietSecondsOf(Array.from({ length: 19 }, () => 2000))).toBe(0);
  });

  test('are the twentieth part that ended first, not a mean', () => {
    expect(quietSecondsOf([120, 130, ...Array.from({ length: 38 }, () => 2400)])).toBe(2400);
    expect(quietSecondsOf([120, 130, 140, ...Array.from({ length: 37 }, () => 2400)])).toBe(140);
  });
});

describe('vaults that share a tight budget', () => {
  const shared = (differs: Partial<TickInputs>) => facts({ vaults: 50, ...differs });

  test.each([
    [0, '02:01:00'],
    [1, '02:01:30'],
    [49, '02:25:30'],
  ])('take turns with their first lists: place %i comes at %s', (place, time) => {
    expect(nextListAt(shared({ place }))).toBe(at(time));
  });

  test('keep their turns afterwards', () => {
    const lastListAt = at('02:01:30');
    expect(nextListAt(shared({ place: 1, lastListAt, now: lastListAt }))).toBe(at('02:26:30'));
  });

  test('take turns again when a new night begins', () => {
    const lastListAt = at('00:00:00') - 43_200_000;
    expect(nextListAt(shared({ place: 1, lastListAt }))).toBe(at('02:01:30'));
  });

  test('take no turns once the budget is known to be large', () => {
    expect(nextListAt(shared({ place: 49, perHour: 36_000 }))).toBe(at('02:01:00'));
  });

  test.each([
    ['02:00:00', '02:01:00'],
    ['02:02:00', '02:04:00'],
    ['02:09:00', '02:18:00'],
    ['02:10:00', '02:25:30'],
  ])(
    'look at the plan again, in their jobs’ first ten minutes, at most as long from %s as they have waited',
    (now, time) => {
      expect(plannedTickAt(shared({ place: 49, now: at(now) }))).toBe(at(time));
    },
  );
});

test('a vault whose budget allows what the service asks for ticks for its lists alone', () => {
  expect(plannedTickAt(facts({ watches: [watch({ waitSeconds: 324 })] }))).toBe(at('02:05:30'));
});

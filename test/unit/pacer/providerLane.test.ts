import { describe, expect, test } from 'vitest';
import {
  freeLane,
  learnRemaining,
  pauseLane,
  reserveInLane,
  type LaneState,
} from '../../../src/pacer/providerLane.ts';

const lane = (differs: Partial<LaneState> = {}): LaneState => ({ ...freeLane, ...differs });
/** A counter of 150 of which so many were left at second 1. */
const holding = (remaining: number, differs: Partial<LaneState> = {}): LaneState =>
  lane({ largest: 150, remaining, seenAtMs: 1000, ...differs });

describe('a slot of a provider’s counter', () => {
  /** When a request may leave, and how long the next one then waits. */
  const slotOf = (state: LaneState, fromMs = 1000): readonly [number, number] => {
    const { state: next, slotMs } = reserveInLane(state, fromMs);
    return [slotMs, next.nextMs - slotMs];
  };

  test.each([
    ['of which nothing is known', freeLane, 1000, 0],
    ['with a fifth left', holding(30), 1000, 0],
    ['with less: an even share of the hour', holding(29), 1000, 24_000],
    [
      'with less, that refills: eight tenths of its refill',
      holding(29, { refillPerSecond: 0.25 }),
      1000,
      5000,
    ],
    ['with a twentieth left', holding(8), 1000, 24_000],
    ['with less, for the first time: twenty seconds', holding(7, { lows: 1 }), 21_000, 24_000],
    ['with less, again: five minutes', holding(7, { lows: 2 }), 301_000, 24_000],
    ['with less, that refills', holding(7, { refillPerSecond: 0.25 }), 1000, 5000],
    ['whose last request was given a later slot', holding(100, { nextMs: 9000 }), 9000, 0],
    ['that is paused: a second apart after it', holding(100, { pausedUntilMs: 5000 }), 5000, 1000],
  ])('%s', (_, state, slotMs, spacingMs) => {
    expect(slotOf(state)).toEqual([slotMs, spacingMs]);
  });

  test('is spaced for a minute after a pause', () => {
    const paused = lane({ pausedUntilMs: 5000 });
    expect(slotOf(paused, 65_000)).toEqual([65_000, 1000]);
    expect(slotOf(paused, 65_001)).toEqual([65_001, 0]);
  });

  test('changes nothing but when the next may leave', () => {
    const state = holding(29);
    expect(reserveInLane(state, 2000)).toEqual({ slotMs: 2000, state: { ...state, nextMs: 26_000 } });
  });
});

describe('a reading of the counter', () => {
  test('that is the first tells its size', () => {
    expect(learnRemaining(freeLane, 149, 100_000)).toEqual(
      lane({ largest: 149, remaining: 149, seenAtMs: 100_000 }),
    );
  });

  test('that is lower counts at once, one that is higher after a minute: several counters answer in turn', () => {
    expect(learnRemaining(holding(100), 90, 2000)).toEqual(holding(90, { seenAtMs: 2000 }));
    expect(learnRemaining(holding(100), 100, 2000)).toEqual(holding(100, { seenAtMs: 2000 }));
    expect(learnRemaining(holding(100), 110, 61_000)).toEqual(holding(100));
    expect(learnRemaining(holding(100), 110, 61_001)).toEqual(holding(110, { seenAtMs: 61_001 }));
  });

  test('that is higher than any before makes the counter larger, even where it does not count', () => {
    expect(learnRemaining(holding(100), 160, 2000)).toEqual(holding(100, { largest: 160 }));
  });

  test('that rises by more than a tenth may be the next hour; a second rise within twenty minutes is a refill', () => {
    expect(learnRemaining(holding(100), 115, 62_000)).toMatchObject({ roseAtMs: 0, refillPerSecond: 0 });
    const once = learnRemaining(holding(100), 116, 62_000);
    expect(once).toMatchObject({ roseAtMs: 62_000, refillPerSecond: 0 });
    expect(learnRemaining(once, 146, 162_000)).toMatchObject({ roseAtMs: 162_000, refillPerSecond: 0.3 });
    const rose = holding(100, { roseAtMs: 1000 });
    expect(learnRemaining(rose, 140, 1_201_000).refillPerSecond).toBeCloseTo(40 / 1200);
    expect(learnRemaining(rose, 140, 1_201_001)).toMatchObject({ roseAtMs: 1_201_001, refillPerSecond: 0 });
  });

  test('that shows a slower refill than was seen before leaves the faster one', () => {
    const rose = holding(100, { roseAtMs: 1000, refillPerSecond: 2 });
    expect(learnRemaining(rose, 140, 101_000)).toMatchObject({ roseAtMs: 101_000, refillPerSecond: 2 });
  });

  test('that rises within the same second is taken for a second’s refill', () => {
    const low = holding(10, { roseAtMs: 1000, lows: 1 });
    expect(learnRemaining(low, 60, 1500).refillPerSecond).toBe(50);
    expect(learnRemaining(low, 60, 1000)).toMatchObject({ remaining: 60, refillPerSecond: 0, lows: 0 });
  });

  test.each([
    [30, 1000, 0],
    [29, 1000, 1],
    [8, 1000, 1],
    [7, 20_999, 1],
    [7, 21_000, 2],
  ])('of %i at %i ms, after one near zero: near zero %i times', (remaining, nowMs, lows) => {
    expect(learnRemaining(holding(7, { lows: 1 }), remaining, nowMs).lows).toBe(lows);
  });

  test('near zero is counted from the first, and a second one disproves the refill', () => {
    expect(learnRemaining(holding(100), 7, 2000).lows).toBe(1);
    expect(learnRemaining(holding(100), 8, 2000).lows).toBe(0);
    const believed = holding(7, { lows: 1, refillPerSecond: 2, roseAtMs: 900 });
    expect(learnRemaining(believed, 6, 20_999)).toMatchObject({ refillPerSecond: 2, lows: 1 });
    expect(learnRemaining(believed, 6, 21_000)).toMatchObject({ refillPerSecond: 0, lows: 2, remaining: 6 });
  });
});

describe('a counter near zero', () => {
  test('whose higher reading does not count yet keeps what is believed of its refill', () => {
    const believed = { refillPerSecond: 2, roseAtMs: 900 };
    expect(learnRemaining(holding(100, believed), 110, 2000)).toEqual(holding(100, believed));
    const low = holding(7, { ...believed, lows: 1 });
    expect(learnRemaining(low, 8, 2000)).toEqual(low);
  });

  test('may rise like any other', () => {
    expect(learnRemaining(holding(7, { lows: 1 }), 29, 62_000)).toMatchObject({ roseAtMs: 62_000, lows: 1 });
  });

  test('is one below a twentieth: at a twentieth it is spaced, not stopped', () => {
    const hundred = lane({ largest: 100, remaining: 50, seenAtMs: 1000 });
    expect([learnRemaining(hundred, 5, 2000).lows, learnRemaining(hundred, 4, 2000).lows]).toEqual([0, 1]);
    expect(reserveInLane({ ...hundred, remaining: 5 }, 2000).slotMs).toBe(2000);
    expect(reserveInLane({ ...hundred, remaining: 4 }, 2000).slotMs).toBe(21_000);
  });
});

test('a pause ends what was known of the counter; a later one stays', () => {
  expect(pauseLane(holding(7, { lows: 1 }), 9000)).toEqual(
    lane({ largest: 150, remaining: 150, seenAtMs: 0, lows: 1, pausedUntilMs: 9000 }),
  );
  expect(pauseLane(lane({ pausedUntilMs: 9000 }), 8000).pausedUntilMs).toBe(9000);
});

import { describe, expect, test } from 'vitest';
import {
  correctBucket,
  fullBucket,
  halvePace,
  learnPace,
  lookAgainAt,
  ownTime,
  pauseBucket,
  reserveInBucket,
  type BucketState,
} from '../../../src/pacer/gcra.ts';

/** Ten requests at once, then one every half second. */
const bucket = { capacity: 10, perSecond: 2 };
const state = (differs: Partial<BucketState> = {}): BucketState => ({ ...fullBucket, ...differs });
/** It stood still until second 5, when its own clock showed 3 s, and goes at half speed since. */
const slow = state({ setAtMs: 5000, showsMs: 3000, pace: 0.5 });

test.each([
  [4000, 3000],
  [5000, 3000],
  [7000, 4000],
])('a bucket that is slow and was paused: at %i ms its own time is %i ms', (nowMs, ownMs) => {
  expect(ownTime(slow, nowMs)).toBe(ownMs);
});

describe('a slot', () => {
  test('is at once for as many as the bucket holds, then one drop after the other', () => {
    const slots: number[] = [];
    let known = fullBucket;
    for (let n = 0; n < 12; n++) {
      const drawn = reserveInBucket(known, bucket, 1000);
      slots.push(drawn.slotMs);
      known = drawn.state;
    }
    expect(slots).toEqual([...Array.from({ length: 10 }, () => 1000), 1500, 2000]);
    expect(known).toEqual({ ...fullBucket, fullAtMs: 7000 });
  });

  test('is told in the bucket’s own time', () => {
    expect(reserveInBucket(slow, bucket, 7000).slotMs).toBe(4000);
    expect(reserveInBucket({ ...slow, fullAtMs: 10_000 }, bucket, 7000).slotMs).toBe(5500);
  });

  test.each([
    ['that has come', 2000, 6000, 6000],
    ['that has come while the bucket is paused: not before the pause is over', 2000, 1000, 5000],
    ['half a second ahead at half speed: a second', 3500, 5000, 6000],
    ['ten seconds ahead at half speed: twenty', 13_000, 5000, 25_000],
  ])('%s is looked at again then', (_, ownMs, nowMs, lookMs) => {
    expect(lookAgainAt(slow, ownMs, nowMs)).toBe(lookMs);
  });

  test('of a bucket that is very slow now is looked at sooner: it is soon believed to be faster', () => {
    const slower = { ...slow, pace: 0.1 };
    expect(lookAgainAt(slower, 13_000, 5000)).toBe(25_000);
    expect(lookAgainAt(slower, 4000, 5000)).toBe(10_000);
    expect(lookAgainAt(slower, 3400, 5000)).toBe(9000);
  });
});

describe('what the service says is left', () => {
  test.each([
    [4, 4000],
    [0, 6000],
    [-5, 6000],
    [9, 1500],
    [20, 0],
  ])('%i: full again at %i ms', (remaining, fullAtMs) => {
    expect(correctBucket(fullBucket, bucket, remaining, 1000)).toEqual({ ...fullBucket, fullAtMs });
  });

  test('never raises what is believed', () => {
    expect(correctBucket(state({ fullAtMs: 9000 }), bucket, 4, 1000).fullAtMs).toBe(9000);
  });
});

describe('a pause', () => {
  const paused = pauseBucket(fullBucket, 1000, 4000);

  test('stops the bucket’s own time until it is over', () => {
    expect(paused).toEqual({ ...fullBucket, showsMs: 1000, setAtMs: 4000 });
    expect([ownTime(paused, 3000), ownTime(paused, 4500)]).toEqual([1000, 1500]);
  });

  test('is made longer by a later one, never shorter', () => {
    expect(pauseBucket(paused, 2000, 6000)).toEqual({ ...fullBucket, showsMs: 1000, setAtMs: 6000 });
    expect(pauseBucket(paused, 2000, 3000)).toBe(paused);
    expect(pauseBucket(paused, 2000, 4000)).toBe(paused);
  });
});

describe('the part of the published refill that is believed', () => {
  const paceAfter = (from: BucketState, remaining: number | undefined, nowMs: number): number =>
    learnPace(from, bucket, remaining, nowMs).pace;
  const half = state({ setAtMs: 1000, showsMs: 1000, pace: 0.5, pacedAtMs: 1000 });

  test.each([
    [10, 1],
    [8, 1],
    [7, 0.8],
    [6, 0.64],
    [4, 0.5],
    [3, 0.32],
    [2, 0.25],
    [1, 0.125],
    [0, 0.1],
    [-1, 0.1],
  ])('falls at once with what a bucket of ten holds: %i left, %f', (remaining, pace) => {
    expect(paceAfter(fullBucket, remaining, 1000)).toBe(pace);
  });

  test('is changed from now on, and not written where it stays', () => {
    expect(learnPace(fullBucket, bucket, 4, 1000)).toEqual(half);
    expect(learnPace(half, bucket, 4, 2000)).toBe(half);
    expect(learnPace(half, bucket, 3, 3000)).toEqual({
      ...fullBucket,
      ...{ setAtMs: 3000, showsMs: 2000, pace: 0.32, pacedAtMs: 3000 },
    });
  });

  test.each([
    [5999, 0.5],
    [6000, 0.64],
    [11_000, 0.8],
    [16_000, 1],
    [600_000, 1],
  ])('rises by one step in five seconds: at %i ms a full bucket is believed %f', (nowMs, pace) => {
    expect(paceAfter(half, 10, nowMs)).toBe(pace);
    expect(paceAfter(half, undefined, nowMs)).toBe(pace);
  });

  test.each([
    [5, 0.5],
    [6, 0.64],
    [7, 0.64],
    [8, 0.8],
    [9, 1],
  ])('rises no further than a reading allows with a tenth to spare: %i left, %f', (remaining, pace) => {
    expect(paceAfter(half, remaining, 600_000)).toBe(pace);
  });

  test('during a pause holds from its end on', () => {
    const paused = { ...half, setAtMs: 20_000 };
    expect(learnPace(paused, bucket, 10, 6000)).toEqual({ ...paused, pace: 0.64, pacedAtMs: 6000 });
  });

  test('is half after a 429, once for all refusals of one pause, and never below a tenth', () => {
    expect(halvePace(fullBucket, 1000)).toEqual(half);
    expect(halvePace(half, 999)).toBe(half);
    expect(halvePace(half, 1000).pace).toBe(0.25);
    expect(halvePace(state({ pace: 0.64 }), 1000).pace).toBe(0.32);
    expect(halvePace(state({ pace: 0.1 }), 1000).pace).toBe(0.1);
  });
});

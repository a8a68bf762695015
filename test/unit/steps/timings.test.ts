import { describe, expect, test } from 'vitest';
import {
  backOffSeconds,
  busySeconds,
  later,
  parkSeconds,
  pollBackOffSeconds,
  pollSeconds,
  secondsUntil,
} from '../../../src/steps/timings.ts';

const now = new Date('2026-08-22T02:00:00.000Z');

test('seconds until an instant are whole, rounded up, and none once it has passed', () => {
  const until = (at: string) => secondsUntil(at, now);
  expect(until('2026-08-22T02:00:10.000Z')).toBe(10);
  expect(until('2026-08-22T02:00:10.001Z')).toBe(11);
  expect(until('2026-08-22T01:59:59.000Z')).toBe(0);
  expect(later(now, 90).toISOString()).toBe('2026-08-22T02:01:30.000Z');
});

describe('the next attempt after failures', () => {
  test('waits three times as long each time: half of it, and up to another half by the id of the attempt', () => {
    const least = [1, 2, 3, 4, 5, 6].map((failures) => backOffSeconds(failures, '0000'));
    const most = [1, 2, 3, 4, 5, 6].map((failures) => backOffSeconds(failures, 'ffff'));
    expect(least).toEqual([5, 15, 45, 135, 300, 300]);
    expect(most).toEqual([10, 30, 90, 270, 600, 600]);
    expect(backOffSeconds(1, '8000')).toBe(8);
    expect(backOffSeconds(0, 'ffff')).toBe(10);
  });

  test('looks at the first four digits of the id alone', () => {
    expect(backOffSeconds(4, 'ffff0000-0000')).toBe(270);
    expect(backOffSeconds(4, '0000ffff-ffff')).toBe(135);
  });
});

describe('a poll', () => {
  test.each([
    [60, 10, 60],
    [5, 10, 10],
    [0, 0, 1],
    [599.2, 10, 600],
    [601, 10, 600],
    [12.3, 1, 13],
    [Number.NaN, 10, 60],
    [Number.POSITIVE_INFINITY, 10, 60],
  ])('that should wait %d s, where the least is %d, waits %d', (wanted, least, seconds) => {
    expect(pollSeconds(wanted, least)).toBe(seconds);
  });

  test('that gave nothing to read is repeated after 10 s, twice as long each time', () => {
    expect([0, 1, 2, 3, 4, 5, 9].map((failures) => pollBackOffSeconds(failures, 1))).toEqual([
      10, 10, 20, 40, 80, 160, 600,
    ]);
    expect(pollBackOffSeconds(1, 45)).toBe(45);
  });
});

test('work that stands in the way is asked about after 30 s, then each minute', () => {
  expect([0, 1, 2, 3].map(busySeconds)).toEqual([30, 30, 60, 60]);
});

describe('a limit of the service parks', () => {
  const seconds = (code: string, message: string, at: string) => parkSeconds({ code, message }, new Date(at));

  test('for an hour where it says nothing of a day', () => {
    expect(seconds('CloudDosTimeboudLimitReached', '', '2026-08-22T02:00:00Z')).toBe(3600);
  });

  test.each([
    ['CloudDosAbsoluteLimitReached', ''],
    ['X', 'The limit of 24 hours is reached.'],
    ['X', 'So many per day.'],
    ['X', 'The daily limit.'],
    ['X', 'Try the next day.'],
  ])('until five minutes after the turn of the day in UTC: %s %s', (code, message) => {
    expect(seconds(code, message, '2026-08-22T02:00:00.000Z')).toBe(22 * 3600 + 300);
    expect(seconds(code, message, '2026-08-22T02:00:00.001Z')).toBe(22 * 3600 + 300);
    expect(seconds(code, message, '2026-08-31T22:00:00.000Z')).toBe(2 * 3600 + 300);
    expect(seconds(code, message, '2026-08-22T23:59:00.000Z')).toBe(3600);
  });
});

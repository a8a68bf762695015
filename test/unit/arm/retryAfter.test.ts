import { describe, expect, test } from 'vitest';
import { throttleSeconds } from '../../../src/arm/outcomes.ts';
import { readRetryAfter } from '../../../src/arm/replyFields.ts';

const now = new Date('2026-08-22T02:00:00Z');

describe('Retry-After is read as it comes', () => {
  test.each<[Record<string, string>, number | undefined]>([
    [{ 'retry-after': '60' }, 60],
    [{ 'retry-after': ' 60 , 60' }, 60],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '-1' }, undefined],
    [{ 'retry-after': 'abc' }, undefined],
    [{ 'retry-after': '' }, undefined],
    [{}, undefined],
    [{ 'retry-after': '999999999' }, 999_999_999],
    [{ 'retry-after': 'Sat, 22 Aug 2026 02:00:30 GMT' }, 30],
    [{ 'retry-after': 'Sat, 22 Aug 2026 01:00:00 GMT' }, 0],
    // The server's clock is 10 minutes behind ours: its own Date counts.
    [{ 'retry-after': 'Sat, 22 Aug 2026 01:50:30 GMT', date: 'Sat, 22 Aug 2026 01:50:00 GMT' }, 30],
  ])('%j → %s', (headers, seconds) => {
    expect(readRetryAfter(headers, now)).toBe(seconds);
  });

  test('a date without anything to count from is unreadable', () => {
    expect(readRetryAfter({ 'retry-after': 'Sat, 22 Aug 2026 02:00:30 GMT' })).toBeUndefined();
  });
});

describe('a 429 waits for the larger of header and message, up to an hour', () => {
  const message = "exceeded the limit of '150'. Please try again after '324' seconds.";
  test.each([
    [{}, message, 324],
    [{ 'retry-after': '30' }, message, 324],
    [{ 'retry-after': '600' }, message, 600],
    [{ 'retry-after': '30' }, 'Slow down.', 30],
    [{}, 'Slow down.', 60],
    [{ 'retry-after': '-1' }, 'Slow down.', 60],
    [{ 'retry-after': '0' }, 'Slow down.', 1],
    [{ 'retry-after': '999999999' }, 'Slow down.', 3600],
  ])('%j, "%s" → %i s', (headers: Record<string, string>, text, seconds) => {
    const body = { error: { code: 'ResourceRequestsThrottled', message: text } };
    expect(throttleSeconds({ status: 429, headers, body }, now)).toBe(seconds);
  });
});

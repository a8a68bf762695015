import { expect, test } from 'vitest';
import { equalIgnoringCase, readDurationSeconds, readInstant } from '../../../src/arm/replyFields.ts';

test.each([
  ['2026-05-12T08:15:30Z', '2026-05-12T08:15:30.000Z'],
  ['2025-05-20T10:01:02.1234567Z', '2025-05-20T10:01:02.123Z'],
  ['2025-05-20T10:01:02.1234567', '2025-05-20T10:01:02.123Z'],
  ['2025-05-20T12:01:02+02:00', '2025-05-20T10:01:02.000Z'],
  ['0001-01-01T00:00:00', undefined],
  ['0001-01-01T00:00:00Z', undefined],
  ['2001-02-03T04:05:06Z', undefined],
  ['2009-12-31T23:59:59Z', undefined],
  ['2010-01-01T00:00:00Z', '2010-01-01T00:00:00.000Z'],
  ['2025-13-20T10:01:02Z', undefined],
  ['yesterday', undefined],
  ['', undefined],
  [undefined, undefined],
])('the instant %s is %s', (text, instant) => {
  expect(readInstant(text)?.toISOString()).toBe(instant);
});

test.each([
  ['PT3M37.7131151S', 217.7131151],
  ['PT1H', 3600],
  ['P1DT2H3M4S', 93_784],
  ['00:11:13.99', 673.99],
  ['13.23:59:41', 1_209_581],
  ['PT', undefined],
  ['P', undefined],
  ['soon', undefined],
  [undefined, undefined],
])('the duration %s is %s seconds', (text, seconds) => {
  expect(readDurationSeconds(text)).toBe(seconds);
});

test('two words are one whatever their case; no word is none', () => {
  expect([equalIgnoringCase('InProgress', 'inprogress'), equalIgnoringCase('a', 'b')]).toEqual([true, false]);
  expect(equalIgnoringCase(undefined, '')).toBe(false);
});

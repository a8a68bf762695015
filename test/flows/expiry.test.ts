import { expect, test } from 'vitest';
import { expiresAt } from '../../src/orchestrations/recovery-services/backUp.ts';

test.each([
  [undefined, '2026-09-21T02:00:00.000Z'],
  ['P1D', '2026-08-23T02:00:00.000Z'],
  ['P2W', '2026-09-05T02:00:00.000Z'],
  ['P6M', '2027-02-22T02:00:00.000Z'],
  ['P99Y', '2125-08-22T02:00:00.000Z'],
])('a backup accepted on 22 August 2026 and kept for %s expires %s', (keepFor, expiry) => {
  expect(expiresAt('2026-08-22T02:00:00Z', keepFor)).toBe(expiry);
});

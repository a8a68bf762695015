import { expect, test } from 'vitest';
import { trackVault } from '../../src/orchestrations/trackJobs.ts';
import { playFlow } from '../support/playFlow.ts';

const platform = Date.parse('2026-08-22T12:00:00Z');
const input = { vaultKey: 'a'.repeat(24), generation: 1 };

/** Seconds between four ticks, each of which wants the next in a minute by its own clock. */
async function paces(skewSeconds: number): Promise<readonly number[]> {
  const ticks: number[] = [];
  let now = platform;
  await playFlow((df) => trackVault(df, input), {
    now: () => now,
    advanceTo: (milliseconds) => void (now = milliseconds),
    activity: async () => {
      ticks.push(now);
      const nextTickAt = new Date(now + skewSeconds * 1000 + 60_000).toISOString();
      return { inFlight: 1, nextTickAt, waitSeconds: 60 };
    },
    nextEvent: () => undefined,
  });
  return ticks.slice(1).map((at, index) => (at - (ticks[index] ?? 0)) / 1000);
}

test.each([
  ['as the platform’s', 0],
  ['half a minute behind it', -30],
  ['three seconds behind it', -3],
  ['half a minute ahead of it', 30],
  ['two hours behind it', -7200],
  ['two hours ahead of it', 7200],
])('a tracker whose clock is %s ticks once a minute', async (_clock, skewSeconds) => {
  expect(await paces(skewSeconds)).toEqual([60, 60, 60]);
});

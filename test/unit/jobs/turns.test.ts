import { describe, expect, test } from 'vitest';
import { nextListAt, type TickInputs } from '../../../src/jobs/tickPlan.ts';
import { seededRandom } from '../../../local/functions-host/clock/seededRandom.ts';

const hourMs = 3_600_000;
const minuteMs = 60_000;
const start = Date.parse('2026-08-22T02:00:00Z');

interface Vault {
  readonly place: number;
  ends: number[];
  lastListAt: number;
  listAt: number;
}

const lengthOf = (random: () => number): number =>
  1800_000 * Math.exp(0.6 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));

function tickInputsOf(vault: Vault, vaults: readonly Vault[], now: number): TickInputs {
  const live = vaults.filter(({ ends }) => ends.length > 0);
  const watch = { sentAt: start, waitSeconds: 60, looked: vault.lastListAt > 0, quietSeconds: 0 };
  return {
    ...{ now, watches: [watch], pages: 1, perHour: 150, vaults: live.length },
    place: live.indexOf(vault),
    ...(vault.lastListAt > 0 ? { lastListAt: vault.lastListAt } : {}),
  };
}

/** Fifty vaults with twenty jobs each: when they are listed, how long each job's end is not known. */
function night(seed: number) {
  const random = seededRandom(seed);
  const vaults: Vault[] = Array.from({ length: 50 }, (_, place) => ({
    ...{ place, lastListAt: 0, listAt: start },
    ends: Array.from({ length: 20 }, () => start + lengthOf(random)),
  }));
  for (const vault of vaults) vault.listAt = nextListAt(tickInputsOf(vault, vaults, start));
  const lists: number[] = [];
  const late: number[] = [];
  for (let now = start; vaults.some(({ ends }) => ends.length > 0); now += 1000) {
    for (const vault of vaults.filter(({ ends, listAt }) => ends.length > 0 && listAt <= now)) {
      const next = nextListAt(tickInputsOf(vault, vaults, now));
      if (next <= now + 1000) {
        lists.push(now);
        late.push(...vault.ends.filter((end) => end <= now).map((end) => now - end));
        vault.ends = vault.ends.filter((end) => end > now);
        vault.lastListAt = now;
      }
      if (vault.ends.length > 0) vault.listAt = nextListAt(tickInputsOf(vault, vaults, now));
    }
  }
  return { lists, late: late.sort((one, other) => one - other) };
}

const mostWithin = (times: readonly number[], ms: number): number =>
  Math.max(...times.map((from) => times.filter((one) => one >= from && one < from + ms).length));

describe.each([7, 8, 9])('fifty vaults on 150 reads an hour, seed %i', (seed) => {
  const { lists, late } = night(seed);

  test('leave a fifth of every hour, also when some of them finish', () => {
    expect(mostWithin(lists, hourMs)).toBeLessThanOrEqual(122);
    expect(mostWithin(lists, 10 * minuteMs)).toBeLessThanOrEqual(24);
  });

  test('know 99 of 100 ends within 25 minutes', () => {
    expect(late[Math.ceil(late.length * 0.99) - 1]).toBeLessThanOrEqual(25 * minuteMs);
    expect(late.at(-1)).toBeLessThanOrEqual(26 * minuteMs);
  });
});

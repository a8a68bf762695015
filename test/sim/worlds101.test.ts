import { expect, test } from 'vitest';
import { neverFired, playSeeds } from './tally.ts';

test('in a hundred random worlds from seed 101 on nothing is lost, doubled, stuck, untrue or left over', async () => {
  const said: string[] = [];
  const tally = await playSeeds(101, 100, 'everything', (line) => said.push(line));
  expect(said).toEqual([]);
  expect(tally.backups).toBeGreaterThan(100);
  expect(neverFired(tally.fired, 'everything', 200)).toEqual([]);
}, 240_000);

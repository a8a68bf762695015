import { expect, test } from 'vitest';
import { addUp, neverFired, playSeeds } from './tally.ts';

test('in a hundred random worlds from seed 301 on, a quarter of them drills, nothing is lost, doubled, stuck, untrue or left over', async () => {
  const said: string[] = [];
  const say = (line: string) => said.push(line);
  const all = await playSeeds(301, 75, 'everything', say);
  const tally = addUp(all, await playSeeds(301, 25, 'drills', say));
  expect(said).toEqual([]);
  expect(tally.backups).toBeGreaterThan(100);
  expect(neverFired(tally.fired, 'everything', 200)).toEqual([]);
}, 240_000);

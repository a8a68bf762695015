import { expect, test } from 'vitest';
import { seededRandom } from '../../local/functions-host/clock/seededRandom.ts';
import { cases } from './cases.ts';

test.each(Object.keys(cases))('odd %s are answered in words, and break nothing', async (kind) => {
  for (let seed = 1; seed <= 3; seed++) {
    const result = await cases[kind]?.(seededRandom(seed));
    expect(result?.findings).toEqual([]);
  }
});

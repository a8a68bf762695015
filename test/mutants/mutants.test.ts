import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mutants } from './mutants.ts';

test('each mutant changes one place of the app, and names tests that are there', () => {
  const wrong = mutants.flatMap(({ file, find, replace, why, by }) => {
    const times = existsSync(file) ? readFileSync(file, 'utf8').split(find).length - 1 : 0;
    const missing = by.filter((name) => name !== 'sim' && !existsSync(name));
    return times === 1 && find !== replace && missing.length === 0
      ? []
      : [`${why}: ${times} places in ${file}, missing ${missing.join()}`];
  });
  expect(wrong).toEqual([]);
  expect(new Set(mutants.map(({ why }) => why)).size).toBe(mutants.length);
});

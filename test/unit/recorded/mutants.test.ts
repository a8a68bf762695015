import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mutants } from '../../recorded/mutants.ts';

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join('src', name), 'utf8'));

test.each(mutants)('the mistake "$why" can be made in exactly one place', ({ find }) => {
  expect(sources.map((text) => text.split(find).length - 1).filter((times) => times > 0)).toEqual([1]);
});

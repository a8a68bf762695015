import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createWarnings } from '../../../local/functions-host/warnings.ts';

const page = readFileSync('docs/warnings.md', 'utf8');
const explained = [...page.matchAll(/^## (H\d\d)$/gm)].map(([, code]) => code);

function codesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => [...readFileSync(`${folder}/${name}`, 'utf8').matchAll(/'(H\d\d)'/g)])
    .map(([, code = '']) => code);
}

test('every code that the host prints has a section of its own', () => {
  const printed = [...new Set(codesIn('local/functions-host'))].sort();
  expect(printed).toContain('H26');
  expect(explained).toEqual(printed);
});

test('the line names the place where its code is explained', () => {
  const lines: string[] = [];
  createWarnings({ print: (line) => lines.push(line) }).warn('H26', 'run', 'a timer under 2 s');
  expect(lines).toEqual(['warning H26 run: a timer under 2 s (docs/warnings.md#h26)']);
});

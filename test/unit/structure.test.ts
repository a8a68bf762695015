import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';

/** File of src → the files of src that it imports, types included. */
const imports = new Map<string, readonly string[]>();
const lines = new Map<string, number>();

const imported = /(?:from|import)\s*\(?\s*'(\.[^']+\.ts)'/g;

beforeAll(() => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  for (const file of files) {
    const text = readFileSync(path.join('src', file), 'utf8');
    lines.set(file, text.split('\n').length - 1);
    const to = [...text.matchAll(imported)].map(([, one = '']) => path.join(path.dirname(file), one));
    imports.set(
      file,
      [...new Set(to)].filter((one) => !one.startsWith('..')),
    );
  }
});

const lengthOf = (file: string): number => lines.get(file) ?? 0;

/** The longest way down from a file, as the files on it. */
function longestChain(
  file: string,
  known: Map<string, readonly string[]>,
  above: ReadonlySet<string>,
): readonly string[] {
  const before = known.get(file);
  if (before) return before;
  if (above.has(file)) return [];
  const chains = (imports.get(file) ?? []).map((one) => longestChain(one, known, new Set([...above, file])));
  const longest = chains.reduce((most, one) => (one.length > most.length ? one : most), []);
  const chain = [file, ...longest];
  known.set(file, chain);
  return chain;
}

function reachable(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const one of imports.get(file) ?? []) reachable(one, seen);
  return seen;
}

/** Files that one file of their own folder alone imports, with that file. */
function onlyForNeighbours(): readonly (readonly [string, string])[] {
  const importers = new Map<string, string[]>();
  for (const [file, to] of imports)
    for (const one of to) importers.set(one, [...(importers.get(one) ?? []), file]);
  return [...importers].flatMap(([file, by]) => {
    const [only = ''] = by;
    return by.length === 1 && path.dirname(only) === path.dirname(file) ? [[file, only] as const] : [];
  });
}

test('a file that one neighbour imports is part of it, unless the two would be long', () => {
  const foldable = onlyForNeighbours().filter(([file, by]) => lengthOf(file) + lengthOf(by) <= 160);
  expect(foldable.map(([file, by]) => `${file} belongs into ${by}`)).toEqual([]);
});

test('files are long enough to be worth opening', () => {
  const all = [...lines.values()].reduce((sum, one) => sum + one, 0);
  expect(all / lines.size).toBeGreaterThan(85);
});

test('no way through the imports is long', () => {
  const known = new Map<string, readonly string[]>();
  const chains = [...imports.keys()].map((file) => longestChain(file, known, new Set()));
  const longest = chains.reduce((most, one) => (one.length > most.length ? one : most), []);
  expect(longest.length, longest.join(' → ')).toBeLessThanOrEqual(18);
});

test('a run is understood from few files', () => {
  expect(reachable('functions/run.orchestration.ts').size).toBeLessThanOrEqual(90);
});

test('a trigger registers and hands over', () => {
  const long = [...lines].filter(([file, count]) => file.startsWith('functions/') && count > 26);
  expect(long).toEqual([]);
});

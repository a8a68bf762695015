import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';

/** File of a folder → the files of that folder that it imports, types included. */
type Imports = ReadonlyMap<string, readonly string[]>;

const imported = /(?:from|import)\s*\(?\s*'(\.[^']+\.ts)'/g;

function importsIn(folder: string, text: (file: string) => string): Imports {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  return new Map(
    files.map((file) => {
      const to = [...text(file).matchAll(imported)].map(([, one = '']) => path.join(path.dirname(file), one));
      return [file, [...new Set(to)].filter((one) => !one.startsWith('..'))];
    }),
  );
}

const lines = new Map<string, number>();
let imports: Imports;

beforeAll(() => {
  imports = importsIn('src', (file) => {
    const text = readFileSync(path.join('src', file), 'utf8');
    lines.set(file, text.split('\n').length - 1);
    return text;
  });
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

function reachable(file: string, all: Imports, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const one of all.get(file) ?? []) reachable(one, all, seen);
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

test('few files are there for one neighbour alone', () => {
  const only = onlyForNeighbours();
  expect(only.length, only.map(([file, by]) => `${file} for ${by}`).join('\n')).toBeLessThanOrEqual(15);
});

/** Files that lead back to themselves. */
const inCircles = (all: Imports): readonly string[] =>
  [...all.keys()].filter((file) => all.get(file)?.some((one) => reachable(one, all).has(file)));

test.each(['src', 'local'])('no way through the imports of %s leads in a circle', (folder) => {
  const all = importsIn(folder, (file) => readFileSync(path.join(folder, file), 'utf8'));
  expect(inCircles(all)).toEqual([]);
});

test('files are long enough to be worth opening', () => {
  const all = [...lines.values()].reduce((sum, one) => sum + one, 0);
  expect(all / lines.size).toBeGreaterThan(115);
});

test('no way through the imports is long', () => {
  const known = new Map<string, readonly string[]>();
  const chains = [...imports.keys()].map((file) => longestChain(file, known, new Set()));
  const longest = chains.reduce((most, one) => (one.length > most.length ? one : most), []);
  expect(longest.length, longest.join(' → ')).toBeLessThanOrEqual(15);
});

test('a run is understood from few files', () => {
  expect(reachable('functions/run.orchestration.ts', imports).size).toBeLessThanOrEqual(73);
});

test('a trigger registers and hands over', () => {
  const long = [...lines].filter(([file, count]) => file.startsWith('functions/') && count > 25);
  expect(long).toEqual([]);
});

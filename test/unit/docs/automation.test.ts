import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { backupSchema } from '../../../src/runs/request.ts';
import { readAction } from '../../host/shells.ts';

const page = readFileSync('docs/automation.md', 'utf8');
const script = readFileSync('scripts/backup.sh', 'utf8');

const blocksOf = (language: string, text = page): readonly string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, block = '']) => block,
  );

/** Every value under a name, however deep. */
function valuesNamed(name: string, within: unknown): unknown[] {
  if (typeof within !== 'object' || within === null) return [];
  return Object.entries(within).flatMap(([key, value]) => [
    ...(key === name ? [value as unknown] : []),
    ...valuesNamed(name, value),
  ]);
}

test('every body that the page offers is one that the app takes', () => {
  const workflow = blocksOf('json').flatMap((block) => valuesNamed('body', JSON.parse(block)));
  const [, ready = ''] = page.split('\n## Bodies\n');
  const bodies = [...workflow, ...blocksOf('json', ready).map((block) => JSON.parse(block) as unknown)];
  const said = [...page.matchAll(/--body '(\{.*\})'/g)].map(([, body = '']) => JSON.parse(body) as unknown);
  expect([workflow.length, bodies.length, said.length]).toEqual([1, 5, 1]);
  for (const body of bodies) expect(backupSchema.safeParse(body).error?.issues ?? []).toEqual([]);
  expect(Object.keys(said[0] as object)).toEqual(['target', 'keepFor']);
});

test('the actions of a workflow run after actions that are there, and wait no longer than the app holds an answer', () => {
  const [workflow = {}] = blocksOf('json').map((block) => JSON.parse(block) as Record<string, unknown>);
  const before = valuesNamed('runAfter', workflow).flatMap((names) => Object.keys(names as object));
  expect(before.filter((name) => valuesNamed(name, workflow).length === 0)).toEqual([]);
  const named = [...JSON.stringify(workflow).matchAll(/body\('(\w+)'\)/g)].map(([, name = '']) => name);
  expect(new Set(named)).toEqual(new Set(['Back_up']));
  const waits = [...page.matchAll(/[?&]wait=(\d+)/g)].map(([, seconds]) => Number(seconds));
  expect(waits.every((seconds) => seconds <= 200)).toBe(true);
});

test('every option of the script that the page uses is one it takes, and its help names every one', () => {
  const taken = [...script.matchAll(/^ {4}(--[a-z-]+)\)/gm)].map(([, option = '']) => option);
  const uses = page.match(/(?<![\w-])--(?!scope|query|output)[a-z]+(?:-[a-z]+)*/g) ?? [];
  expect(taken).toContain('--give-up-after');
  expect([...new Set(uses)].filter((option) => ![...taken, '--access'].includes(option))).toEqual([]);
  const [, help = ''] = /<<'TEXT'\n([\s\S]*?)\nTEXT/.exec(script) ?? [];
  expect(taken.filter((option) => option !== '--help' && !help.includes(option))).toEqual([]);
});

test('what the page gives the action are inputs of it, and what it promises are outputs', () => {
  const [, given = ''] = /actions\/backup@v1[\s\S]*?with:\n((?: {10}.*\n)+)/.exec(page) ?? [];
  const names = [...given.matchAll(/^ {10}([\w-]+):/gm)].map(([, name = '']) => name);
  const { inputs } = readAction('actions/backup/action.yml');
  expect(names).toContain('audience');
  expect(names.filter((name) => !inputs.includes(name))).toEqual([]);
  const [, promised = ''] = /outputs: ([^;.]*?), a file/.exec(page) ?? [];
  const outputs = [...promised.matchAll(/`([\w-]+)`/g)].map(([, name = '']) => name);
  const action = readFileSync('actions/backup/action.yml', 'utf8');
  const [, section = ''] = /\noutputs:\n([\s\S]*?)\nruns:/.exec(action) ?? [];
  expect(outputs).toEqual([...section.matchAll(/^ {2}([\w-]+):/gm)].map(([, name = '']) => name));
});

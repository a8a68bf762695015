import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compile, type Template } from '../../scripts/infra/deployments.ts';
import type { Roles } from '../../scripts/infra/roles.ts';
import { bicep } from './foretold.ts';

const read = (file: string): string => readFileSync(file, 'utf8');
const pages = ['README.md', 'docs/operations.md'];

/** The commands of a page: its blocks of `sh`, those of the README's deployment and of operations alike. */
const blocksOf = (page: string): readonly string[] =>
  [...read(page).matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block = '']) => block);

const blocks = pages.flatMap(blocksOf);
const all = blocks.join('\n');
const found = (pattern: RegExp): readonly string[] => [
  ...new Set([...all.matchAll(pattern)].map(([, one = '']) => one)),
];

/** What hooks read of the environment and no parameter takes. */
const ofHooks = ['EVENT_TOPICS', 'SUBSCRIBE_TO_EVENTS'];
const parameterFile = read('infra/main.parameters.json');
const optionNames = [...parameterFile.matchAll(/\$\{([A-Z_]+)/g)].map(([, name = '']) => name);

test('there are commands to look at, and every block is one that a shell takes', () => {
  expect(blocks.length).toBeGreaterThanOrEqual(4);
  for (const block of blocks)
    expect(spawnSync('bash', ['-n'], { input: block, encoding: 'utf8' }).stderr).toBe('');
});

test('every file that a command names is there, but for those that an earlier command makes', () => {
  const made = ['plan.json', '.local/package.zip'];
  const files = found(/(?<![\w/.-])((?:infra|plan|scripts|\.local)\/[\w./-]+|plan\.json)/g);
  expect(files).toContain('infra/entra/register.sh');
  expect(files.filter((file) => !made.includes(file) && !existsSync(file))).toEqual([]);
});

test('every npm script that a command runs is there', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  expect(found(/npm run ([\w:]+)/g).filter((name) => !(name in scripts))).toEqual([]);
});

test('every option that is set is one that a deployment reads', () => {
  const set = found(/azd env set ([A-Z_]+)/g);
  expect(set).toContain('ACCESS_AUDIENCE');
  expect(set.filter((name) => ![...optionNames, ...ofHooks].includes(name))).toEqual([]);
});

test('the table of options has every option, and no other', () => {
  const rows = read('docs/operations.md')
    .split('\n')
    .filter((line) => /^\| `[A-Z_]+`/.test(line));
  const named = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([A-Z_]+)`/g)].map(([, name = '']) => name),
  );
  const ofAzd = ['AZURE_ENV_NAME', 'AZURE_LOCATION'];
  expect(named.sort()).toEqual([...optionNames.filter((name) => !ofAzd.includes(name)), ...ofHooks].sort());
});

test('the table of roles has every profile', () => {
  const { profiles } = JSON.parse(read('infra/roles.json')) as Roles;
  const rows = read('docs/operations.md').split('\n');
  for (const { name } of Object.values(profiles))
    expect(rows.filter((row) => row.startsWith(`| ${name} |`))).toHaveLength(1);
});

describe.skipIf(bicep === undefined)('of the compiled template', () => {
  const template = (): Template => compile(bicep ?? '', 'main');

  test('every parameter that a command gives is one of the template', () => {
    const deployments = all.replaceAll('\\\n', ' ').match(/^az (?:deployment|stack) sub create .*$/gm) ?? [];
    expect(deployments).toHaveLength(2);
    for (const command of deployments) {
      const given = [...command.matchAll(/ ([a-z]\w+)=/g)].map(([, name = '']) => name);
      expect(given).toEqual(expect.arrayContaining(['environmentName', 'location']));
      expect(given.filter((name) => !(name in template().parameters))).toEqual([]);
    }
  });

  test('every output that a command reads is one of the template', () => {
    const asked = [...found(/azd env get-value ([A-Z_]+)/g), ...found(/\$\(output ([A-Z_]+)/g)];
    expect(asked).toContain('APP_URL');
    expect(asked.filter((name) => !(name in template().outputs))).toEqual([]);
  });
});

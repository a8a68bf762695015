import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const folder = '.github/workflows';
const workflows = readdirSync(folder).map((name) => readFileSync(`${folder}/${name}`, 'utf8'));
const all = workflows.join('\n');
const found = (pattern: RegExp, text = all): readonly string[] => [
  ...new Set([...text.matchAll(pattern)].map(([, one = '']) => one)),
];

test('every script that a workflow runs is there, and what people run is run', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const names = found(/run: npm (?:run )?((?!ci|audit|sbom)[\w:]+)/g);
  expect(names).toEqual(['test', 'check:infra', 'package']);
  expect(names.filter((name) => !(name in scripts))).toEqual([]);
});

test('actions of others are pinned by commit, beside the version that it is', () => {
  const uses = [...all.matchAll(/uses: (.*)/g)].map(([, name = '']) => name);
  expect(uses.length).toBeGreaterThan(5);
  expect(uses.filter((name) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(name))).toEqual([]);
});

test('a workflow reads and no more, but for the job that attests what it has built on a push', () => {
  for (const text of workflows) expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
  const jobs = all.split(/\n(?= {2}[\w-]+:\n {4})/).filter((job) => /: write$/m.test(job));
  expect(jobs.map((job) => /^ {2}(\w+):/.exec(job)?.[1])).toEqual(['package']);
  expect(jobs[0]).toContain("if: github.event_name == 'push'");
  expect(found(/^ +([\w-]+): write$/gm)).toEqual(['id-token', 'attestations']);
});

test('nothing that others write gets into a script of a workflow or an action', () => {
  const texts = [...workflows, readFileSync('actions/backup/action.yml', 'utf8')];
  const scripts = texts.flatMap((text) => [...text.matchAll(/run: (?:\|\n((?: {8}.*\n|\n)+)|(.*))/g)]);
  expect(scripts.length).toBeGreaterThan(6);
  expect(scripts.filter(([script]) => script.includes('${{'))).toEqual([]);
});

test('what the page on security gives as proof is there', () => {
  const files = found(/`(test\/[\w/.-]+)`/g, readFileSync('SECURITY.md', 'utf8'));
  expect(files.length).toBeGreaterThan(10);
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});

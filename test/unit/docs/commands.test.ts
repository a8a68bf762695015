import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mentioned, pages } from './pages.ts';

const { scripts, engines } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
  readonly engines: { readonly node: string };
};

function isThere(command: string): boolean {
  const [program, ...words] = command.split(' ');
  if (program === 'node') return existsSync(words[0] ?? '');
  return scripts[words.at(-1) ?? ''] !== undefined;
}

/** Named in a page before it can be run. */
const announced = ['npm run report'];

/** Options as a page names them beside a script: `npm run demo [-- --all | --plan]`. */
const optionsNamed = pages.flatMap(({ path, text }) =>
  [...text.matchAll(/npm (?:run )?(start|demo|simulator|bench)\b((?:[^`\n]*?) -?-?[^`\n]*)[`\n]/g)].flatMap(
    ([, script = '', rest = '']) =>
      [...rest.matchAll(/--([a-z][a-z-]*)/g)].map(([, option = '']) => ({ path, script, option })),
  ),
);

const sources: Readonly<Record<string, string>> = {
  start: 'local/start/options.ts',
  demo: 'local/demo.ts',
  simulator: 'local/arm-simulator/cli.ts',
  bench: 'bench/main.ts',
};

test('every script and file that a page tells to run is there', () => {
  expect(mentioned.length).toBeGreaterThan(20);
  expect(mentioned.filter(({ command }) => !isThere(command) && !announced.includes(command))).toEqual([]);
});

test('every option that a page names is one the command takes', () => {
  const unknown = optionsNamed.filter(({ script, option }) => {
    const source = readFileSync(sources[script] ?? '', 'utf8');
    return (
      option !== 'silent' && !source.includes(`'${option}':`) && !new RegExp(`\\b${option}:`).test(source)
    );
  });
  expect(unknown).toEqual([]);
});

test('engines, README and the guard say one version of Node', () => {
  const [, version = ''] = /^>=(\d+\.\d+)$/.exec(engines.node) ?? [];
  const readme = pages.find(({ path }) => path === 'README.md')?.text ?? '';
  expect(readme).toContain(`Node ${version} or later`);
  expect(readFileSync('scripts/requireNode.mjs', 'utf8')).toContain('engines.node');
});

test('a link from one page to another file leads somewhere', () => {
  const broken = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g)]
      .map(([, link = '']) => new URL(link, `file://${process.cwd()}/${path}`).pathname)
      .filter((file) => !existsSync(file))
      .map((file) => `${path}: ${file}`),
  );
  expect(broken).toEqual([]);
});

test('the pages that are to be read at once fit a screen or two', () => {
  const lines = (name: string) => pages.find(({ path }) => path === name)?.text.split('\n').length ?? 0;
  expect(lines('docs/performance.md')).toBeLessThanOrEqual(60);
  expect(lines('docs/simulator.md')).toBeLessThanOrEqual(60);
  expect(lines('docs/glossary.md')).toBeLessThanOrEqual(60);
});

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emptyFolder } from './sampleApp.ts';
import { runProgram, type Ending } from './shells.ts';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** Scripts that run a program of ours; the page's tests hand their words to the test runner. */
const ours = Object.keys(scripts).filter(
  (name) => /^node \S+$/.test(scripts[name] ?? '') && !/^pre|^test:ui$/.test(name),
);

const call = (script: string, ...words: string[]): Promise<Ending> =>
  runProgram(process.execPath, [(scripts[script] ?? '').replace(/^node /, ''), ...words]);

/** What is told of words that a script does not take. */
async function refusalOf(script: string, ...words: string[]): Promise<string> {
  const { code, out, errors } = await call(script, ...words);
  const [sentence = '', usage = '', ...more] = errors.trimEnd().split('\n');
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(usage).toMatch(`usage: npm ${script === 'start' ? '' : 'run '}${script}`);
  expect(more.filter((line) => !line.startsWith('names: '))).toEqual([]);
  return sentence;
}

test('the scripts are found', () => {
  expect(ours).toEqual(expect.arrayContaining(['start', 'histories', 'report', 'test:kill', 'bench']));
});

test.each(ours)('%s refuses an option that it does not have', async (script) => {
  expect(await refusalOf(script, '--nonsense')).toContain('--nonsense');
});

describe('a value that asks for nothing, or for what there is not, is refused:', () => {
  test.each([
    ['sim', '--seeds=0', "--seeds takes a whole number from 1 to 1000000, not '0'"],
    ['fuzz', '--seeds=0', "--seeds takes a whole number from 1 to 1000000, not '0'"],
    ['soak', '--minutes=-1', "--minutes takes a number from 1 to 10000, not '-1'"],
    ['test:mutants', '--minutes=0', "--minutes takes a number from 1 to 100000, not '0'"],
    ['test:mutants', '--only=nowhere', "--only: no mutant's file or mistake holds 'nowhere'"],
    ['start', '--keep=', '--keep is given without a value'],
    ['simulator', '--port=1.5', "--port takes a whole number from 0 to 65535, not '1.5'"],
    ['report', '--url=backups', "--url takes the address of the app, https://…, not 'backups'"],
    ['report', '--url=file:///tmp', "--url takes the address of the app, https://…, not 'file:///tmp'"],
    ['doctor', '--settings=nowhere.json', 'nowhere.json: there is no such file'],
    [
      'doctor',
      '--settings=package.json',
      'package.json holds no settings: neither Values nor a list of names and values',
    ],
    ['bench', 'nothing', "there is no bench 'nothing'"],
    ['test:recorded-mutants', 'nowhere', 'nowhere: there is no such folder'],
    ['test:generic-mutants', 'nowhere', 'nowhere: there is no such folder'],
    ['test:generic-mutants', 'docs', 'docs: a folder of the app is meant, such as src/plan'],
    ['test:host', 'nowhere', 'nowhere: there is no such folder'],
  ])('%s %s', async (script, word, sentence) => {
    expect(await refusalOf(script, word)).toBe(sentence);
  });

  test('a name that there is not, with those that there are', async () => {
    expect(await refusalOf('fuzz', '--only=nowhere')).toMatch(
      /^--only takes bodies, (?:\w+, )*events, not 'nowhere'$/,
    );
  });

  test('stories of the demo that exclude each other', async () => {
    expect(await refusalOf('demo', '--plan', '--drill')).toBe('one of --all, --plan and --drill is taken');
  });
});

test.each([
  ['test:recorded', 'FOLDER is missing'],
  ['test:recorded-mutants', 'FOLDER is missing'],
  ['test:generic-mutants', 'FOLDER is missing'],
  ['test:host', 'FOLDER is missing'],
  ['plan', 'FILE is missing'],
  ['report', '--url is missing'],
  ['bench', 'NAME is missing'],
])('%s says what it cannot do without', async (script, sentence) => {
  expect(await refusalOf(script)).toBe(sentence);
});

test.each([
  ['plan', 'FILE'],
  ['test:host', 'FOLDER'],
  ['test:generic-mutants', 'FOLDER'],
])('%s takes one %s, and overlooks no second one', async (script, word) => {
  expect(await refusalOf(script, 'one', 'two')).toBe(`one ${word} is taken, not two besides`);
});

describe('a check with nothing to check does not pass:', () => {
  test.each(['test:recorded', 'test:recorded-mutants'])(
    '%s of a folder without recordings',
    async (script) => {
      const folder = emptyFolder();
      writeFileSync(join(folder, 'README.md'), '#');
      writeFileSync(join(folder, 'empty.jsonl'), '\n');
      expect(await refusalOf(script, folder)).toBe(`${folder} holds no recorded exchanges (*.jsonl)`);
    },
  );

  test('test:host of a folder without an app, or without recordings', async () => {
    const folder = emptyFolder();
    expect(await refusalOf('test:host', folder)).toBe(`${join(folder, 'app')}: there is no such folder`);
    mkdirSync(join(folder, 'app'));
    expect(await refusalOf('test:host', folder)).toBe(
      `${folder} holds nothing that was recorded of the official host`,
    );
  });
});

test.each(['plan', 'package'])('%s tells of a plan that is not there, without a stack', async (script) => {
  const words = script === 'plan' ? ['nowhere.json'] : ['--plan', 'nowhere.json'];
  expect(await call(script, ...words)).toEqual({
    code: 1,
    out: '',
    errors: 'nowhere.json: there is no such file\n',
  });
});

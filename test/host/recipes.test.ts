import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const left = /^(?:node_modules|\.git|dist|\.local|infra)$/;
let copy = '';

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'recipe-'));
  cpSync('.', copy, { recursive: true, filter: (path) => !left.test(path) });
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'));
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** Changes one place of the copy, which must be as the recipe expects it. */
function change(file: string, from: string, to: string): void {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
}

function run(program: string, ...list: string[]): string {
  const file = join('node_modules', '.bin', program);
  return spawnSync(file, list, { cwd: copy, encoding: 'utf8' }).stdout;
}

/** Files in which the compiler finds something to tell. */
const complaints = (): string[] => [
  ...new Set(
    [...run('tsc', '--noEmit', '-p', '.').matchAll(/^(\S+)\(\d+,\d+\): error/gm)].map(
      ([, file = '']) => file,
    ),
  ),
];

const withoutSentence = (): string[] => {
  const script = `
    const { recoveryServicesSteps } = await import('./src/recovery-services/steps.ts');
    const { stepSentences } = await import('./local/telling/stepSentences.ts');
    console.log(JSON.stringify(recoveryServicesSteps.map(({ name }) => name).filter((name) => !stepSentences[name])));`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: copy,
    encoding: 'utf8',
  });
  return JSON.parse(stdout) as string[];
};

test('a datasource that is added is asked for at each place of the recipe', () => {
  change('src/plan/schema.ts', "'virtualMachine', 'workload'])", "'virtualMachine', 'workload', 'cluster'])");
  change(
    'src/runs/requestFields.ts',
    "  z.strictObject({\n    kind: z.literal('blobs'),",
    "  z.strictObject({ kind: z.literal('cluster'), vaultId: requestIds.backupVault, clusterId: requestIds.any }),\n  z.strictObject({\n    kind: z.literal('blobs'),",
  );
  const asked = complaints();
  expect(asked).toEqual(
    expect.arrayContaining([
      'local/start/introduction.ts',
      'src/batches/dailyLimits.ts',
      'src/batches/protectionRequest.ts',
      'src/orchestrations/flows.ts',
      'src/orchestrations/recovery-services/itemTarget.ts',
      'src/plan/problems.ts',
      'src/runs/run.ts',
    ]),
  );
  const recipe = readFileSync('CONTRIBUTING.md', 'utf8');
  expect(asked.filter((file) => !recipe.includes(file))).toEqual([]);
}, 240_000);

test('a step that is added is unused until it is listed, and without a sentence until it has one', () => {
  const file = 'src/recovery-services/itemChanges.ts';
  const step = `\n/** Reads nothing: a step of a test. */\nexport const lookTwice = { ...undeleteItem, name: 'recoveryServices.lookTwice' };\n`;
  writeFileSync(join(copy, file), readFileSync(join(copy, file), 'utf8') + step);
  expect(run('knip')).toContain('lookTwice');
  change('src/recovery-services/steps.ts', 'undeleteItem }', 'undeleteItem, lookTwice }');
  change('src/recovery-services/steps.ts', '  undeleteItem,\n', '  undeleteItem,\n  lookTwice,\n');
  expect(run('knip')).not.toContain('lookTwice');
  expect(withoutSentence()).toEqual(['recoveryServices.lookTwice']);
  change(
    'local/telling/stepSentences.ts',
    "  'recoveryServices.cancelJob'",
    "  'recoveryServices.lookTwice': 'Look twice',\n  'recoveryServices.cancelJob'",
  );
  expect(withoutSentence()).toEqual([]);
}, 240_000);

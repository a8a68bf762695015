import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startChild, type Child } from '../../local/childProcess.ts';
import { commands, type Command } from '../unit/docs/pages.ts';

interface Ready {
  readonly app: string;
  readonly arm: string;
}

interface SimulatorReady {
  readonly arm: string;
  readonly ca: string;
}

/** Why a command of a page is not pasted here; its script, its options and its files are checked in another test. */
const elsewhere: readonly (readonly [RegExp, string])[] = [
  [/^npm ci\b/, 'it would install beside itself'],
  [
    /^npm (?:test|run (?:test|check|demo|build|bench|soak|sim|fuzz|package|doctor)\b)/,
    'it takes minutes, or runs this test',
  ],
  [/\$\{?APP\b/, 'it asks a deployed app'],
  [/^npm run plan -- plan\.json$/, 'it checks the plan of a deployment, which is copied there first'],
  [/^npm (?:start|run simulator)\b/, 'it is what the others are pasted beside'],
  [/\bazd env\b/, 'it asks a deployed app'],
  [/^(?:az|func|azd|git|npx|export|\w+=)/, 'it needs an Azure account, or changes the machine'],
];

const isElsewhere = ({ command }: Command): boolean => elsewhere.some(([pattern]) => pattern.test(command));

let app: Child | undefined;
let simulator: Child | undefined;
let ready: Ready;
let alone: SimulatorReady;

const objectIn = <T>(line: string): T | undefined =>
  line.startsWith('{') ? (JSON.parse(line) as T) : undefined;

/** The command of a page that starts the app, on a free port and with shorter durations. */
function startArguments(): string[] {
  const told = commands.find(({ path, command }) => path === 'README.md' && command.startsWith('npm start'));
  return [...(told?.command.split(' -- ')[1] ?? '').split(' '), '--port', '0', '--time-scale', '60'];
}

beforeAll(async () => {
  const start = (script: string, list: readonly string[]): Child =>
    startChild({ name: script, script: new URL(`../../local/${script}`, import.meta.url), arguments: list });
  app = start('start.ts', startArguments());
  simulator = start('arm-simulator/cli.ts', []);
  [ready, alone] = await Promise.all([
    app.firstLine((line) => objectIn<Ready>(line)),
    simulator.firstLine((line) => objectIn<SimulatorReady>(line)),
  ]);
}, 120_000);

afterAll(() => Promise.all([app?.stop(), simulator?.stop()]));

interface Ran {
  readonly failed: boolean;
  readonly output: string;
}

function paste(command: string): Promise<Ran> {
  const here = command
    .replaceAll('http://localhost:7071', ready.app)
    .replaceAll('curl -s', 'curl -s --fail-with-body');
  const env = { ...process.env, ARM: alone.arm, CA: alone.ca, NO_PROXY: 'localhost,127.0.0.1' };
  return new Promise((resolve) => {
    execFile('bash', ['-c', here], { env, timeout: 90_000 }, (error, stdout, stderr) =>
      resolve({ failed: error !== null, output: `${stdout}${stderr}` }),
    );
  });
}

test('every command of every page that can be pasted here works', async () => {
  const pasted = commands.filter((one) => !isElsewhere(one));
  expect(pasted.length).toBeGreaterThan(8);
  const failures: string[] = [];
  for (const { path, command } of pasted) {
    const { failed, output } = await paste(command);
    if (failed) failures.push(`${path}: ${command.slice(0, 100)}: ${output.slice(0, 400)}`);
  }
  expect(failures).toEqual([]);
}, 180_000);

test("a newcomer's first call is a backup that completes with a recovery point", async () => {
  const first = commands.find(({ path, command }) => path === 'README.md' && command.startsWith('curl'));
  const { output } = await paste(first?.command ?? 'false');
  expect(JSON.parse(output)).toMatchObject({ status: 'completed', job: { status: 'Completed' } });
  expect((JSON.parse(output) as { recoveryPoint?: object }).recoveryPoint).toBeDefined();
}, 120_000);

/** The gate of the README, with holds of a second in place of minutes, so that it has to ask again. */
async function gate(share: string, key: string): Promise<{ readonly code: number; readonly output: string }> {
  const [, script = ''] =
    /```shell\n(#!\/bin\/sh\n[\s\S]*?)```/.exec(await readFile('README.md', 'utf8')) ?? [];
  const folder = await mkdtemp(join(tmpdir(), 'gate-'));
  const body =
    (commands.find(({ command }) => command.startsWith('curl'))?.command ?? '').split("-d '")[1] ?? '';
  await writeFile(join(folder, 'gate.sh'), script.replaceAll('wait=200', 'wait=1'));
  await writeFile(join(folder, 'body.json'), body.replace(/'$/, '').replace('"archive"', `"${share}"`));
  const env = { ...process.env, APP: ready.app, NO_PROXY: 'localhost,127.0.0.1' };
  const ended = await new Promise<{ code: number; output: string }>((resolve) => {
    execFile(
      'sh',
      ['gate.sh', 'body.json', key],
      { cwd: folder, env, timeout: 90_000 },
      (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, output: `${stdout}${stderr}` }),
    );
  });
  await rm(folder, { recursive: true, force: true });
  return ended;
}

test('the gate of a shell opens for a backup and closes for anything else', async () => {
  const backedUp = await gate('archive', 'gate-open');
  expect([backedUp.code, JSON.parse(backedUp.output)]).toMatchObject([0, { status: 'completed' }]);
  const failed = await gate('nowhere', 'gate-closed');
  expect([failed.code, JSON.parse(failed.output)]).toMatchObject([1, { status: 'failed' }]);
  const refused = await gate('archive', 'no key at all');
  expect([refused.code, JSON.parse(refused.output)]).toMatchObject([
    1,
    { error: { code: 'InvalidIdempotencyKey' } },
  ]);
}, 240_000);

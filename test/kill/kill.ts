// `npm run test:kill`: three real SIGKILLs of the app's process on the real clock; every run ends, every backup is applied once.
import { setTimeout as pause } from 'node:timers/promises';
import { orExit, readOptions } from '../../local/commandLine.ts';
import { startEnvironment, type Environment } from '../../local/environment.ts';
import { simulatorControl, type SimulatorControl } from '../../local/simulatorControl.ts';
import type { RunRecord } from '../../src/runs/run.ts';
import { deaths, faults, world, type Death, type Seen } from './deaths.ts';

/** A doubtful POST is settled six minutes after its window; the rest is margin. */
const longestRunMilliseconds = 15 * 60_000;

const seconds = (since: number): string => `${Math.round((Date.now() - since) / 1000)} s`;

async function seenOf(simulator: SimulatorControl, { account }: Death): Promise<Seen> {
  const [log, all] = await Promise.all([simulator.log(), simulator.effects()]);
  const effects = all.filter(({ subject }) => subject.includes(`;${account}/`));
  const backup = effects.find(({ kind }) => kind === 'backup');
  const afterBackup = backup ? log.filter(({ time }) => Date.parse(time) > backup.at) : [];
  return { effects, afterBackup };
}

async function killAt(environment: Environment, simulator: SimulatorControl, death: Death): Promise<void> {
  const until = Date.now() + 120_000;
  while (!death.hasCome(await seenOf(simulator, death))) {
    if (Date.now() > until) throw new Error(`the moment never came: ${death.moment}`);
    await pause(20);
  }
  process.kill(environment.worker(), 'SIGKILL');
}

/** A caller as it should be: an answer that a kill has cut off is asked for again, under the same key. */
async function insist(url: string, request: RequestInit = {}): Promise<RunRecord> {
  for (let tries = 0; tries < 60; tries++) {
    const answer = await fetch(url, request).catch(() => undefined);
    if (answer?.ok) return (await answer.json()) as RunRecord;
    await pause(500);
  }
  throw new Error(`${url} gives no answer`);
}

const ask = async (app: string, { account, body }: Death): Promise<string> =>
  (
    await insist(`${app}/api/backups`, {
      method: 'POST',
      headers: { 'Idempotency-Key': account },
      body: JSON.stringify(body),
    })
  ).id;

async function endOf(app: string, runId: string): Promise<RunRecord> {
  const until = Date.now() + longestRunMilliseconds;
  for (;;) {
    const record = await insist(`${app}/api/runs/${runId}`);
    if (record.endedAt !== undefined || Date.now() > until) return record;
    await pause(1000);
  }
}

/** What is wrong with a run after its death; undefined when nothing is. */
function complaint({ status, error }: RunRecord, backups: number): string | undefined {
  if (status !== 'completed') return `ended ${status} ${JSON.stringify(error ?? {})}`;
  return backups === 1 ? undefined : `${backups} backups were applied`;
}

async function killEach(environment: Environment, simulator: SimulatorControl): Promise<readonly string[]> {
  const runs: string[] = [];
  for (const death of deaths) {
    runs.push(await ask(environment.app, death));
    await killAt(environment, simulator, death);
    console.log(`killed ${death.moment}`);
  }
  return runs;
}

/** Three runs, each with a death of its own; true for each that came through. */
async function play(environment: Environment): Promise<readonly boolean[]> {
  const started = Date.now();
  const simulator = simulatorControl(environment.arm, environment.ca);
  const runs = await killEach(environment, simulator);
  const judge = async (death: Death, index: number): Promise<boolean> => {
    const record = await endOf(environment.app, runs[index] ?? '');
    const { effects } = await seenOf(simulator, death);
    const wrong = complaint(record, effects.filter(({ kind }) => kind === 'backup').length);
    console.log(
      `${wrong === undefined ? 'passed' : 'FAILED'} after ${seconds(started)}: killed ${death.moment}${wrong ? `: ${wrong}` : ''}`,
    );
    return wrong === undefined;
  };
  return Promise.all(deaths.map(judge));
}

orExit('npm run test:kill', () => readOptions({}));
const log: string[] = [];
const environment = await startEnvironment({
  world,
  faults,
  timeScale: 30,
  onLog: (line) => void log.push(line),
});
try {
  const results = await play(environment);
  const passed = results.filter(Boolean).length;
  if (passed < results.length) console.log(log.slice(-80).join('\n'));
  console.log(`${passed} passed, ${results.length - passed} failed`);
  process.exitCode = passed === results.length ? 0 : 1;
} finally {
  await environment.stop();
}

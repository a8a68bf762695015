// `npm start`: the app with storage and simulator, told as it runs; Ctrl-C stops everything.
import { createWriteStream, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ResolvedPlan } from '../src/estate/resolvePlan.ts';
import { armCalls } from './armCalls.ts';
import { Refused, messageOf } from './commandLine.ts';
import { eventsTo } from './demo/planStory.ts';
import { startEnvironment, type Environment } from './environment.ts';
import { SettingsRefused } from '../src/settings.ts';
import { simulatorControl } from './simulatorControl.ts';
import { readSimulatedEstate } from './start/estate.ts';
import { readyCalls, worldLines } from './start/introduction.ts';
import { readStartOptions, type StartOptions } from './start/options.ts';
import { planLines } from './start/planStanding.ts';
import { appReader, RunWatch, type AppRead } from './start/watchRuns.ts';
import { screenOn } from './telling/screen.ts';

const screen = screenOn(process.stdout);

/** Lines of the app's log that a person should see at once; all of them go to a file. */
const isUrgent = (line: string): boolean =>
  /^warning H\d|^\[(?:error|critical)\]|NOTIFICATION|ALERT/.test(line);

function logTo(file: string): (line: string) => void {
  mkdirSync(dirname(file), { recursive: true });
  const log = createWriteStream(file);
  return (line) => {
    log.write(`${line}\n`);
    if (isUrgent(line)) screen.line(line.length > 400 ? `${line.slice(0, 400)} …` : line);
  };
}

async function introduce(environment: Environment, options: StartOptions, read: AppRead): Promise<void> {
  const { app, arm, ca } = environment;
  const estate = await readSimulatedEstate(armCalls(arm, ca));
  screen.line('The simulated Azure holds');
  for (const line of worldLines(estate)) screen.line(line);
  for (const line of planLines(await read<ResolvedPlan>('/api/plan'))) screen.line(line);
  if (options.plan === undefined) screen.line('  try one: npm start -- --plan plan/local.plan.json');
  for (const { title, command } of readyCalls({ app, arm, ca }, estate))
    screen.line(`\n${title}:\n${command}`);
  screen.line(`\nWhat became of them: curl -s ${app}/api/runs`);
}

/** @param continued whether the folder held a simulated Azure before this start. */
function whereStateIs({ keep, timeScale }: StartOptions, continued: boolean): string {
  const scale = `Azure's durations are divided by ${timeScale}.`;
  if (keep === undefined) return `State is in memory and ends with Ctrl-C (--keep FOLDER keeps it). ${scale}`;
  return continued
    ? `State is kept in ${keep}, which goes on with the world and the time scale it began with.`
    : `State is kept in ${keep}. ${scale}`;
}

async function start(): Promise<void> {
  const options = readStartOptions();
  const { plan, keep, world, port, timeScale } = options;
  const continued = keep !== undefined && existsSync(join(keep, 'azure.jsonl'));
  const logFile = join(keep ?? '.local', `start-${port}.log`);
  screen.line('Starting storage, the ARM simulator and the app …');
  const environment = await startEnvironment({
    port,
    timeScale,
    ...(world === undefined ? {} : { world }),
    ...(keep === undefined ? {} : { keep }),
    ...(plan === undefined ? {} : { settings: { PLAN_LOCATION: plan } }),
    onLog: logTo(logFile),
  });
  const { app, arm, ca, storage, functions } = environment;
  await simulatorControl(arm, ca).addWorld(eventsTo(app));
  const read = appReader(app);
  const watch = new RunWatch(read, screen);
  stopOnSignal(environment, watch);
  await introduce(environment, options, read);
  screen.line(`\n${functions.length} functions answer at ${app}; their log is ${logFile}.`);
  screen.line(whereStateIs(options, continued));
  screen.line(JSON.stringify({ app, arm, storage }));
  await watch.follow();
}

function stopOnSignal(environment: Environment, watch: RunWatch): void {
  const stop = (): void => {
    watch.stop();
    void environment.stop().then(() => process.exit(0));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
}

start().catch((error: unknown) => {
  const isTheirs = error instanceof Refused || error instanceof SettingsRefused;
  console.error(isTheirs ? error.message : `The app did not start: ${messageOf(error)}`);
  process.exit(1);
});

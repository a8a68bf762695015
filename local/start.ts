// `npm start`: the app with storage and simulator, told as it runs; Ctrl-C stops everything.
import { createWriteStream, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ResolvedPlan } from '../src/estate/resolvePlan.ts';
import { armCalls } from './armCalls.ts';
import { messageOf, orExit, Refused } from './commandLine.ts';
import { eventsTo } from './demo/planStory.ts';
import { startEnvironment, type Environment } from './environment.ts';
import { startIssuer, type LocalIssuer } from './issuer/issuer.ts';
import { SettingsRefused } from '../src/settings.ts';
import { simulatorControl } from './simulatorControl.ts';
import { readSimulatedEstate } from './start/estate.ts';
import { readyCalls, worldLines } from './start/introduction.ts';
import { readStartOptions, startUsage, type StartOptions } from './start/options.ts';
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

/** What lets a pasted call in: a fresh token each time, since one ends after an hour. */
const authorizationOf = (issuer: LocalIssuer | undefined): string | undefined =>
  issuer && `Authorization: Bearer $(curl -s ${issuer.origin}/token)`;

async function introduce(
  environment: Environment,
  options: StartOptions,
  read: AppRead,
  authorization: string | undefined,
): Promise<void> {
  const { app, arm, ca } = environment;
  const estate = await readSimulatedEstate(armCalls(arm, ca));
  screen.line('The simulated Azure holds');
  for (const line of worldLines(estate)) screen.line(line);
  for (const line of planLines(await read<ResolvedPlan>('/api/plan'))) screen.line(line);
  if (options.plan === undefined) screen.line('  try one: npm start -- --plan plan/local.plan.json');
  const addresses = { app, arm, ca, ...(authorization === undefined ? {} : { authorization }) };
  for (const { title, command } of readyCalls(addresses, estate)) screen.line(`\n${title}:\n${command}`);
  const header = authorization === undefined ? '' : ` -H "${authorization}"`;
  screen.line(`\nWhat became of them: curl -s ${app}/api/runs${header}`);
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
  const options = orExit(startUsage, readStartOptions);
  const { plan, keep, world, port, timeScale } = options;
  const continued = keep !== undefined && existsSync(join(keep, 'azure.jsonl'));
  const logFile = join(keep ?? '.local', `start-${port}.log`);
  screen.line('Starting storage, the ARM simulator and the app …');
  const issuer = options.access ? await startIssuer() : undefined;
  const environment = await startEnvironment({
    port,
    timeScale,
    ...(world === undefined ? {} : { world }),
    ...(keep === undefined ? {} : { keep }),
    settings: { ...issuer?.settings, ...(plan === undefined ? {} : { PLAN_LOCATION: plan }) },
    onLog: logTo(logFile),
  });
  const { app, arm, ca, storage, functions } = environment;
  await simulatorControl(arm, ca).addWorld(eventsTo(app));
  const read = appReader(app, issuer && (() => issuer.token()));
  const watch = new RunWatch(read, screen);
  stopOnSignal(environment, watch, issuer);
  await introduce(environment, options, read, authorizationOf(issuer));
  screen.line(`\n${functions.length} functions answer at ${app}; their log is ${logFile}.`);
  screen.line(whereStateIs(options, continued));
  screen.line(`The page: ${app}/ui/`);
  const closed = issuer && { token: await issuer.token(), issuer: issuer.origin };
  if (closed) screen.line(`A token with fewer roles: ${closed.issuer}/token?roles=Backups.Read&minutes=5`);
  screen.line(JSON.stringify({ app, arm, storage, ...closed }));
  await watch.follow();
}

function stopOnSignal(environment: Environment, watch: RunWatch, issuer: LocalIssuer | undefined): void {
  const stop = (): void => {
    watch.stop();
    void Promise.all([environment.stop(), issuer?.close()]).then(() => process.exit(0));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
}

start().catch((error: unknown) => {
  const isTheirs = error instanceof Refused || error instanceof SettingsRefused;
  console.error(isTheirs ? error.message : `The app did not start: ${messageOf(error)}`);
  process.exit(1);
});

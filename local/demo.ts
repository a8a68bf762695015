// `npm run demo [-- --all|--plan|--drill] [--keep]`: tells the stories of the product; exits 0 when every one ended as told.
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf, orExit, readOptions, Refused } from './commandLine.ts';
import { storageMeter } from './demo/costs.ts';
import { database } from './demo/database.ts';
import { retentionTag } from './demo/retentionTag.ts';
import { drillPlan } from './demo/drillStory.ts';
import { plan } from './demo/planStory.ts';
import { screenOn } from './telling/screen.ts';
import type { Story } from './demo/story.ts';
import { tellDrill } from './demo/tellDrill.ts';
import { tellPlan } from './demo/tellPlan.ts';
import { tellStory } from './demo/tellStory.ts';
import { unprotectedDisk } from './demo/unprotectedDisk.ts';
import { unprotectedShare } from './demo/unprotectedShare.ts';
import { vaultedBlobs } from './demo/vaultedBlobs.ts';
import { virtualMachine } from './demo/virtualMachine.ts';
import { startEnvironment, type Environment } from './environment.ts';

const values = orExit('npm run demo -- [--all | --plan | --drill] [--keep]', () => {
  const flag = { type: 'boolean', default: false } as const;
  const flags = readOptions({ all: flag, plan: flag, drill: flag, keep: flag });
  if ([flags.all, flags.plan, flags.drill].filter(Boolean).length > 1)
    throw new Refused('one of --all, --plan and --drill is taken');
  return flags;
});

const everyStory: readonly Story[] = [
  unprotectedShare,
  virtualMachine,
  database,
  unprotectedDisk,
  vaultedBlobs,
  retentionTag,
];

function chosen(): readonly Story[] {
  return values.all ? everyStory : [unprotectedShare];
}

const screen = screenOn(process.stdout);
const storage = storageMeter();
const log: string[] = [];
let environment: Environment | undefined;
let planFolder: string | undefined;

/** Settings of a demonstration that has a plan. */
async function planSettings(): Promise<Record<string, string>> {
  if (!values.plan && !values.drill) return {};
  planFolder = await mkdtemp(join(tmpdir(), 'backup-plan-'));
  const file = join(planFolder, 'plan.json');
  await writeFile(file, JSON.stringify(values.drill ? drillPlan : plan));
  return { PLAN_LOCATION: file, RESTORE_DRILLS: String(values.drill) };
}

async function tell(stories: readonly Story[]): Promise<boolean> {
  screen.line('Starting storage, the ARM simulator and the app …');
  environment = await startEnvironment({
    world: {},
    timeScale: 30,
    settings: await planSettings(),
    onLog: (line) => void log.push(line),
    onStorageRequest: storage.onRequest,
  });
  screen.line(
    `The app answers at ${environment.app}, its page at ${environment.app}/ui/; an hour of Azure takes two minutes here.`,
  );
  const stage = { environment, screen, storage };
  let good = !values.plan || (await tellPlan(stage, log));
  if (values.drill) good = (await tellDrill(stage)) && good;
  for (const story of stories) {
    screen.line();
    good = (await tellStory(stage, story)) && good;
  }
  if (!good) screen.line(`The app's log:\n${log.slice(-40).join('\n')}`);
  return good;
}

/** Where the page shows what was told. */
async function tellPage(): Promise<void> {
  if (!environment) return;
  const page = `${environment.app}/ui/`;
  const answer = await fetch(page).catch(() => undefined);
  if (answer?.ok)
    screen.line(`The page that shows it: ${page}${values.keep ? '' : ' (with --keep it stays)'}`);
}

async function keepOpen(): Promise<void> {
  if (!environment) return;
  const { app, arm, ca } = environment;
  screen.line(
    `Still there until Ctrl-C: the app at ${app}, the simulated Azure at ${arm} (authority ${ca}).`,
  );
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
}

async function demo(): Promise<number> {
  const stories = values.plan || values.drill ? [] : chosen();
  const started = Date.now();
  const good = await tell(stories);
  const seconds = Math.round((Date.now() - started) / 1000);
  const told = values.drill ? drillPlan.drills.length : Math.max(stories.length, 1);
  screen.line(`${told} ${told === 1 ? 'story' : 'stories'} in ${seconds} s.`);
  await tellPage();
  if (values.keep) await keepOpen();
  return good ? 0 : 1;
}

async function end(code: number): Promise<void> {
  await environment?.stop();
  if (planFolder) await rm(planFolder, { recursive: true, force: true });
  process.exit(code);
}

if (!values.keep)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end(130));

demo().then(end, async (error: unknown) => {
  console.error(messageOf(error));
  await end(1);
});

// `npm run demo [-- --all|--plan] [--keep]`: tells the stories of the product; exits 0 when every one ended as told.
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { storageMeter } from './demo/costs.ts';
import { screenOn } from './demo/screen.ts';
import type { Story } from './demo/story.ts';
import { tellStory } from './demo/tellStory.ts';
import { unprotectedDisk } from './demo/unprotectedDisk.ts';
import { unprotectedShare } from './demo/unprotectedShare.ts';
import { virtualMachine } from './demo/virtualMachine.ts';
import { startEnvironment, type Environment } from './environment.ts';

const { values } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    plan: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
});

const everyStory: readonly Story[] = [unprotectedShare, virtualMachine, unprotectedDisk];
const planStories: readonly Story[] = [];

function chosen(): readonly Story[] {
  if (values.plan) return planStories;
  return values.all ? everyStory : [unprotectedShare];
}

const screen = screenOn(process.stdout);
const storage = storageMeter();
const log: string[] = [];
let environment: Environment | undefined;

async function tell(stories: readonly Story[]): Promise<boolean> {
  screen.line('Starting storage, the ARM simulator and the app …');
  environment = await startEnvironment({
    world: {},
    timeScale: 30,
    onLog: (line) => void log.push(line),
    onStorageRequest: storage.onRequest,
  });
  screen.line(`The app answers at ${environment.app}; an hour of Azure takes two minutes here.`);
  let good = true;
  for (const story of stories) {
    screen.line();
    good = (await tellStory({ environment, screen, storage }, story)) && good;
  }
  if (!good) screen.line(`The app's log:\n${log.slice(-40).join('\n')}`);
  return good;
}

async function keepOpen(): Promise<void> {
  if (!environment) return;
  const { app, arm, ca } = environment;
  screen.line(`Still there: ${JSON.stringify({ app, arm, ca })}; Ctrl-C ends it.`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
}

async function demo(): Promise<number> {
  const stories = chosen();
  if (stories.length === 0) {
    screen.line('This version has no story of that kind.');
    return 2;
  }
  const started = Date.now();
  const good = await tell(stories);
  const seconds = Math.round((Date.now() - started) / 1000);
  screen.line(`${stories.length} ${stories.length === 1 ? 'story' : 'stories'} in ${seconds} s.`);
  if (values.keep) await keepOpen();
  return good ? 0 : 1;
}

async function end(code: number): Promise<void> {
  await environment?.stop();
  process.exit(code);
}

if (!values.keep)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end(130));

demo().then(end, async (error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  await end(1);
});

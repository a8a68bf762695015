import { setTimeout as pause } from 'node:timers/promises';
import type { RunRecord } from '../../src/runs/run.ts';
import { readJson } from '../appClient.ts';
import type { Environment } from '../environment.ts';
import { simulatorControl } from '../simulatorControl.ts';
import { armCost, type StorageMeter } from './costs.ts';
import { deviations } from './deviations.ts';
import { narrate } from '../telling/narration.ts';
import type { Screen } from '../telling/screen.ts';
import type { Story, StoryRequest } from './story.ts';
import { keepRecord, summaryLines } from './summary.ts';

const lookEveryMilliseconds = 500;
/** A story that takes longer has gone wrong, whatever it still does. */
const longestStoryMilliseconds = 150_000;

/** What stories are told with. */
export interface Stage {
  readonly environment: Environment;
  readonly screen: Screen;
  readonly storage: StorageMeter;
}

const ask = (app: string, { path, key, body }: StoryRequest): Promise<RunRecord> =>
  readJson(`${app}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
    body: JSON.stringify(body),
  });

async function follow(app: string, runId: string, tell: (record: RunRecord) => void): Promise<RunRecord> {
  const until = Date.now() + longestStoryMilliseconds;
  for (;;) {
    const record = await readJson<RunRecord>(`${app}/api/runs/${runId}`);
    tell(record);
    if (record.endedAt !== undefined || Date.now() > until) return record;
    await pause(lookEveryMilliseconds);
  }
}

function announce({ screen }: Stage, { title, traps, request }: Story): void {
  screen.line(title);
  for (const trap of traps) screen.line(`  · ${trap}`);
  screen.line();
  screen.line(`POST ${request.path}  Idempotency-Key: ${request.key}`);
}

/** Tells one story to its end; true when it ended as told. */
export async function tellStory(stage: Stage, story: Story): Promise<boolean> {
  const { environment, screen, storage } = stage;
  const simulator = simulatorControl(environment.arm, environment.ca);
  const before = { log: (await simulator.log()).length, effects: (await simulator.effects()).length };
  await simulator.addWorld(story.world);
  await simulator.setFaults(story.faults);
  announce(stage, story);
  storage.read();
  const { id } = await ask(environment.app, story.request);
  screen.line(`202, run ${id}`);
  const record = await follow(environment.app, id, narrate(screen));
  const cost = { arm: armCost((await simulator.log()).slice(before.log)), storage: storage.read() };
  const effects = (await simulator.effects()).slice(before.effects);
  screen.line();
  const told = { request: story.request, record, cost, recordFile: keepRecord(story.name, record) };
  for (const line of summaryLines(told)) screen.line(line);
  const wrong = deviations(story.ending, record, effects);
  for (const deviation of wrong) screen.verdict(false, `  not as told: ${deviation}`);
  screen.verdict(wrong.length === 0, `${wrong.length === 0 ? 'As told' : 'Not as told'}: ${story.name}`);
  return wrong.length === 0;
}

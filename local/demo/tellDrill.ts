import { setTimeout as pause } from 'node:timers/promises';
import type { RunRecord } from '../../src/runs/run.ts';
import { readJson } from '../appClient.ts';
import { simulatorControl } from '../simulatorControl.ts';
import { narrate } from '../telling/narration.ts';
import { armCost } from './costs.ts';
import { drillPlan, drillWorld } from './drillStory.ts';
import { keepRecord } from './summary.ts';
import type { Stage } from './tellStory.ts';

const lookEveryMilliseconds = 500;
const longestDrillMilliseconds = 60_000;

interface Result {
  readonly verdict?: string;
  readonly resourceId?: string;
  readonly restoreSeconds?: number;
  readonly point?: { readonly at: string; readonly ageSeconds: number };
  readonly counts?: Readonly<Record<string, unknown>>;
}

const nameIn = (id = ''): string => id.split('/').at(-1) ?? id;

const ask = (app: string, drill: string): Promise<RunRecord> =>
  readJson(`${app}/api/drills`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': `demo-${drill.replaceAll(' ', '-')}` },
    body: JSON.stringify({ drill }),
  });

/** The one run of the batch, told step by step as it goes; undefined when it has not ended in time. */
async function followSample({ environment, screen }: Stage, batch: string): Promise<RunRecord | undefined> {
  const tell = narrate(screen, '    ');
  const until = Date.now() + longestDrillMilliseconds;
  while (Date.now() < until) {
    const { value } = await readJson<{ value: readonly RunRecord[] }>(
      `${environment.app}/api/runs?batch=${batch}`,
    );
    const record = value[0] && (await readJson<RunRecord>(`${environment.app}/api/runs/${value[0].id}`));
    if (record) tell(record);
    if (record?.endedAt !== undefined) return record;
    await pause(lookEveryMilliseconds);
  }
  return undefined;
}

function sentenceOf({ result, error }: RunRecord): string {
  const { verdict, resourceId, restoreSeconds, point, counts } = (result ?? {}) as Result;
  if (verdict === undefined) return error?.message ?? 'no verdict';
  const hours = Math.round((point?.ageSeconds ?? 0) / 3600);
  return `${nameIn(resourceId)}: ${verdict}; a point ${hours} h old came back in ${restoreSeconds ?? '?'} s, ${JSON.stringify(counts)}`;
}

/** One drill of the plan: sampled, restored, checked, cleaned up. */
async function tellOne(stage: Stage, drill: string): Promise<boolean> {
  const { environment, screen } = stage;
  const simulator = simulatorControl(environment.arm, environment.ca);
  const before = { log: (await simulator.log()).length, effects: (await simulator.effects()).length };
  screen.line(`POST /api/drills { "drill": "${drill}" }`);
  const { id } = await ask(environment.app, drill);
  const record = await followSample(stage, id);
  if (!record) return false;
  screen.line(`    ${sentenceOf(record)}`);
  screen.line(`    ${armCost((await simulator.log()).slice(before.log))}`);
  screen.line(`    The record: ${keepRecord(drill, record)}`);
  const effects = (await simulator.effects()).slice(before.effects);
  const restored = effects.filter(({ kind }) => kind === 'restored').length;
  const deleted = effects.filter(({ kind }) => kind.startsWith('delete'));
  const isClean = deleted.length === 1 && deleted.every(({ subject }) => subject.includes('/abd-'));
  return (record.result as Result | undefined)?.verdict === 'proven' && restored === 1 && isClean;
}

/** Tells the restore drills: of four shares one, of three disks one. */
export async function tellDrill(stage: Stage): Promise<boolean> {
  const { environment, screen } = stage;
  const simulator = simulatorControl(environment.arm, environment.ca);
  await simulator.addWorld(drillWorld);
  let good = true;
  for (const { name } of drillPlan.drills) {
    const told = await tellOne(stage, name);
    screen.verdict(told, told ? `As told: ${name}` : `Not as told: ${name}`);
    good = good && told;
  }
  return good;
}

import { setTimeout as pause } from 'node:timers/promises';
import type { RunRecord } from '../../src/runs/run.ts';
import { simulatorControl } from '../simulatorControl.ts';
import { fireTimer, readJson } from '../appClient.ts';
import { armCalls } from '../armCalls.ts';
import { armCost } from './costs.ts';
import { eventsTo, newAccountId, newDiskId, world } from './planStory.ts';
import { keepRecord } from './summary.ts';
import type { Stage } from './tellStory.ts';
import { endingWords } from '../telling/narration.ts';

const lookEveryMilliseconds = 500;
const longestWaitMilliseconds = 50_000;

/** Asks until the answer is there; undefined when it has not come in time. */
async function until<T>(look: () => Promise<T | undefined>): Promise<T | undefined> {
  const end = Date.now() + longestWaitMilliseconds;
  for (;;) {
    const found = await look();
    if (found !== undefined || Date.now() > end) return found;
    await pause(lookEveryMilliseconds);
  }
}

const runsOf = async (app: string, kind: string): Promise<readonly RunRecord[]> =>
  (await readJson<{ value: readonly RunRecord[] }>(`${app}/api/runs?kind=${kind}&top=100`)).value;

const nameIn = (id: string): string => id.split('/').at(-1) ?? id;
const idOf = ({ target }: RunRecord): string => (target as { id?: string } | undefined)?.id ?? '';

function toldRun({ status, result, error }: RunRecord): string {
  const { backupInstanceId = '' } = (result ?? {}) as { backupInstanceId?: string };
  return [status, error?.message, nameIn(backupInstanceId)].filter(Boolean).join(', ');
}

const secondsOf = ({ createdAt, endedAt = createdAt }: RunRecord): number =>
  Math.round((Date.parse(endedAt) - Date.parse(createdAt)) / 1000);

/** A disk and a storage account appear; their events make the app protect both. */
async function tellEvents({ environment, screen }: Stage): Promise<boolean> {
  const { app, arm, ca } = environment;
  screen.line('A disk and a storage account tagged backup=daily appear; Azure sends its events:');
  const tags = { backup: 'daily' };
  const azure = armCalls(arm, ca);
  const put = (id: string, body: object) => azure('PUT', `${id}?api-version=2023-05-01`, body);
  await put(newDiskId, { location: 'westeurope', tags, sku: { name: 'Premium_LRS' } });
  await put(newAccountId, { location: 'westeurope', tags, kind: 'StorageV2' });
  const wanted = [newDiskId, newAccountId].map((id) => id.toLowerCase());
  const ended = await until(async () => {
    const runs = (await runsOf(app, 'protect')).filter((run) => wanted.includes(idOf(run).toLowerCase()));
    screen.progress(`  … ${runs.map((run) => `${nameIn(idOf(run))} ${run.status}`).join(', ')}`);
    return runs.filter(({ endedAt }) => endedAt).length === wanted.length ? runs : undefined;
  });
  for (const run of ended ?? [])
    screen.line(`  ✓ ${nameIn(idOf(run))}: ${toldRun(run)} (${run.requestedBy.source})`);
  return ended?.every(({ status }) => status === 'completed') ?? false;
}

/** The schedule fires; twelve shares are backed up, and one of them fails. */
async function tellSchedule({ environment, screen }: Stage): Promise<boolean> {
  const { app } = environment;
  screen.line('Midnight: the schedule "midnight" backs up the twelve archive shares:');
  await fireTimer(app, 'scheduleTick');
  const isBatch = ({ batch, requestedBy }: RunRecord) =>
    batch === undefined && requestedBy.source === 'schedule';
  const record = await until(async () => {
    const first = (await runsOf(app, 'backUp')).filter(isBatch).at(-1);
    const now = first && (await readJson<RunRecord>(`${app}/api/runs/${first.id}`));
    if (now) screen.progress(`  … ${endingWords(now)}`);
    return now?.endedAt === undefined ? undefined : now;
  });
  if (!record) return false;
  screen.line(`  ✓ ${endingWords(record)}, after ${secondsOf(record)} s`);
  for (const { target, error } of record.failures ?? [])
    screen.line(`  ✗ ${nameIn(target)}: ${error?.code ?? ''} ${error?.message ?? ''}`);
  screen.line(`  The record: ${keepRecord('midnight', record)}`);
  const { counts = { total: 0 } } = record;
  return counts.total === 12 && counts.completed === 11 && counts.failed === 1;
}

/** The message about the batch, printed because no webhook is set. */
async function tellMessage({ environment, screen }: Stage, log: readonly string[]): Promise<boolean> {
  await fireTimer(environment.app, 'sendNotifications');
  const line = await until(async () => log.find((one) => one.includes('NOTIFICATION')));
  screen.line(`The message that a webhook would get: ${line?.slice(line.indexOf('{'), 300) ?? 'none'} …`);
  return line !== undefined;
}

/** Tells how the app runs by itself: events, a schedule, the report. @param log lines of the app so far, growing. */
export async function tellPlan(stage: Stage, log: readonly string[]): Promise<boolean> {
  const { environment, screen } = stage;
  const simulator = simulatorControl(environment.arm, environment.ca);
  await simulator.addWorld(world);
  await simulator.addWorld(eventsTo(environment.app));
  const before = (await simulator.log()).length;
  const events = await tellEvents(stage);
  screen.verdict(events, events ? 'As told: both are protected' : 'Not as told: one is not protected');
  const schedule = await tellSchedule(stage);
  screen.verdict(schedule, schedule ? 'As told: eleven backed up, one failed' : 'Not as told: the batch');
  const message = await tellMessage(stage, log);
  screen.line(`Cost: ${armCost((await simulator.log()).slice(before))}`);
  return events && schedule && message;
}

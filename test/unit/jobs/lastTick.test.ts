import { expect, test } from 'vitest';
import { listWatches, vaultKeyOf } from '../../../src/jobs/watch.ts';
import { readTracker } from '../../../src/jobs/trackerRow.ts';
import type { TrackerServices } from '../../../src/jobs/trackerServices.ts';
import { trackTick } from '../../../src/jobs/trackTick.ts';
import { watchJob } from '../../../src/jobs/watchJob.ts';
import type { Table } from '../../../src/storage/table.ts';
import { listOf, trackedVault, trackerWorld, watchOrder } from '../../support/trackerWorld.ts';

type Actor = 'tracker' | 'watcher';
const vaultKey = vaultKeyOf(trackedVault);

/** Lets one table call through at a time, in the order that a schedule says. */
function turnstile() {
  const waiting = new Map<Actor, () => void>();
  const wait = (actor: Actor): Promise<void> =>
    new Promise((resolve) => void waiting.set(actor, () => resolve()));
  const through = (actor: Actor, table: Table): Table =>
    new Proxy(table, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return async (...values: unknown[]) => {
          await wait(actor);
          return Reflect.apply(member, target, values) as unknown;
        };
      },
    });
  return { waiting, through };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Plays the last ticks of a tracker against one new watcher; answers where the schedule could have branched. */
async function play(schedule: readonly Actor[]) {
  const world = trackerWorld({ list: () => listOf() });
  const started: string[] = [];
  const start = (_name: string, id: string) => (started.push(id), Promise.resolve('started' as const));
  const gate = turnstile();
  const as = (actor: Actor): TrackerServices => ({
    ...world.services,
    start,
    watches: gate.through(actor, world.watches),
  });
  // A tracker whose only job has ended: live, with nothing left to watch.
  await watchJob({ ...world.services, start }, watchOrder({ runId: 'b'.repeat(40) }));
  await world.watches.remove(vaultKey, `${'b'.repeat(40)}-1`);

  const ticking = async () => {
    for (let ticks = 0; ticks < 4; ticks++) {
      const { nextTickAt, inFlight } = await trackTick(as('tracker'), { vaultKey, generation: 1 });
      if (nextTickAt === undefined) return 'ended';
      if (inFlight > 0) return 'sawTheJob';
    }
    return 'goesOn';
  };
  const over = new Set<Actor>();
  const ended = ticking().finally(() => over.add('tracker'));
  const watching = watchJob(as('watcher'), watchOrder()).finally(() => over.add('watcher'));
  const taken: Actor[] = [];
  let branches = 0;
  for (;;) {
    await settle();
    const ready = (['tracker', 'watcher'] as const).filter((actor) => gate.waiting.has(actor));
    if (ready.length === 0 && over.size === 2) break;
    const wanted = schedule[taken.length];
    const actor = wanted && ready.includes(wanted) ? wanted : ready[0];
    if (actor === undefined) continue;
    if (ready.length === 2) branches |= 1 << taken.length;
    taken.push(actor);
    const go = gate.waiting.get(actor);
    gate.waiting.delete(actor);
    go?.();
  }
  await watching;
  return { outcome: await ended, taken, branches, started, world };
}

/** Whether somebody will still look at the watch that was written. */
async function isSafe({ outcome, started, world }: Awaited<ReturnType<typeof play>>): Promise<boolean> {
  const tracker = (await readTracker(world.watches, vaultKey))?.tracker;
  const watched = await listWatches(world.watches, vaultKey);
  if (watched.length !== 1 || tracker?.state !== 'live') return false;
  return outcome === 'ended'
    ? tracker.generation === 2 && started.includes(`track-${vaultKey}-2`)
    : tracker.generation === 1;
}

test('in every interleaving of a tracker\u2019s last tick and a new watcher, somebody goes on to look at the job', async () => {
  const open: Actor[][] = [[]];
  const outcomes = new Set<string>();
  let played = 0;
  for (let schedule = open.pop(); schedule; schedule = open.pop()) {
    const run = await play(schedule);
    played += 1;
    outcomes.add(run.outcome);
    expect(await isSafe(run), `${run.taken.join(' ')}: ${run.outcome}`).toBe(true);
    for (let at = schedule.length; at < run.taken.length; at++) {
      if (!(run.branches & (1 << at))) continue;
      const other: Actor = run.taken[at] === 'tracker' ? 'watcher' : 'tracker';
      open.push([...run.taken.slice(0, at), other]);
    }
  }
  expect(played).toBeGreaterThan(20);
  expect([...outcomes].sort()).toEqual(['ended', 'sawTheJob']);
});

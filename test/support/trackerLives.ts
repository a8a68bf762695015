import type { JsonObject } from '../../src/arm/call.ts';
import type { TrackerServices } from '../../src/jobs/trackerServices.ts';
import { trackTick } from '../../src/jobs/trackTick.ts';
import type { WatchOrder, WatchOutcome } from '../../src/arm/backupJob.ts';
import { watchJob, type TrackerInput } from '../../src/jobs/watchJob.ts';
import { watchTrackers } from '../../src/jobs/watchTrackers.ts';
import { beginMortalLife, type DeathPoint, type PortCalls } from './mortalPorts.ts';
import { says, trackerWorld, type JobScript } from './trackerWorld.ts';

/** What happens to the platform's work when the process dies: done again a minute later, or lost with its instance. */
export type Aftermath = 'activityAgain' | 'instanceLost';

/** A run's part: what it does when its job's event has come; undefined once it is content. */
export type NextWatch = (order: WatchOrder, outcome: WatchOutcome) => WatchOrder | undefined;

export interface TrackerStory {
  /** The service, by its own time. */
  readonly script: (now: () => Date) => JobScript;
  readonly orders: readonly WatchOrder[];
  readonly next: NextWatch;
  readonly deathAt?: DeathPoint;
  readonly aftermath?: Aftermath;
  /** After so many hours the story is over, whatever is left; 3 unless told. */
  readonly hours?: number;
}

export interface TrackerLives {
  /** `<run> job-<n>: <kind>`, once per wait that was answered, in order. */
  readonly woken: readonly string[];
  /** Every event raised, repeats included. */
  readonly raised: readonly string[];
  readonly late: readonly string[];
  readonly calls: PortCalls;
  readonly deaths: number;
  readonly requests: readonly string[];
  /** Watches that are left, instances that still run, and the state of the tracker. */
  readonly left: readonly string[];
  readonly endedAt: number;
}

interface Work {
  dueAt: number;
  readonly act: (services: TrackerServices) => Promise<number | undefined>;
  readonly isInstance?: boolean;
}

const againMs = 60_000;
const watchdogMs = 300_000;

/** Plays a vault's tracker, its flows and the watchdog on a virtual clock; the process may die once at a port call. */
export async function liveThrough(story: TrackerStory): Promise<TrackerLives> {
  const world = trackerWorld({
    list: (...asked) => script.list(...asked),
    read: (jobId) => script.read?.(jobId) ?? says(404),
  });
  const { clock } = world;
  const script = story.script(() => new Date(clock.now));
  const calls: PortCalls = { count: 0, names: [] };
  const [woken, raised, late]: [string[], string[], string[]] = [[], [], []];
  const work = new Set<Work>();
  const waits = new Map<string, WatchOrder>();
  const instances = new Set<string>();
  let deaths = 0;

  const nameOf = (instance: string, event: string) => `${instance.slice(0, 1)} ${event}`;
  function wake(order: WatchOrder, outcome: WatchOutcome): void {
    const name = nameOf(order.runId, `job-${order.event}`);
    if (!waits.delete(name)) return;
    woken.push(`${name}: ${outcome.kind}`);
    const next = story.next(order, outcome);
    if (next) begin(next);
  }
  function begin(order: WatchOrder): void {
    waits.set(nameOf(order.runId, `job-${order.event}`), order);
    const act = async (services: TrackerServices) => {
      const known = await watchJob(services, order);
      if (known) wake(order, known);
      return undefined;
    };
    work.add({ dueAt: clock.now, act });
  }
  function tickOf(input: TrackerInput): Work {
    const act = async (services: TrackerServices) => {
      const { nextTickAt } = await trackTick(services, input);
      return nextTickAt === undefined ? undefined : Math.max(Date.parse(nextTickAt), clock.now + 1000);
    };
    return { dueAt: clock.now, act, isInstance: true };
  }
  const ports: Pick<TrackerServices, 'start' | 'raise' | 'finishLate'> = {
    start: (_name, id, input) => {
      if (instances.has(id)) return Promise.resolve('exists');
      instances.add(id);
      work.add(tickOf(input as unknown as TrackerInput));
      return Promise.resolve('started');
    },
    raise: (instance, event, payload) => {
      if (event === 'job-0') return Promise.resolve('raised');
      raised.push(nameOf(instance, event));
      const order = waits.get(nameOf(instance, event));
      if (order) wake(order, (payload as unknown as { outcome: WatchOutcome }).outcome);
      return Promise.resolve('raised');
    },
    finishLate: (runId, _generation, ending: JsonObject) =>
      Promise.resolve(void late.push(`${runId.slice(0, 1)} ${String(ending['ended'])}`)),
  };

  let died: () => void = () => undefined;
  const beginLife = (deathAt: DeathPoint | undefined) => {
    const life = beginMortalLife(calls, deathAt, () => died());
    const { watches, arm, pacer } = world.services;
    const mortal = { watches: life.mortal(watches), arm: life.mortal(arm), pacer: life.mortal(pacer) };
    const { start, raise, finishLate } = life.mortal(ports);
    return { ...world.services, ...mortal, start, raise, ...(finishLate && { finishLate }) };
  };
  let services: TrackerServices = beginLife(story.deathAt);

  async function carryOut(one: Work): Promise<void> {
    const death = new Promise<'died'>((resolve) => void (died = () => resolve('died')));
    const dueAt = await Promise.race([one.act(services), death]);
    if (dueAt === 'died') {
      deaths += 1;
      services = beginLife(undefined);
      if (one.isInstance && story.aftermath === 'instanceLost') work.delete(one);
      else one.dueAt = clock.now + againMs;
    } else if (dueAt === undefined) work.delete(one);
    else one.dueAt = dueAt;
  }

  for (const order of story.orders) begin(order);
  const watchdog: Work = {
    dueAt: clock.now + watchdogMs,
    act: async (living) => {
      await watchTrackers(living);
      return clock.now + watchdogMs;
    },
  };
  work.add(watchdog);
  const until = clock.now + (story.hours ?? 3) * 3_600_000;
  const isOver = () => work.size === 1 && waits.size === 0 && states(world.watches.rows()).join() === 'idle';
  while (!isOver() && clock.now < until) {
    const [first] = [...work].sort((one, other) => one.dueAt - other.dueAt);
    if (!first) break;
    clock.now = Math.max(clock.now, first.dueAt);
    await carryOut(first);
  }
  const left = [...states(world.watches.rows()), ...waits.keys()];
  return { woken, raised, late, calls, deaths, requests: world.requests, left, endedAt: clock.now };
}

/** The tracker's state, and the key of every watch that is left. */
const states = (rows: readonly { readonly rowKey: string; readonly partitionKey: string }[]): string[] =>
  rows.map((row) =>
    row.partitionKey === 'trackers' ? String((row as { state?: unknown }).state) : row.rowKey,
  );

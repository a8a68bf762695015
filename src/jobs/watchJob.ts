import { changeWatch } from './settleWatch.ts';
import { changeTracker, readTracker, rowOfTracker, type HeldTracker, type Tracker } from './trackerRow.ts';
import type { TrackerServices } from './trackerServices.ts';
import type { WatchOrder, WatchOutcome } from '../arm/backupJob.ts';
import { findWatch, rowOfWatch, vaultKeyOf, watchOfRow } from './watch.ts';

/** Name of the orchestration that tracks a vault's jobs; its input is {@link TrackerInput}. */
export const trackJobsOrchestration = 'trackJobs';

/** Which generation of which vault's tracker. */
export interface TrackerInput {
  readonly vaultKey: string;
  readonly generation: number;
}

/** Id of a tracker's orchestration. */
const trackerIdOf = ({ vaultKey, generation }: TrackerInput): string => `track-${vaultKey}-${generation}`;

/** Raised to a tracker that sleeps longer than a new job should wait. A hint: the next tick sees the job anyway. */
const hurryEvent = 'job-0';

/** Its name as a type, for the orchestration that waits for it. */
export type HurryEvent = typeof hurryEvent;

const mostTries = 20;
/** A list this much later than a new job's first look is not worth waking a tracker for. */
const hurryMs = 60_000;

const subscriptionIn = (vaultId: string): string =>
  /^\/subscriptions\/([^/]+)/i.exec(vaultId)?.[1]?.toLowerCase() ?? '';

function newTracker(order: WatchOrder): Tracker {
  return {
    vaultKey: vaultKeyOf(order.vaultId),
    vaultId: order.vaultId,
    service: order.service,
    subscriptionId: subscriptionIn(order.vaultId),
    ...{ state: 'live', generation: 1, started: false, pages: 1, mayHurry: true, durations: {} },
    nextTickAt: order.sentAt,
  };
}

/**
 * The job is watched: the row is there, or was there and has its outcome. A later generation takes the row over, and
 * tries again when a tick has changed or told it at the same moment.
 */
async function putWatch(services: TrackerServices, order: WatchOrder): Promise<WatchOutcome | undefined> {
  const row = rowOfWatch({ ...order, misses: 0 });
  for (let tries = 0; tries < mostTries; tries++) {
    if ((await services.watches.insert(row)).kind === 'written') return undefined;
    const stored = await services.watches.read(row.partitionKey, row.rowKey);
    if (!stored) continue;
    const { watch, etag } = watchOfRow(stored);
    if (watch.generation >= order.generation) return watch.outcome;
    const taken = await changeWatch(services, { watch, etag }, { generation: order.generation });
    if (taken) return watch.outcome;
  }
  throw new Error(`The watch of run ${order.runId} was changed by others ${mostTries} times in a row.`);
}

/**
 * Makes sure that a tracker will see a watch that has been written before this is called.
 *
 * A tracker ends in two conditional writes, `ending` and `idle`, and lists the watches between them: one that reads
 * `live` here lists later than our row was written; in any other state our own write makes its last one fail.
 */
async function liveTracker(services: TrackerServices, order: WatchOrder): Promise<HeldTracker> {
  const vaultKey = vaultKeyOf(order.vaultId);
  for (let tries = 0; tries < mostTries; tries++) {
    const held = await readTracker(services.watches, vaultKey);
    if (held?.tracker.state === 'live') return held;
    const live = held ? await revive(services, held, order) : await firstTracker(services, order);
    if (live) return live;
  }
  throw new Error(`The tracker of ${vaultKey} was changed by others ${mostTries} times in a row.`);
}

async function firstTracker(services: TrackerServices, order: WatchOrder): Promise<HeldTracker | undefined> {
  const tracker = newTracker(order);
  const written = await services.watches.insert(rowOfTracker(tracker));
  return written.kind === 'written' ? { tracker, etag: written.etag } : undefined;
}

const revive = (services: TrackerServices, held: HeldTracker, order: WatchOrder) =>
  held.tracker.state === 'ending'
    ? changeTracker(services.watches, held, { state: 'live' })
    : changeTracker(services.watches, held, {
        ...{ state: 'live', started: false, nextTickAt: order.sentAt },
        generation: held.tracker.generation + 1,
      });

/** Starts the orchestration of a generation that nobody is known to have started; repeating it is harmless. */
export async function startTracker(services: TrackerServices, held: HeldTracker): Promise<void> {
  const { vaultKey, generation, started } = held.tracker;
  if (started) return;
  const input = { vaultKey, generation };
  await services.start(trackJobsOrchestration, trackerIdOf(input), input);
  await changeTracker(services.watches, held, { started: true });
}

/** Wakes a tracker whose next list lies far behind a new job's first look. */
async function hurry(services: TrackerServices, held: HeldTracker, order: WatchOrder): Promise<void> {
  const { tracker } = held;
  const wanted = Date.parse(order.sentAt) + order.waitSeconds * 1000;
  if (!tracker.started || !tracker.mayHurry || Date.parse(tracker.nextTickAt) < wanted + hurryMs) return;
  const moved = await changeTracker(services.watches, held, { nextTickAt: new Date(wanted).toISOString() });
  if (moved) await services.raise(trackerIdOf(tracker), hurryEvent, {});
}

/** One time that cannot be read would stop the ticks of the whole vault. */
const withTime = (services: TrackerServices, order: WatchOrder): WatchOrder =>
  Number.isNaN(Date.parse(order.sentAt)) ? { ...order, sentAt: services.clock().toISOString() } : order;

/**
 * The activity behind `followJob`: writes the watch, and makes sure that a tracker runs. Idempotent.
 *
 * @returns what is known already (told again, or the run is to stop); null when the event `job-<n>` will tell.
 */
export async function watchJob(services: TrackerServices, asked: WatchOrder): Promise<WatchOutcome | null> {
  const order = withTime(services, asked);
  const known = await putWatch(services, order);
  if (known) return known;
  // Asked after the row was written: a request to stop either sees the row or is seen here.
  if (!order.goesOnAfterCancel && (await services.isCancelRequested(order.runId))) {
    await markCancelled(services, order);
  }
  const held = await liveTracker(services, order);
  await startTracker(services, held);
  await hurry(services, held, order);
  return null;
}

async function markCancelled(services: TrackerServices, order: WatchOrder): Promise<void> {
  const { partitionKey, rowKey } = rowOfWatch({ ...order, misses: 0 });
  for (let tries = 0; tries < mostTries; tries++) {
    const stored = await services.watches.read(partitionKey, rowKey);
    if (!stored) return;
    const { watch, etag } = watchOfRow(stored);
    if (watch.cancelRequested || watch.outcome) return;
    const marked = rowOfWatch({ ...watch, cancelRequested: true });
    if ((await services.watches.replace(marked, etag)).kind === 'written') return;
  }
}

const mostCancelTries = 10;

/** Marks a run's watch, so that the next tick tells the run to cancel its job, and wakes the tracker. Idempotent. */
export async function cancelWatch(services: TrackerServices, vaultId: string, runId: string): Promise<void> {
  for (let tries = 0; tries < mostCancelTries; tries++) {
    const held = await findWatch(services.watches, vaultId, runId);
    if (!held || held.watch.outcome) return;
    if (!held.watch.cancelRequested && !(await changeWatch(services, held, { cancelRequested: true })))
      continue;
    const tracker = await readTracker(services.watches, vaultKeyOf(vaultId));
    if (tracker && tracker.tracker.state !== 'idle')
      await services.raise(trackerIdOf(tracker.tracker), hurryEvent, {});
    return;
  }
}

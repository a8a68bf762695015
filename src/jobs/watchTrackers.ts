import { dueAudits, endAudit, type AuditOrder } from '../steps/auditOrder.ts';
import type { Table } from '../storage/table.ts';
import { listJobs } from './listJobs.ts';
import { changeTracker, inBatches, listTrackers, type HeldTracker } from './trackerRow.ts';
import type { TrackerServices } from './trackerServices.ts';
import { listWatches } from './watch.ts';
import { startTracker } from './watchJob.ts';

/** A tracker that has not ticked this long after it meant to is dead. */
const patienceMs = 600_000;
const atOnce = 4;
/** How often it is called. */
const everyMs = 300_000;
const hourMs = 3_600_000;

/**
 * Gives every vault whose tracker has died, or has ended before a job was seen, a new one: a generation further, because an ended id is never started
 * again. Called every five minutes; harmless to repeat.
 *
 * @returns how many were given one.
 * @throws Error when one could not be given one; the others were.
 */
export async function watchTrackers(services: TrackerServices): Promise<number> {
  const all = await listTrackers(services.watches);
  const late = all.filter((held) => isDead(services, held));
  const idle = all.filter((held) => held.tracker.state === 'idle' && isItsTurn(services, held));
  await inBatches(idle, atOnce, async (held) => {
    if ((await listWatches(services.watches, held.tracker.vaultKey)).length > 0) late.push(held);
  });
  await inBatches(late, atOnce, (held) => revive(services, held));
  return late.length;
}

/** A watch that was written by one who then died wakes no tracker: idle ones are looked at once an hour, a few at a time. */
function isItsTurn({ clock }: TrackerServices, { tracker }: HeldTracker): boolean {
  const turns = hourMs / everyMs;
  return (
    Math.floor(clock().getTime() / everyMs) % turns === parseInt(tracker.vaultKey.slice(0, 6), 16) % turns
  );
}

async function revive(services: TrackerServices, held: HeldTracker): Promise<void> {
  const { generation, vaultKey } = held.tracker;
  const nextTickAt = services.clock().toISOString();
  const change = { state: 'live', started: false, generation: generation + 1, nextTickAt } as const;
  const raised = await changeTracker(services.watches, held, change);
  if (!raised) return;
  await startTracker(services, raised);
  services.log('warning', 'A job tracker was not there; a new generation goes on.', {
    vault: vaultKey,
    generation: generation + 1,
  });
}

const isDead = (services: TrackerServices, { tracker }: HeldTracker): boolean =>
  tracker.state !== 'idle' && services.clock().getTime() - Date.parse(tracker.nextTickAt) > patienceMs;

const readAtOnce = 16;

/** Ids of all runs whose jobs are watched: a read for each thousand of a vault, where asking for each run takes several. */
export async function watchedRuns(watches: Table): Promise<ReadonlySet<string>> {
  const live = (await listTrackers(watches)).filter(({ tracker }) => tracker.state !== 'idle');
  const runs = new Set<string>();
  await inBatches(live, readAtOnce, async ({ tracker }) => {
    for (const { watch } of await listWatches(watches, tracker.vaultKey)) runs.add(watch.runId);
  });
  return runs;
}

/** A run with more jobs than it asked for. */
interface Doubled {
  readonly runId: string;
  readonly jobIds: readonly string[];
}

const skewMs = 120_000;
const dayMs = 86_400_000;

const serviceOf = (itemId: string): 'dataProtection' | 'recoveryServices' =>
  /\/backupVaults\//i.test(itemId) ? 'dataProtection' : 'recoveryServices';

const vaultOf = (itemId: string): string => /^.*?\/(?:backupV|v)aults\/[^/]+/i.exec(itemId)?.[0] ?? itemId;

/** The jobs that carry an id of the step's attempts; undefined while the list cannot be read. */
async function jobsOf(
  services: TrackerServices,
  { itemId, attemptIds, firstClaimAt }: AuditOrder,
): Promise<readonly string[] | undefined> {
  const list = await listJobs(services, {
    ...{ service: serviceOf(itemId), vaultId: vaultOf(itemId) },
    span: {
      from: new Date(Date.parse(firstClaimAt) - skewMs),
      to: new Date(services.clock().getTime() + dayMs),
      kinds: [],
    },
    wanted: ({ activityId }) => attemptIds.includes(activityId.toLowerCase()),
    ...{ keepRows: false, keptAt: undefined },
  });
  return list.kind === 'read' ? [...new Set(list.jobs.map(({ jobId }) => jobId))] : undefined;
}

/**
 * Looks behind steps that were sent more than once and have ended: each must have come to one job at most.
 *
 * @returns the runs that have more, each told once. An audit whose list cannot be read comes again, for a day.
 */
export async function auditRuns(
  services: TrackerServices & { readonly steps: Table },
): Promise<readonly Doubled[]> {
  const doubled: Doubled[] = [];
  for (const order of await dueAudits(services.steps, services.clock())) {
    const jobIds = await jobsOf(services, order);
    if (jobIds === undefined && services.clock().getTime() - Date.parse(order.dueAt) < dayMs) continue;
    if (jobIds === undefined)
      services.log('warning', 'A run could not be audited: its vault lists no jobs.', { runId: order.runId });
    else if (jobIds.length > 1) doubled.push({ runId: order.runId, jobIds });
    await endAudit(services.steps, order);
  }
  return doubled;
}

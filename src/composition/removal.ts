import type { InvocationContext } from '@azure/functions';
import { itemsOf } from '../batches/batchItem.ts';
import { listTrackers } from '../jobs/trackerRow.ts';
import { vaultKeyOf, vaultOfBackup } from '../jobs/watch.ts';
import { removeForgotten, removeRuns } from '../runs/removeRuns.ts';
import type { RunState } from '../runs/runRow.ts';
import { listSteps } from '../steps/stepRow.ts';
import { removeRange, removeScanned } from '../storage/removeRows.ts';
import { runServices } from './invocationServices.ts';
import type { Services } from './services.ts';

const dayMs = 86_400_000;

/** What lies about a run besides its record: watches first, whose vault the steps tell. */
async function removeParts({ tables }: Services, run: RunState): Promise<void> {
  const vaultId = vaultOfBackup(await listSteps(tables.steps, run.id));
  // '.' sorts after '-': the first key behind all of the run's.
  const ofRun = { from: `${run.id}-`, before: `${run.id}.` };
  if (vaultId !== undefined) await removeRange(tables.watches, vaultKeyOf(vaultId), ofRun);
  await removeRange(tables.batchItems, itemsOf(run));
  await removeRange(tables.steps, run.id);
}

/** Rows of which nothing else tells that they are over: notifications sent, events accepted, counters of past days. */
async function removeOld({ tables, clock, settings }: Services): Promise<void> {
  const before = new Date(clock().getTime() - settings.keepRecordsDays * dayMs).toISOString();
  await removeScanned(tables.outbox, { column: 'at', before });
  await removeScanned(tables.triggers, { column: 'at', before, partitionPrefix: 'event-' });
  await removeScanned(tables.dailyCounters, { column: 'PartitionKey', before: before.slice(0, 10) });
}

const marks = 'removal';

/** Trackers begin a history anew for each spell of work: those before the one of yesterday are purged. */
async function purgeTrackers(services: Services, context: InvocationContext): Promise<void> {
  const { watches, triggers } = services.tables;
  const flows = services.flowsOf(context);
  for (const { tracker } of await listTrackers(watches)) {
    const rowKey = `tracker-${tracker.vaultKey}`;
    const mark = await triggers.read(marks, rowKey);
    const [from, to] = [Number(mark?.['purgedTo'] ?? 0), Number(mark?.['seen'] ?? 0)];
    for (let generation = from + 1; generation <= to; generation++)
      await flows.purge(`track-${tracker.vaultKey}-${generation}`);
    const next = { partitionKey: marks, rowKey, purgedTo: to, seen: tracker.generation - 1 };
    await triggers.put(next);
  }
}

/** Once a day, by whichever instance comes first. */
async function daily(services: Services, work: () => Promise<void>): Promise<void> {
  const { triggers } = services.tables;
  const day = services.clock().toISOString().slice(0, 10);
  const row = await triggers.read(marks, 'day');
  if (row?.['day'] === day) return;
  await work();
  await triggers.put({ partitionKey: marks, rowKey: 'day', day });
}

/**
 * Removes what is over for longer than records are kept. Runs go a few at a time with every tick, the rest once a day.
 *
 * @throws whatever storage throws: the next tick goes on where this one ended.
 */
export async function removeWhatIsOver(services: Services, context: InvocationContext): Promise<void> {
  const flows = services.flowsOf(context);
  const removed = await removeRuns({
    ...runServices(services, context),
    keepRecordsDays: services.settings.keepRecordsDays,
    removeParts: (run) => removeParts(services, run),
    purge: (instanceId) => flows.purge(instanceId),
  });
  if (removed > 0) context.log(`Records of ${removed} runs were removed.`);
  await daily(services, async () => {
    await removeOld(services);
    await removeForgotten({ runs: services.tables.runs, clock: services.clock });
    await purgeTrackers(services, context);
  });
}

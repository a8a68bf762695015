import type { Table } from '../storage/table.ts';
import { inBatches } from './inBatches.ts';
import { listTrackers } from './trackerRow.ts';
import { listWatches } from './watch.ts';

const atOnce = 16;

/** Ids of all runs whose jobs are watched: a read for each thousand of a vault, where asking for each run takes several. */
export async function watchedRuns(watches: Table): Promise<ReadonlySet<string>> {
  const live = (await listTrackers(watches)).filter(({ tracker }) => tracker.state !== 'idle');
  const runs = new Set<string>();
  await inBatches(live, atOnce, async ({ tracker }) => {
    for (const { watch } of await listWatches(watches, tracker.vaultKey)) runs.add(watch.runId);
  });
  return runs;
}

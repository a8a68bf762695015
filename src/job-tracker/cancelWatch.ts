import { changeWatch } from './settleWatch.ts';
import type { TrackerServices } from './trackerServices.ts';
import { readTracker } from './trackerRow.ts';
import { findWatch, vaultKeyOf } from './watch.ts';
import { hurryEvent, trackerIdOf } from './watchJob.ts';

const mostTries = 10;

/** Marks a run's watch, so that the next tick tells the run to cancel its job, and wakes the tracker. Idempotent. */
export async function cancelWatch(services: TrackerServices, vaultId: string, runId: string): Promise<void> {
  for (let tries = 0; tries < mostTries; tries++) {
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

import { changeTracker, listTrackers, type HeldTracker } from './trackerRow.ts';
import type { TrackerServices } from './trackerServices.ts';
import { startTracker } from './watchJob.ts';

/** A tracker that has not ticked this long after it meant to is dead. */
const patienceMs = 600_000;

/**
 * Gives every vault whose tracker has died a new one: a generation further, because an ended id is never started
 * again. Called every five minutes; harmless to repeat.
 *
 * @returns how many were given one.
 */
export async function watchTrackers(services: TrackerServices): Promise<number> {
  const late = (await listTrackers(services.watches)).filter((held) => isDead(services, held));
  for (const held of late) {
    const { generation, vaultKey } = held.tracker;
    const nextTickAt = services.clock().toISOString();
    const change = { state: 'live', started: false, generation: generation + 1, nextTickAt } as const;
    const raised = await changeTracker(services.watches, held, change);
    if (!raised) continue;
    await startTracker(services, raised);
    services.log('warning', 'A job tracker had died; a new generation goes on.', {
      vault: vaultKey,
      generation: generation + 1,
    });
  }
  return late.length;
}

const isDead = (services: TrackerServices, { tracker }: HeldTracker): boolean =>
  tracker.state !== 'idle' && services.clock().getTime() - Date.parse(tracker.nextTickAt) > patienceMs;

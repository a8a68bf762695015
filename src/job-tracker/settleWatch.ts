import type { TrackerServices } from './trackerServices.ts';
import { rowOfWatch, type HeldWatch, type JobEvent, type Watch, type WatchOutcome } from './watch.ts';

/** Writes a change to a watch; undefined when another has written: the next tick reads it anew. */
export async function changeWatch(
  services: TrackerServices,
  { watch, etag }: HeldWatch,
  change: Partial<Watch>,
): Promise<HeldWatch | undefined> {
  const next = { ...watch, ...change };
  const written = await services.watches.replace(rowOfWatch(next), etag);
  return written.kind === 'written' ? { watch: next, etag: written.etag } : undefined;
}

/**
 * Tells a flow what a settled watch holds, and forgets the watch once the event is on its way.
 *
 * A crash in between raises the event again at the next tick: its name is never waited for twice.
 */
export async function tell(services: TrackerServices, { watch }: HeldWatch): Promise<void> {
  const { runId, generation, event, outcome } = watch;
  if (!outcome) return;
  const payload: JobEvent = { event, outcome };
  const raised = await services.raise(services.flowOf(runId, generation), `job-${event}`, { ...payload });
  if (raised === 'missing') {
    services.log('warning', 'The flow of a settled job is not there yet.', { runId, event });
    return;
  }
  const { partitionKey, rowKey } = rowOfWatch(watch);
  await services.watches.remove(partitionKey, rowKey);
}

/** Settles a watch: the row first, then the event. Another writer's change leaves it to the next tick. */
export async function settleWatch(
  services: TrackerServices,
  held: HeldWatch,
  outcome: WatchOutcome,
): Promise<void> {
  const settled = await changeWatch(services, held, { outcome });
  if (settled) await tell(services, settled);
}

import type { TrackerServices } from './trackerServices.ts';
import { rowOfWatch, type HeldWatch, type JobEvent, type Watch, type WatchOutcome } from './watch.ts';

/** Times that an outcome is offered to a flow that the platform does not know. */
const mostUntold = 10;
/** How long a job is watched on after its run has ended without it. */
const lateMs = 7 * 86_400_000;

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
export async function tell(services: TrackerServices, held: HeldWatch): Promise<void> {
  const { watch } = held;
  const { runId, generation, event, outcome } = watch;
  if (!outcome) return;
  const payload: JobEvent = { event, outcome };
  const raised = await services.raise(services.flowOf(runId, generation), `job-${event}`, { ...payload });
  if (raised === 'missing') {
    const untold = (watch.untold ?? 0) + 1;
    services.log('warning', 'The flow of a settled job is not there.', { runId, event, untold });
    // The flow has asked, so it was there: a later generation of its run asks anew.
    if (untold < mostUntold) return void (await changeWatch(services, held, { untold }));
  }
  if (await watchOn(services, held)) return;
  await forget(services, watch);
}

async function forget(services: TrackerServices, watch: Watch): Promise<void> {
  const { partitionKey, rowKey } = rowOfWatch(watch);
  await services.watches.remove(partitionKey, rowKey);
}

/** A job that outlived its run is watched for another week: the record may still turn into the real ending. */
async function watchOn(services: TrackerServices, held: HeldWatch): Promise<boolean> {
  const { outcome, ...watch } = held.watch;
  if (outcome?.kind !== 'timedOut' || !services.finishLate) return false;
  const jobId = outcome.job?.id ?? watch.seen?.id ?? watch.jobId;
  if (jobId === undefined) return false;
  const giveUpAt = new Date(services.clock().getTime() + lateMs).toISOString();
  const late: Watch = { ...watch, jobId, giveUpAt, late: true, goesOnAfterCancel: true };
  await services.watches.replace(rowOfWatch(late), held.etag);
  return true;
}

/** The run has ended: nobody waits for an event, its record gets the ending. */
async function settleLate(
  services: TrackerServices,
  { watch }: HeldWatch,
  outcome: WatchOutcome,
): Promise<void> {
  if (outcome.kind === 'ended') await services.finishLate?.(watch.runId, watch.generation, outcome.ending);
  else services.log('warning', 'A late job was not seen to end.', { runId: watch.runId, event: watch.event });
  await forget(services, watch);
}

/** Settles a watch: the row first, then the event. Another writer's change leaves it to the next tick. */
export async function settleWatch(
  services: TrackerServices,
  held: HeldWatch,
  outcome: WatchOutcome,
): Promise<void> {
  if (held.watch.late) return settleLate(services, held, outcome);
  const settled = await changeWatch(services, held, { outcome });
  if (settled) await tell(services, settled);
}

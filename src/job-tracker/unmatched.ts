import type { ArmReply } from '../arm/call.ts';
import { lookAtJob } from './lookAtJob.ts';
import { changeWatch, settleWatch } from './settleWatch.ts';
import type { TrackerServices } from './trackerServices.ts';
import type { HeldWatch } from './watch.ts';

/** Part of an action's budget below which operations are not read one by one. */
const fifth = 0.2;

/** Whether each backup's own operation may be read: that action has a budget of its own. */
async function mayReadOperation(services: TrackerServices, { watch }: HeldWatch): Promise<boolean> {
  const { operationAction } = services.jobServices[watch.service];
  const subscriptionId = /^\/subscriptions\/([^/]+)/i.exec(watch.vaultId)?.[1]?.toLowerCase() ?? '';
  const lane = { subscriptionId, kind: 'read', action: operationAction } as const;
  const budget = await services.pacer.budget?.(lane, services.clock());
  return budget === undefined || budget.left >= fifth * budget.limit;
}

/**
 * A watch whose job a list did not show: a known job is read by itself; else the run is told to read its operation,
 * once, while the budget of that lasts; else the job is taken by item, operation and start.
 */
export async function unmatched(
  services: TrackerServices,
  held: HeldWatch,
  rows: ArmReply | undefined,
): Promise<void> {
  const { watch } = held;
  const known = watch.jobId ?? watch.seen?.id;
  if (known !== undefined) return lookAtJob(services, held, known);
  if (!watch.byItem) {
    if (await mayReadOperation(services, held)) return settleWatch(services, held, { kind: 'unmatched' });
    await changeWatch(services, held, { byItem: true, looked: true, misses: watch.misses + 1 });
    return;
  }
  await byItem(services, held, rows);
}

async function byItem(services: TrackerServices, held: HeldWatch, rows: ArmReply | undefined): Promise<void> {
  const { watch } = held;
  const match = rows
    ? services.jobServices[watch.service].matchItem(rows, watch)
    : ({ kind: 'absent' } as const);
  if (match.kind === 'found') {
    const found = await changeWatch(services, held, { jobId: match.jobId, looked: true });
    if (found) await lookAtJob(services, found, match.jobId);
    return;
  }
  if (match.kind === 'ambiguous')
    return settleWatch(services, held, { kind: 'unknown', failure: match.failure });
  if (services.clock().toISOString() >= watch.giveUpAt) {
    const message = 'The list of jobs never showed the job of this backup.';
    return settleWatch(services, held, { kind: 'timedOut', failure: { code: 'JobNotFound', message } });
  }
  if (!watch.looked) await changeWatch(services, held, { looked: true, misses: watch.misses + 1 });
}

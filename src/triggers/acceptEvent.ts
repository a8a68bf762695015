import { acceptRun } from '../runs/acceptRun.ts';
import { runIdOf } from '../runs/runId.ts';
import type { RequestedBy } from '../runs/run.ts';
import { startAccepted } from '../runs/startRun.ts';
import { readResourceEvent, type ResourceWritten } from './resourceEvent.ts';
import { claimResource, hashed } from './resourceWatch.ts';
import type { TriggerServices } from './triggerServices.ts';

/** What became of an event. Every one of them is answered well: Event Grid need not send it again. */
export type EventAcceptance =
  | { readonly kind: 'started'; readonly runId: string }
  | { readonly kind: 'absorbed' | 'repeated' }
  | { readonly kind: 'passed'; readonly reason: string };

const passed = (reason: string): EventAcceptance => ({ kind: 'passed', reason });

const partitionOf = (key: string): string => `event-${key}`;
const rowKey = 'handled';

/** The occurrence: source and id as Event Grid promises them to be unique. */
const keyOf = ({ source, eventId }: ResourceWritten): string => hashed(`${source}\n${eventId}`);

const isAllowed = async ({ loadPlan }: TriggerServices, { subscriptionId }: ResourceWritten) => {
  const { plan } = await loadPlan();
  return plan.safety.subscriptions.some((id) => id.toLowerCase() === subscriptionId.toLowerCase());
};

async function runFor(services: TriggerServices, written: ResourceWritten, requestedBy: RequestedBy) {
  const runId = runIdOf(requestedBy);
  const { resourceId } = written;
  const claimed = await claimResource(
    { triggers: services.triggers, runs: services.runs },
    resourceId,
    runId,
  );
  if (claimed === 'absorbed') return { kind: 'absorbed' } as const;
  const request = { kind: 'protectByPlan', resourceId } as const;
  await startAccepted(services.runs, await acceptRun(services.runs, request, requestedBy));
  return { kind: 'started', runId } as const;
}

/**
 * Accepts one event: once per source and id, without a call to Azure. A subscription outside the plan's allow-list is
 * passed over. The event is a hint: its run reads the resource.
 *
 * @throws whatever storage or the plan's place throws: Event Grid sends the event again then.
 */
export async function acceptEvent(services: TriggerServices, event: unknown): Promise<EventAcceptance> {
  const reading = readResourceEvent(event);
  if (reading.kind === 'notOurs') return passed(reading.reason);
  const { written } = reading;
  if (!(await isAllowed(services, written)))
    return passed(`subscription ${written.subscriptionId} is not in the plan's allow-list`);
  const key = keyOf(written);
  if (await services.triggers.read(partitionOf(key), rowKey)) return { kind: 'repeated' };
  const acceptance = await runFor(services, written, { source: 'eventGrid', key });
  // Last: a crash before lets the event come again, and its run is accepted once.
  await services.triggers.put({
    partitionKey: partitionOf(key),
    rowKey,
    at: services.clock().toISOString(),
    became: acceptance.kind,
  });
  return acceptance;
}

import * as z from 'zod';
import { parseResourceId } from '../arm/resourceId.ts';
import { isDrillTarget } from '../arm/resourceKinds.ts';
import { acceptRun, startAccepted } from '../runs/acceptRun.ts';
import type { RequestedBy } from '../runs/run.ts';
import { placeOfRun } from '../runs/runRow.ts';
import { claimResource, hashed } from './resourceWatch.ts';
import type { TriggerServices } from './ticks.ts';

/** A write of a resource that the plan may be about. Nothing else of an event is kept: its claims are personal data. */
interface ResourceWritten {
  /** Source and id tell one event from every other. */
  readonly source: string;
  readonly eventId: string;
  /** ARM id of a disk, a storage account or a file share. */
  readonly resourceId: string;
  readonly subscriptionId: string;
}

/** What an event is to us. */
type EventReading =
  | { readonly kind: 'written'; readonly written: ResourceWritten }
  | { readonly kind: 'notOurs'; readonly reason: string };

const text = z.string().min(1).max(4096);

const envelope = z.object({
  id: text,
  subject: z.string().max(4096).optional(),
  /** Event Grid's own schema, then CloudEvents. */
  topic: text.optional(),
  eventType: text.optional(),
  source: text.optional(),
  type: text.optional(),
  data: z.object({
    operationName: text.optional(),
    resourceUri: text.optional(),
    status: z.string().max(100).optional(),
    resourceInfo: z.object({ id: text, type: text.optional() }).optional(),
  }),
});

type Envelope = z.infer<typeof envelope>;

const notOurs = (reason: string): EventReading => ({ kind: 'notOurs', reason });

const writes = 'Microsoft.Resources.ResourceWriteSuccess';
const notifications = 'Microsoft.ResourceNotifications.Resources.CreatedOrUpdated';

const ourTypes = new Set([
  'microsoft.compute/disks',
  'microsoft.storage/storageaccounts',
  'microsoft.storage/storageaccounts/fileservices/shares',
]);

const ourOperations = new Set([...ourTypes].map((type) => `${type}/write`));
const tagWrites = 'microsoft.resources/tags/write';

/** The resource a tag operation is about: tags are written below it. */
const taggedResource = (id: string): string =>
  id.replace(/\/providers\/Microsoft\.Resources\/tags\/.*$/i, '');

function subjectOf({ data, subject }: Envelope): string | EventReading {
  const operation = data.operationName?.toLowerCase() ?? '';
  const id = data.resourceUri ?? subject ?? '';
  if (operation === tagWrites) return taggedResource(id);
  return ourOperations.has(operation) ? id : notOurs(`operation ${data.operationName ?? '(none)'}`);
}

/** The resource's id, or why the event is not about one of ours. */
function resourceIn(event: Envelope): string | EventReading {
  const type = event.eventType ?? event.type;
  if (type === writes) return subjectOf(event);
  if (type === notifications)
    return event.data.resourceInfo?.id ?? notOurs('a notification without resource');
  return notOurs(`event type ${type ?? '(none)'}`);
}

/**
 * Reads one event in Event Grid's or CloudEvents' schema. Never throws: what is not understood is not ours.
 */
export function readResourceEvent(event: unknown): EventReading {
  const read = envelope.safeParse(event);
  if (!read.success) return notOurs('not an event of a resource');
  const source = read.data.topic ?? read.data.source;
  if (source === undefined) return notOurs('no source');
  const resource = resourceIn(read.data);
  if (typeof resource !== 'string') return resource;
  const parsed = parseResourceId(resource);
  if (parsed.kind === 'refused') return notOurs(parsed.reason);
  const { provider, types, names, subscriptionId } = parsed.id;
  const isOurs =
    ourTypes.has(`${provider}/${types.join('/')}`.toLowerCase()) && types.length === names.length;
  if (!isOurs) return notOurs(`resource type ${provider}/${types.join('/')}`);
  return {
    kind: 'written',
    written: { source, eventId: read.data.id, resourceId: resource, subscriptionId },
  };
}

/** What became of an event. Every one of them is answered well: Event Grid need not send it again. */
type EventAcceptance =
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
  const { id: runId } = await placeOfRun(services.runs, requestedBy);
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
  if (isDrillTarget(written.resourceId)) return passed('a restore drill has made it');
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

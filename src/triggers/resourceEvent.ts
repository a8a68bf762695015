import * as z from 'zod';
import { parseResourceId } from '../arm/resourceId.ts';

/** A write of a resource that the plan may be about. Nothing else of an event is kept: its claims are personal data. */
export interface ResourceWritten {
  /** Source and id tell one event from every other. */
  readonly source: string;
  readonly eventId: string;
  /** ARM id of a disk, a storage account or a file share. */
  readonly resourceId: string;
  readonly subscriptionId: string;
}

/** What an event is to us. */
export type EventReading =
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

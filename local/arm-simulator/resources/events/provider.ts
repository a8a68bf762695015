import type { Call, Core, Provider } from '../../core.ts';
import type { ArmReply } from '../../exchange.ts';
import type { World } from '../../world.ts';
import { eventsSeedSchema } from '../seed.ts';
import { createCourier, type DeliverySettings, postEvent } from './delivery.ts';
import type { ResourceEvent } from './event-shapes.ts';
import { eventListenersOf } from './listeners.ts';

/** Object id under which the backup service writes. */
const backupServiceId = '262044b1-e2ce-469f-a196-69ab7ada62d3';

/**
 * Raises an Event Grid event for every write, delete and action that any provider has answered, and for what the backup
 * service writes by itself.
 */
export function createEvents(core: Core): Provider {
  let settings: DeliverySettings = { ...eventsSeedSchema.parse({}), subscriptions: [] };
  const courier = createCourier(core, () => settings, postEvent);
  const listeners = eventListenersOf(core);
  const told = core.hooks.answered;
  const raise = (event: ResourceEvent) => {
    for (const listener of listeners) listener(event);
    courier.deliver(event);
  };
  core.hooks.answered = (call, reply) => {
    told?.(call, reply);
    const event = eventOf(call, reply);
    if (event !== undefined) raise(event);
  };
  core.hooks.wrote = ({ id, action, at }) => {
    raise({
      ...raisedBy(core, { principalId: backupServiceId, tenantId: core.world.tenantId }),
      type: 'Microsoft.Resources.ResourceWriteSuccess',
      subject: lowerGroup(id),
      operationName: action,
      status: 'Succeeded',
      at,
    });
  };
  return {
    name: 'events',
    routes: [],
    load(world) {
      settings = joined(settings, world);
    },
  };
}

function joined(before: DeliverySettings, { events, eventSubscriptions }: World): DeliverySettings {
  const defaults: Record<string, unknown> = eventsSeedSchema.parse({});
  const changed = Object.entries(events).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(defaults[key]),
  );
  const subscriptions = [...before.subscriptions, ...eventSubscriptions];
  return { ...before, ...Object.fromEntries(changed), subscriptions };
}

const words: Record<string, string> = { write: 'Write', delete: 'Delete', action: 'Action' };

/** The event of an answered call; undefined for reads and for what changes nothing. */
function eventOf(call: Call, reply: ArmReply): ResourceEvent | undefined {
  const { route, core, now, principal } = call;
  const operationName = route.action ?? '';
  const word = words[operationName.slice(operationName.lastIndexOf('/') + 1).toLowerCase()];
  if (word === undefined || (route.method === 'DELETE' && reply.status === 204)) return undefined;
  const succeeded = reply.status < 300;
  return {
    ...raisedBy(core, { principalId: principal.objectId, tenantId: principal.tenantId }),
    type: `Microsoft.Resources.Resource${word}${succeeded ? 'Success' : 'Failure'}`,
    subject: subjectOf(call, word),
    operationName,
    status: succeeded ? 'Succeeded' : 'Failed',
    at: now,
  };
}

const raisedBy = (core: Core, who: Pick<ResourceEvent, 'principalId' | 'tenantId'>) => ({
  id: core.seeded.guid(),
  correlationId: core.seeded.guid(),
  ...who,
});

const lowerGroup = (path: string) => path.replace(/\/resourceGroups\//i, '/resourcegroups/');

function subjectOf(call: Call, word: string): string {
  const path = lowerGroup(decodeURIComponent(call.url.pathname));
  return word === 'Action' ? path.slice(0, path.lastIndexOf('/')) : path;
}

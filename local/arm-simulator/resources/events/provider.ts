import type { Call, Core, Provider } from '../../core.ts';
import type { ArmReply } from '../../exchange.ts';
import type { World } from '../../world.ts';
import { eventsSeedSchema } from '../seed.ts';
import { createCourier, type DeliverySettings, postEvent } from './delivery.ts';
import type { ResourceEvent } from './event-shapes.ts';
import { eventListenersOf } from './listeners.ts';

/** Raises an Event Grid event for every write, delete and action that any provider has answered. */
export function createEvents(core: Core): Provider {
  let settings: DeliverySettings = { ...eventsSeedSchema.parse({}), subscriptions: [] };
  const courier = createCourier(core, () => settings, postEvent);
  const listeners = eventListenersOf(core);
  const told = core.hooks.answered;
  core.hooks.answered = (call, reply) => {
    told?.(call, reply);
    const event = eventOf(call, reply);
    if (event === undefined) return;
    for (const listener of listeners) listener(event);
    courier.deliver(event);
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
    id: core.seeded.guid(),
    type: `Microsoft.Resources.Resource${word}${succeeded ? 'Success' : 'Failure'}`,
    subject: subjectOf(call, word),
    operationName,
    status: succeeded ? 'Succeeded' : 'Failed',
    at: now,
    correlationId: core.seeded.guid(),
    principalId: principal.objectId,
    tenantId: principal.tenantId,
  };
}

function subjectOf(call: Call, word: string): string {
  const path = decodeURIComponent(call.url.pathname).replace(/\/resourceGroups\//i, '/resourcegroups/');
  return word === 'Action' ? path.slice(0, path.lastIndexOf('/')) : path;
}

import type { Core } from '../../core.ts';
import type { EventsSeed, EventTarget } from '../seed.ts';
import { dressEvent, type ResourceEvent } from './event-shapes.ts';

/** What the courier goes by. */
export interface DeliverySettings extends EventsSeed {
  readonly subscriptions: readonly EventTarget[];
}

/** Sends one delivery and tells the HTTP status; a rejection counts as unreachable. */
export type Send = (target: EventTarget, body: unknown) => Promise<number>;

/** Posts as Event Grid does: one event per request, `aeg-event-type: Notification`. */
export const postEvent: Send = async ({ endpoint, schema }, body) => {
  const cloud = schema === 'CloudEventSchemaV1_0';
  const contentType = cloud ? 'application/cloudevents+json' : 'application/json';
  const reply = await fetch(endpoint, {
    method: 'POST',
    headers: { 'Content-Type': `${contentType}; charset=utf-8`, 'aeg-event-type': 'Notification' },
    body: JSON.stringify(body),
  });
  await reply.arrayBuffer();
  return reply.status;
};

/** Delivers to every matching target: at least once, perhaps late, twice, out of order; repeated until accepted. */
interface Courier {
  deliver(event: ResourceEvent): void;
}

/** A courier that follows the settings as they are at each event. */
export function createCourier(core: Core, settings: () => DeliverySettings, send: Send): Courier {
  let raised = 0;
  let held: ResourceEvent | undefined;
  const attempt = (event: ResourceEvent, target: EventTarget, tries: number): void => {
    const body = dressEvent(event, target.schema);
    void send(target, body)
      .catch(() => 503)
      .then((status) => {
        const wait = settings().retrySeconds[tries];
        if (isFinal(status) || wait === undefined) return;
        core.clock.after(core.duration(wait), () => attempt(event, target, tries + 1));
      });
  };
  const dispatch = (event: ResourceEvent): void => {
    const { subscriptions, delaySeconds } = settings();
    for (const target of subscriptions.filter((candidate) => wants(candidate, event))) {
      core.clock.after(core.duration(delaySeconds), () => attempt(event, target, 0));
    }
  };
  return {
    deliver(event) {
      const { duplicateEvery, reorderEvery } = settings();
      raised += 1;
      const waiting = held;
      held = undefined;
      if (waiting === undefined && isNth(raised, reorderEvery)) held = event;
      else dispatch(event);
      if (waiting !== undefined) dispatch(waiting);
      if (isNth(raised, duplicateEvery)) dispatch(event);
    },
  };
}

const isNth = (count: number, every: number): boolean => every > 0 && count % every === 0;

const isFinal = (status: number): boolean =>
  (status >= 200 && status < 300) || status === 400 || status === 413;

function wants(target: EventTarget, event: ResourceEvent): boolean {
  const operation = event.operationName.toLowerCase();
  return (
    target.includedEventTypes.includes(event.type) &&
    (target.operationNames.length === 0 ||
      target.operationNames.some((name) => name.toLowerCase() === operation)) &&
    event.subject.toLowerCase().startsWith(target.subjectBeginsWith.toLowerCase())
  );
}

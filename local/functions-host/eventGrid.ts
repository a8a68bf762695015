import type { HostReply, HostRequest } from './durableExtension.ts';
import type { Invoke } from './invoke.ts';
import type { FunctionRegistry, RegisteredFunction } from './registry.ts';
import { isShallow, type TypedData } from './typedData.ts';

/** Answers deliveries to `/runtime/webhooks/eventgrid?functionName=`; the key has been checked. */
export type EventGridWebhook = (request: HostRequest) => Promise<HostReply>;

/** A body that is no JSON throws inside the official host (seen); so does one nested deeper than its reader goes. */
const UNREADABLE: HostReply = { status: 500, headers: {} };
const EMPTY_400: HostReply = { status: 400, headers: {} };
const ACCEPTED: HostReply = { status: 202, headers: {} };

const plainText = (status: number, body: string): HostReply => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body,
});

/**
 * The Event Grid webhook: both subscription handshakes, notifications, unsubscription.
 *
 * One call per event, in parallel; one failure fails the whole delivery, which Event Grid then repeats. A delivery
 * without `aeg-event-type` is refused, CloudEvents included.
 */
export function createEventGridWebhook(registry: FunctionRegistry, invoke: Invoke): EventGridWebhook {
  return async (request) => {
    const name = request.query.get('functionName') ?? '';
    const fn = registry
      .byTrigger('eventGridTrigger')
      .find((each) => each.name.toLowerCase() === name.toLowerCase());
    if (!fn) return plainText(404, `cannot find function: '${name}'`);
    if (request.method === 'OPTIONS') return allowOrigin(request);
    if (request.method !== 'POST') return EMPTY_400;
    const body = readJson(request);
    switch ((request.headers['aeg-event-type'] ?? '').toLowerCase()) {
      case 'subscriptionvalidation':
        return body ? validate(body) : UNREADABLE;
      case 'notification':
        return body ? deliver(fn, invoke, body) : UNREADABLE;
      case 'unsubscribe':
        return ACCEPTED;
      default:
        return EMPTY_400;
    }
  };
}

/** CloudEvents handshake: a known Event Grid origin is echoed, any other answered with the public one. */
function allowOrigin(request: HostRequest): HostReply {
  const origin = request.headers['webhook-request-origin'];
  if (origin === undefined) return EMPTY_400;
  const known = /^eventgrid\.azure\.[a-z]+$/i.test(origin);
  return { status: 200, headers: { 'webhook-allowed-origin': known ? origin : 'eventgrid.azure.net' } };
}

/** A body that has been read. */
interface JsonBody {
  readonly value: unknown;
}

function readJson(request: HostRequest): JsonBody | undefined {
  try {
    const value = JSON.parse(request.body.toString('utf8')) as unknown;
    return isShallow(value) ? { value } : undefined;
  } catch {
    return undefined;
  }
}

/** Events of a delivery, an array or one object; undefined when the body is neither. */
function eventsIn({ value }: JsonBody): readonly Record<string, unknown>[] | undefined {
  const events = Array.isArray(value) ? (value as unknown[]) : [value];
  return events.every((each) => typeof each === 'object' && each !== null)
    ? (events as Record<string, unknown>[])
    : undefined;
}

function validate(body: JsonBody): HostReply {
  const data = eventsIn(body)?.[0]?.['data'];
  const validation = typeof data === 'string' ? parseObject(data) : data;
  const code = (validation as { validationCode?: unknown } | undefined)?.validationCode;
  return typeof code === 'string' ? plainText(200, JSON.stringify({ validationResponse: code })) : EMPTY_400;
}

function parseObject(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

async function deliver(fn: RegisteredFunction, invoke: Invoke, body: JsonBody): Promise<HostReply> {
  const events = eventsIn(body);
  if (!events) return EMPTY_400;
  const outcomes = await Promise.all(callsFor(fn, events).map((call) => invoke(fn, call)));
  return outcomes.every((outcome) => outcome.ok)
    ? ACCEPTED
    : plainText(500, `Exception while executing function: Functions.${fn.name}`);
}

type Call = Parameters<Invoke>[1];

function callsFor(fn: RegisteredFunction, events: readonly Record<string, unknown>[]): readonly Call[] {
  if (fn.trigger.options['cardinality'] === 'many') return [eventCall(fn, events)];
  return events.map((event) => eventCall(fn, event));
}

/** The call for one event; the value is the event as received, the metadata its `data`. */
export function eventCall(fn: RegisteredFunction, event: unknown): Call {
  const data = (event as { data?: unknown }).data;
  const metadata: Record<string, TypedData> = {};
  if (typeof data === 'string') metadata['data'] = { string: data };
  else if (data !== undefined && data !== null) metadata['data'] = { json: JSON.stringify(data) };
  return {
    inputData: [{ name: fn.trigger.key, data: { json: JSON.stringify(event) } }],
    triggerMetadata: metadata,
  };
}

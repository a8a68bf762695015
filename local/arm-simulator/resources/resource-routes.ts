import { type ArmReply, headerOf } from '../exchange.ts';
import { listReply } from '../paging.ts';
import { empty, gatewayError, json, resourceNotFound } from '../replies.ts';
import { type ArmResource, parseResourceId } from '../resources.ts';
import { sha256Hex } from '../seeded.ts';
import type { Call, Route } from '../core.ts';
import { isWithin } from './authorization/role-assignments.ts';
import type { ResourceKind } from './kinds.ts';

/** Get and lists of one kind, and PUT, PATCH, DELETE where it is writable; names are `resources.putDisk` and so on. */
export function routesOf(kind: ResourceKind): Route[] {
  const route = (method: Route['method'], verb: string, path: string, handle: Route['handle']): Route => ({
    name: `resources.${verb}${kind.word.charAt(0).toUpperCase()}${kind.word.slice(1)}`,
    method,
    path,
    action: `${kind.type}/${rbacVerb(method)}`,
    handle,
  });
  const reads = [
    route('GET', 'get', kind.path, (call) => getResource(kind, call)),
    route('GET', 'list', kind.listPath, (call) => listResources(kind, call)),
  ];
  const { subscriptionPath } = kind;
  const everywhere =
    subscriptionPath === undefined
      ? []
      : [route('GET', 'listAll', subscriptionPath, (call) => listResources(kind, call))];
  if (!kind.writable) return [...reads, ...everywhere];
  return [
    ...reads,
    ...everywhere,
    route('PUT', 'put', kind.path, (call) => putResource(kind, call)),
    route('PATCH', 'patch', kind.path, (call) => patchResource(kind, call)),
    route('DELETE', 'delete', kind.path, (call) => deleteResource(kind, call)),
  ];
}

const rbacVerb = (method: Route['method']) =>
  method === 'DELETE' ? 'delete' : method === 'GET' ? 'read' : 'write';

const requestedId = (call: Call) => decodeURIComponent(call.url.pathname).replace(/\/$/, '');

function notFound(kind: ResourceKind, call: Call): ArmReply {
  const { name = '', account, group = '' } = call.params;
  const shown = account === undefined ? name : `${account}/default/${name}`;
  return resourceNotFound(kind.type, shown, group);
}

function parentMissing(call: Call): boolean {
  if (call.params['account'] === undefined) return false;
  const accountId = requestedId(call).split('/').slice(0, 9).join('/');
  return call.core.resources.get(accountId) === undefined;
}

function getResource(kind: ResourceKind, call: Call): ArmReply {
  const found = call.core.resources.get(requestedId(call));
  return found === undefined ? notFound(kind, call) : json(200, show(kind, found));
}

// Seeded resources say only what the world file says; the rest follows from the kind.
function show(kind: ResourceKind, resource: ArmResource): ArmResource {
  const properties = { ...kind.defaults(resource.name, seededAt), ...resource.properties };
  return { ...resource, ...(kind.hasEtag && { etag: etagOf(resource) }), properties };
}

/** Changes with what is written, as storage writes it: `"0x8D…"`. */
const etagOf = (resource: ArmResource): string =>
  `"0x8D${sha256Hex(JSON.stringify(resource)).slice(0, 12).toUpperCase()}"`;

const seededAt = '2026-01-01T00:00:00.0000000Z';

function listResources(kind: ResourceKind, call: Call): ArmReply {
  if (parentMissing(call)) return notFound(kind, call);
  const { subscription = '', group, account } = call.params;
  const parts = [subscription, group, account].filter((part) => part !== undefined);
  const parent = requestedId(call)
    .split('/')
    .slice(0, account === undefined ? 1 + 2 * parts.length : 9)
    .join('/');
  const rows = call.core.resources.list(kind.type).filter(({ id }) => isWithin(id, parent));
  return listReply(
    call,
    rows.map((row) => show(kind, row)),
  );
}

interface ResourceBody {
  readonly location?: string;
  readonly tags?: Record<string, string>;
  readonly kind?: string;
  readonly sku?: Record<string, unknown>;
  readonly identity?: Record<string, unknown>;
  readonly properties?: Record<string, unknown>;
}

/** 201 for a new resource, 200 for a change; the work is done at once. */
function putResource(kind: ResourceKind, call: Call): ArmReply {
  if (parentMissing(call)) return notFound(kind, call);
  const body = (call.body ?? {}) as ResourceBody;
  const before = call.core.resources.get(requestedId(call));
  const id = before?.id ?? requestedId(call);
  const { name } = parseResourceId(id);
  const { properties, ...head } = body;
  const resource: ArmResource = {
    ...pick(head),
    id,
    name,
    type: kind.type,
    properties: {
      ...kind.defaults(name, new Date(call.now).toISOString()),
      ...before?.properties,
      ...properties,
    },
  };
  call.core.resources.put(resource);
  recordWrite(kind, call, id, 'write');
  return json(before === undefined ? 201 : 200, resource);
}

const written = ['location', 'tags', 'kind', 'sku', 'identity'] as const;

const pick = (head: Omit<ResourceBody, 'properties'>): Partial<ArmResource> =>
  Object.fromEntries(written.flatMap((key) => (head[key] === undefined ? [] : [[key, head[key]]])));

function patchResource(kind: ResourceKind, call: Call): ArmReply {
  const found = call.core.resources.get(requestedId(call));
  if (found === undefined) return notFound(kind, call);
  const { properties, ...head } = (call.body ?? {}) as ResourceBody;
  const changed: ArmResource = {
    ...found,
    ...pick(head),
    properties: { ...found.properties, ...properties },
  };
  call.core.resources.put(changed);
  recordWrite(kind, call, found.id, 'write');
  return json(200, show(kind, changed));
}

function deleteResource(kind: ResourceKind, call: Call): ArmReply {
  const { resources } = call.core;
  const found = resources.get(requestedId(call));
  if (found === undefined) return empty(204);
  const wanted = headerOf(call.request.headers, 'if-match');
  if (kind.hasEtag && wanted !== undefined && wanted !== etagOf(found))
    return gatewayError(
      412,
      'ConditionNotMet',
      'The condition specified using HTTP conditional header(s) is not met.',
    );
  for (const child of resources.list()) if (isWithin(child.id, found.id)) resources.delete(child.id);
  recordWrite(kind, call, found.id, 'delete');
  return empty(200);
}

function recordWrite(kind: ResourceKind, call: Call, subject: string, verb: string): void {
  call.core.effects.record({ at: call.now, kind: `${verb}.${kind.word}`, subject });
}

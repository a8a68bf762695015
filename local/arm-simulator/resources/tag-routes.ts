import type { ArmReply } from '../exchange.ts';
import { json, resourceNotFound } from '../replies.ts';
import { type ArmResource, parseResourceId } from '../resources.ts';
import type { Call, Route } from '../core.ts';

const path = '/{scope*}/providers/Microsoft.Resources/tags/default';

interface TagsBody {
  readonly operation?: 'Merge' | 'Replace' | 'Delete';
  readonly properties?: { readonly tags?: Record<string, string> };
}

/** Tags of any resource as a resource of their own: GET, PUT (replace) and PATCH (merge, replace, delete). */
export const tagRoutes: readonly Route[] = [
  tagRoute('GET', 'getTags', (_call, resource) => show(resource)),
  tagRoute('PUT', 'putTags', (call, resource) => write(call, resource, 'Replace')),
  tagRoute('PATCH', 'patchTags', (call, resource) =>
    write(call, resource, (call.body as TagsBody | undefined)?.operation ?? 'Merge'),
  ),
];

function tagRoute(
  method: Route['method'],
  name: string,
  handle: (call: Call, resource: ArmResource) => ArmReply,
): Route {
  return {
    name: `resources.${name}`,
    method,
    path,
    action: `Microsoft.Resources/tags/${method === 'GET' ? 'read' : 'write'}`,
    handle: (call) => {
      const id = `/${call.params['scope']}`;
      const resource = call.core.resources.get(id);
      const { type, name: resourceName, group } = parseResourceId(id);
      return resource === undefined ? resourceNotFound(type, resourceName, group) : handle(call, resource);
    },
  };
}

function write(call: Call, resource: ArmResource, operation: string): ArmReply {
  const sent = (call.body as TagsBody | undefined)?.properties?.tags ?? {};
  if (operation === 'Replace') resource.tags = sent;
  else if (operation === 'Merge') resource.tags = { ...resource.tags, ...sent };
  else {
    const kept = Object.entries(resource.tags ?? {}).filter(([key, value]) => sent[key] !== value);
    resource.tags = Object.fromEntries(kept);
  }
  call.core.effects.record({ at: call.now, kind: 'write.tags', subject: resource.id });
  return show(resource);
}

function show(resource: ArmResource): ArmReply {
  return json(200, {
    id: `${resource.id}/providers/Microsoft.Resources/tags/default`,
    name: 'default',
    type: 'Microsoft.Resources/tags',
    properties: { tags: resource.tags ?? {} },
  });
}

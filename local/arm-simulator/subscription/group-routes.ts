import type { Call, Route } from '../core.ts';
import type { ArmReply } from '../exchange.ts';
import { listReply } from '../paging.ts';
import { pollUrl } from '../poll-links.ts';
import { empty, gatewayError, groupNotFound, json, subscriptionNotFound } from '../replies.ts';
import type { ResourceGroup } from '../resources.ts';

const root = '/subscriptions/{subscription}';
const type = 'Microsoft.Resources/subscriptions/resourceGroups';

/** Resource groups: list, read, create, tag, delete with everything inside; and the poll of a deletion. */
export function groupRoutes(): Route[] {
  const route = (method: Route['method'], name: string, path: string, handle: Route['handle']): Route => ({
    name: `subscriptions.${name}`,
    method,
    path: `${root}${path}`,
    ...(method !== 'GET' && { action: `${type}/${method === 'DELETE' ? 'delete' : 'write'}` }),
    fromGateway: true,
    handle,
  });
  return [
    route('GET', 'groups', '/resourceGroups', listGroups),
    route(
      'GET',
      'group',
      '/resourceGroups/{group}',
      withGroup((_call, group) => json(200, show(group))),
    ),
    {
      ...route('GET', 'groupResources', '/resourceGroups/{group}/resources', withGroup(listContents)),
      action: `${type}/resources/read`,
    },
    { ...route('PUT', 'putGroup', '/resourceGroups/{group}', putGroup), makesScope: true },
    route('PATCH', 'patchGroup', '/resourceGroups/{group}', withGroup(patchGroup)),
    route('DELETE', 'deleteGroup', '/resourceGroups/{group}', withGroup(deleteGroup)),
    route('GET', 'groupDeletion', '/operationresults/{operation}', deletion),
  ];
}

const askedGroup = ({ core, params }: Call) =>
  core.resources.getGroup(params['subscription'] ?? '', params['group'] ?? '');

function withGroup(handle: (call: Call, group: ResourceGroup) => ArmReply): Route['handle'] {
  return (call) => {
    const group = askedGroup(call);
    return group === undefined ? groupNotFound(call.params['group'] ?? '') : handle(call, group);
  };
}

const idOf = ({ subscription, name }: Pick<ResourceGroup, 'subscription' | 'name'>) =>
  `/subscriptions/${subscription}/resourceGroups/${name}`;

const show = (group: ResourceGroup, provisioningState = 'Succeeded') => ({
  id: idOf(group),
  name: group.name,
  type: 'Microsoft.Resources/resourceGroups',
  location: group.location,
  tags: group.tags,
  properties: { provisioningState },
});

function listGroups(call: Call): ArmReply {
  const { subscription = '' } = call.params;
  if (!call.core.resources.hasScope(subscription)) return subscriptionNotFound(subscription);
  return listReply(
    call,
    call.core.resources.groups(subscription).map((group) => show(group)),
  );
}

/** Everything of a group that is no child of something else, as the generic list shows it: without properties. */
function listContents(call: Call, group: ResourceGroup): ArmReply {
  const inside = `${idOf(group)}/providers/`.toLowerCase();
  const rows = call.core.resources
    .list()
    .filter((one) => one.id.toLowerCase().startsWith(inside) && one.type.split('/').length === 2);
  return listReply(
    call,
    rows.map(({ properties: _, ...head }) => head),
  );
}

interface GroupBody {
  readonly location?: string;
  readonly tags?: Record<string, string>;
}

/** 201 for a new group, 200 for a change of tags; another location is refused. */
function putGroup(call: Call): ArmReply {
  const { location, tags = {} } = (call.body ?? {}) as GroupBody;
  const before = askedGroup(call);
  if (location === undefined)
    return gatewayError(400, 'LocationRequired', 'The location property is required for this definition.');
  if (before !== undefined && before.location.toLowerCase() !== location.toLowerCase())
    return gatewayError(
      409,
      'InvalidResourceGroupLocation',
      `Invalid resource group location '${location}'. The Resource group already exists in location '${before.location}'.`,
    );
  const { subscription = '', group: name = '' } = call.params;
  const group = { subscription, name: before?.name ?? name, location, tags };
  write(call, group);
  return json(before === undefined ? 201 : 200, show(group));
}

function patchGroup(call: Call, group: ResourceGroup): ArmReply {
  const { tags = group.tags } = (call.body ?? {}) as GroupBody;
  const changed = { ...group, tags };
  write(call, changed);
  return json(200, show(changed));
}

function write({ core, now }: Call, group: ResourceGroup): void {
  core.resources.putGroup(group);
  core.effects.record({ at: now, kind: 'write.group', subject: idOf(group) });
}

/** Seconds of the service until a group is gone. */
const deletionSeconds = 60;

/** 202 with a Location that answers 202 until the group is gone, then 200. */
function deleteGroup(call: Call, group: ResourceGroup): ArmReply {
  const { core, now } = call;
  const id = idOf(group);
  const running = core.operations.running(id)[0];
  const operation =
    running ??
    core.operations.start({
      id: core.seeded.hex(32),
      kind: 'deleteGroup',
      vaultId: '',
      subject: id,
      startedAt: now,
      endsAt: now + core.duration(deletionSeconds),
      finish: () => {
        core.resources.deleteGroup(group.subscription, group.name);
        return { kind: 'succeeded' };
      },
    });
  if (running === undefined) core.effects.record({ at: now, kind: 'delete.group', subject: id });
  return empty(202, deletionLinks(call, operation.id));
}

const deletionLinks = (call: Call, id: string) => ({
  Location: pollUrl(call, {
    path: `/subscriptions/${call.params['subscription']}/operationresults/${id}`,
    apiVersion: call.apiVersion,
  }),
  'Retry-After': call.core.retryAfter(15),
});

function deletion(call: Call): ArmReply {
  const operation = call.core.operations.find(call.params['operation'] ?? '');
  if (operation === undefined)
    return gatewayError(404, 'OperationNotFound', 'The operation could not be found.');
  if (operation.outcome === undefined) return empty(202, deletionLinks(call, operation.id));
  return operation.outcome.kind === 'succeeded'
    ? empty(200)
    : gatewayError(409, operation.outcome.error.code, operation.outcome.error.message);
}

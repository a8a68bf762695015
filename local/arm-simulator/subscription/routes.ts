import type { ArmReply } from '../exchange.ts';
import { listReply } from '../paging.ts';
import { gatewayError, json, subscriptionNotFound } from '../replies.ts';
import { type ArmResource, parseResourceId } from '../resources.ts';
import type { Call, Route } from '../core.ts';
import type { SubscriptionDirectory } from './directory.ts';
import { providersOf } from './registered-providers.ts';

/** Tenants, subscriptions, providers, locations and the generic resource lists. */
export function subscriptionRoutes(directory: SubscriptionDirectory): Route[] {
  const get = (name: string, path: string, handle: Route['handle']): Route => ({
    name: `subscriptions.${name}`,
    method: 'GET',
    path,
    handle,
  });
  const of =
    (answer: (call: Call, subscription: string) => ArmReply): Route['handle'] =>
    (call) => {
      const asked = call.params['subscription'] ?? '';
      const found = directory.subscriptions().find(({ id }) => id.toLowerCase() === asked.toLowerCase());
      return found === undefined ? subscriptionNotFound(asked) : answer(call, found.id);
    };
  const root = '/subscriptions/{subscription}';
  return [
    get('tenants', '/tenants', (call) => listReply(call, [tenantRow(call)])),
    get('list', '/subscriptions', (call) => json(200, subscriptionList(call, directory))),
    get(
      'get',
      root,
      of((call, id) => json(200, subscriptionRow(call, directory, id))),
    ),
    get(
      'locations',
      `${root}/locations`,
      of((call, id) =>
        listReply(
          call,
          ['West Europe', 'North Europe', 'East US'].map((region) => locationRow(id, region)),
        ),
      ),
    ),
    get(
      'providers',
      `${root}/providers`,
      of((call, id) => listReply(call, providersOf(id))),
    ),
    get(
      'provider',
      `${root}/providers/{namespace}`,
      of((call, id) => provider(call, id)),
    ),
    get(
      'resources',
      `${root}/resources`,
      of((call, id) => listReply(call, filtered(call, directory.resources(id)).map(resourceRow))),
    ),
    get(
      'groupResources',
      `${root}/resourceGroups/{group}/resources`,
      of((call, id) =>
        listReply(call, inGroup(call, filtered(call, directory.resources(id))).map(resourceRow)),
      ),
    ),
  ];
}

const tenantRow = ({ core }: Call) => ({
  id: `/tenants/${core.world.tenantId}`,
  tenantId: core.world.tenantId,
  countryCode: 'NL',
  displayName: 'Simulated tenant',
  domains: ['simulator.onmicrosoft.com'],
  defaultDomain: 'simulator.onmicrosoft.com',
  tenantCategory: 'Home',
  tenantType: 'AAD',
});

function subscriptionList(call: Call, directory: SubscriptionDirectory): unknown {
  const value = directory.subscriptions().map(({ id }) => subscriptionRow(call, directory, id));
  return { value, count: { type: 'Total', value: value.length } };
}

const subscriptionRow = ({ core }: Call, directory: SubscriptionDirectory, id: string) => ({
  id: `/subscriptions/${id}`,
  authorizationSource: 'RoleBased',
  managedByTenants: [],
  subscriptionId: id,
  tenantId: core.world.tenantId,
  displayName: directory.subscriptions().find((found) => found.id === id)?.name ?? '',
  state: 'Enabled',
  subscriptionPolicies: {
    locationPlacementId: 'Public_2014-09-01',
    quotaId: 'PayAsYouGo_2014-09-01',
    spendingLimit: 'Off',
  },
});

function locationRow(subscription: string, displayName: string): unknown {
  const name = displayName.replaceAll(' ', '').toLowerCase();
  return {
    id: `/subscriptions/${subscription}/locations/${name}`,
    name,
    type: 'Region',
    displayName,
    regionalDisplayName: displayName,
    metadata: { regionType: 'Physical', regionCategory: 'Recommended' },
  };
}

function provider(call: Call, subscription: string): ArmReply {
  const asked = call.params['namespace'] ?? '';
  const found = providersOf(subscription).find(
    ({ namespace }) => namespace.toLowerCase() === asked.toLowerCase(),
  );
  if (found !== undefined) return json(200, found);
  return gatewayError(404, 'InvalidResourceNamespace', `The resource namespace '${asked}' is invalid.`);
}

const resourceRow = ({ properties: _properties, ...row }: ArmResource) => row;

function filtered(call: Call, rows: ArmResource[]): ArmResource[] {
  const text = call.url.searchParams.get('$filter') ?? '';
  const type = /resourceType eq '([^']+)'/i.exec(text)?.[1]?.toLowerCase();
  const tag = /tagName eq '([^']+)'(?: and tagValue eq '([^']*)')?/i.exec(text);
  return rows.filter((row) => {
    const value = tag === null ? undefined : row.tags?.[tag[1] as string];
    const tagged = tag === null || (value !== undefined && (tag[2] === undefined || value === tag[2]));
    return tagged && (type === undefined || row.type.toLowerCase() === type);
  });
}

const inGroup = (call: Call, rows: ArmResource[]): ArmResource[] =>
  rows.filter(
    ({ id }) => parseResourceId(id).group.toLowerCase() === (call.params['group'] ?? '').toLowerCase(),
  );

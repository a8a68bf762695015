import type { Core } from '../../core.ts';
import { parseResourceId, type ResourceGroup } from '../../resources.ts';
import type { GraphRow } from './graph-sources.ts';
import type { Row } from './kql-evaluate.ts';

/** A row with Resource Graph's columns; type, group and subscription in lower case. */
export function dress(core: Core, row: GraphRow): Row {
  const { subscription, group } = parseResourceId(row.id);
  return {
    id: row.id,
    name: row.name,
    type: row.type.toLowerCase(),
    tenantId: core.world.tenantId,
    kind: row.kind ?? '',
    location: row.location ?? '',
    resourceGroup: group.toLowerCase(),
    subscriptionId: subscription.toLowerCase(),
    managedBy: row.managedBy ?? '',
    sku: row.sku ?? null,
    plan: null,
    properties: row.properties ?? {},
    tags: row.tags ?? null,
    identity: row.identity ?? null,
    zones: null,
    extendedLocation: null,
  };
}

/** Tracked resources of the world: what the table `resources` shows. */
export const trackedResources = (core: Core): GraphRow[] =>
  core.resources.list().filter(({ type }) => type.split('/').length === 2);

/** Subscriptions and resource groups: what the table `resourcecontainers` shows. */
export function containers(core: Core): GraphRow[] {
  const subscriptions = core.world.subscriptions.map(({ id, name }) => ({
    id: `/subscriptions/${id}`,
    name,
    type: 'microsoft.resources/subscriptions',
  }));
  return [...subscriptions, ...core.resources.groups().map(groupRow)];
}

const groupRow = ({ subscription, name, location, tags }: ResourceGroup): GraphRow => ({
  id: `/subscriptions/${subscription}/resourceGroups/${name}`,
  name,
  type: 'microsoft.resources/subscriptions/resourcegroups',
  location,
  tags,
});

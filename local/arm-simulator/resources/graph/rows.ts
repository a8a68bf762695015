import type { Core } from '../../core.ts';
import { parseResourceId } from '../../resources.ts';
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
  const named = core.world.subscriptions.flatMap((subscription): GraphRow[] => [
    {
      id: `/subscriptions/${subscription.id}`,
      name: subscription.name,
      type: 'microsoft.resources/subscriptions',
    },
    ...subscription.resourceGroups.map(({ name, location, tags }) =>
      groupRow(subscription.id, name, location, tags),
    ),
  ]);
  const implied = trackedResources(core).map(({ id, location }) => {
    const { subscription, group } = parseResourceId(id);
    return groupRow(subscription, group, location ?? '', {});
  });
  return [...new Map([...implied, ...named].map((row) => [row.id.toLowerCase(), row])).values()];
}

const groupRow = (
  subscription: string,
  name: string,
  location: string,
  tags: Record<string, string>,
): GraphRow => ({
  id: `/subscriptions/${subscription}/resourceGroups/${name}`,
  name,
  type: 'microsoft.resources/subscriptions/resourcegroups',
  location,
  tags,
});

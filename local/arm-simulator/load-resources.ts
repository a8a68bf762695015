import type { Core } from './core.ts';
import { type ArmResource, parseResourceId } from './resources.ts';
import type { World } from './world.ts';

type Seed = World['resources'][number];

/** Puts a world's resources, with shares and containers as children, into the store; an id already there is replaced. */
export function loadResources(core: Pick<Core, 'resources'>, world: World): void {
  for (const { id, resourceGroups } of world.subscriptions) {
    core.resources.addSubscription(id);
    for (const group of resourceGroups) core.resources.putGroup({ subscription: id, ...group });
  }
  for (const seed of world.resources) {
    core.resources.put(resourceOf(seed));
    for (const share of seed.shares)
      core.resources.put(childOf(seed, `fileServices/default/shares/${share}`));
    for (const container of seed.containers) {
      core.resources.put(childOf(seed, `blobServices/default/containers/${container}`));
    }
  }
}

function resourceOf(seed: Seed): ArmResource {
  const { name, type } = parseResourceId(seed.id);
  const { shares: _shares, containers: _containers, kind, sku, identity, managedBy, ...rest } = seed;
  return {
    ...rest,
    name,
    type,
    properties: { provisioningState: 'Succeeded', ...seed.properties },
    ...(kind !== undefined && { kind }),
    ...(sku !== undefined && { sku }),
    ...(identity !== undefined && { identity }),
    ...(managedBy !== undefined && { managedBy }),
  };
}

function childOf(seed: Seed, path: string): ArmResource {
  const id = `${seed.id}/${path}`;
  const { name, type } = parseResourceId(id);
  return { id, name, type, properties: {} };
}

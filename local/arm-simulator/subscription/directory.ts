import type { Core } from '../core.ts';
import { type ArmResource, parseResourceId } from '../resources.ts';
import type { World } from '../world.ts';

/** A resource group as a world names it, or as the first resource in it implies it. */
export interface ResourceGroup {
  readonly subscription: string;
  readonly name: string;
  readonly location: string;
  readonly tags: Record<string, string>;
}

/** Subscriptions and groups, those a world lists and those its resources imply. */
export interface SubscriptionDirectory {
  load(world: World): void;
  subscriptions(): { id: string; name: string }[];
  groups(subscription: string): ResourceGroup[];
  /** Tracked (top-level) resources of a subscription, in order of creation. */
  resources(subscription: string): ArmResource[];
}

/** An empty directory over the core's resources. */
export function createSubscriptionDirectory(core: Core): SubscriptionDirectory {
  const named = new Map<string, string>();
  const listed: ResourceGroup[] = [];
  const top = () => core.resources.list().filter(isTracked);
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
  return {
    load(world) {
      for (const { id, name, resourceGroups } of world.subscriptions) {
        named.set(id.toLowerCase(), name);
        for (const group of resourceGroups) listed.push({ subscription: id, ...group });
      }
    },
    subscriptions() {
      for (const { id } of top()) {
        const { subscription } = parseResourceId(id);
        if (!named.has(subscription.toLowerCase()))
          named.set(subscription.toLowerCase(), 'Simulated subscription');
      }
      return [...named].map(([id, name]) => ({ id, name }));
    },
    groups(subscription) {
      const known = listed.filter((group) => same(group.subscription, subscription));
      for (const resource of top()) {
        const { subscription: owner, group } = parseResourceId(resource.id);
        if (!same(owner, subscription) || group === '' || known.some(({ name }) => same(name, group)))
          continue;
        known.push({ subscription, name: group, location: resource.location ?? 'westeurope', tags: {} });
      }
      return known;
    },
    resources: (subscription) =>
      top().filter(({ id }) => same(parseResourceId(id).subscription, subscription)),
  };
}

const isTracked = ({ type }: ArmResource): boolean => type.split('/').length === 2;

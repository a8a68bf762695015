import type { Core } from '../core.ts';
import { type ArmResource, parseResourceId } from '../resources.ts';
import type { World } from '../world.ts';

/** Subscriptions, those a world lists and those its resources imply. */
export interface SubscriptionDirectory {
  load(world: World): void;
  subscriptions(): { id: string; name: string }[];
  /** Tracked (top-level) resources of a subscription, in order of creation. */
  resources(subscription: string): ArmResource[];
}

/** An empty directory over the core's resources. */
export function createSubscriptionDirectory(core: Core): SubscriptionDirectory {
  const named = new Map<string, string>();
  const top = () => core.resources.list().filter(isTracked);
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
  return {
    load(world) {
      for (const { id, name } of world.subscriptions) named.set(id.toLowerCase(), name);
    },
    subscriptions() {
      for (const { id } of top()) {
        const { subscription } = parseResourceId(id);
        if (!named.has(subscription.toLowerCase()))
          named.set(subscription.toLowerCase(), 'Simulated subscription');
      }
      return [...named].map(([id, name]) => ({ id, name }));
    },
    resources: (subscription) =>
      top().filter(({ id }) => same(parseResourceId(id).subscription, subscription)),
  };
}

const isTracked = ({ type }: ArmResource): boolean => type.split('/').length === 2;

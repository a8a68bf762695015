import type { ProviderFactory } from '../core.ts';
import { groupRoutes } from './group-routes.ts';
import { metadataRoutes } from './metadata.ts';
import { createSubscriptionDirectory } from './directory.ts';
import { subscriptionRoutes } from './routes.ts';

/** Tenants, subscriptions, groups and generic resource lists: what clients ask ARM before anything else. */
export const createSubscriptions: ProviderFactory = (core) => {
  const directory = createSubscriptionDirectory(core);
  return {
    name: 'subscriptions',
    routes: [...metadataRoutes, ...groupRoutes(), ...subscriptionRoutes(directory)],
    load: (world) => directory.load(world),
  };
};

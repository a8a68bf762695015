import type { Provider } from '../core.ts';
import { resourceKinds } from './kinds.ts';
import { routesOf } from './resource-routes.ts';
import { tagRoutes } from './tag-routes.ts';

/** Disks, snapshots, virtual machines, storage accounts with shares and containers, tags. */
export const createSourceResources = (): Provider => ({
  name: 'resources',
  routes: [...tagRoutes, ...resourceKinds.flatMap(routesOf)],
  // The world's `resources` are the core's own.
  load: () => undefined,
});

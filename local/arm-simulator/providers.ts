import type { ProviderFactory } from './core.ts';
import { createDataProtection } from './data-protection/provider.ts';
import { createRecoveryServices } from './recovery-services/provider.ts';
import { createAuthorization } from './resources/authorization/provider.ts';
import { createEvents } from './resources/events/provider.ts';
import { createResourceGraph } from './resources/graph/provider.ts';
import { createSourceResources } from './resources/provider.ts';
import { createSubscriptions } from './subscription/provider.ts';

/**
 * Every part of the simulated cloud, in the order its routes are tried.
 *
 * Resource Graph and the events come last: they look at what the others have loaded and answered.
 */
export const providerFactories: readonly ProviderFactory[] = [
  createRecoveryServices,
  createDataProtection,
  createAuthorization,
  createSourceResources,
  createSubscriptions,
  createEvents,
  createResourceGraph,
];

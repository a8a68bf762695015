import type { ProviderFactory } from './core.ts';
import { createRecoveryServices } from './recovery-services/provider.ts';
import { createSubscriptions } from './subscription/provider.ts';

/** Every part of the simulated cloud, in the order its routes are tried. */
export const providerFactories: readonly ProviderFactory[] = [createRecoveryServices, createSubscriptions];

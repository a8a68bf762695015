import type { ProviderFactory } from '../core.ts';

/** Recovery Services vaults and everything below them. */
export const createRecoveryServices: ProviderFactory = (_core) => ({
  name: 'recoveryServices',
  routes: [],
  load: () => undefined,
});

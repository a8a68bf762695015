import type { ProviderFactory } from '../core.ts';
import { addGraphSource } from '../resources/graph/graph-sources.ts';
import { backupRoutes } from './backup-route.ts';
import { backupStatusRoutes } from './backup-status-route.ts';
import { containerRoutes } from './container-routes.ts';
import { graphRows } from './graph-rows.ts';
import { itemRoutes } from './item-routes.ts';
import { jobRoutes } from './job-routes.ts';
import { loadRecoveryServices } from './load.ts';
import { operationRoutes } from './operation-routes.ts';
import { policyRoutes } from './policy-routes.ts';
import { protectableRoutes } from './protectable-routes.ts';
import { recoveryPointRoutes } from './recovery-point-routes.ts';
import { resourceGuardRoutes } from './resource-guard.ts';
import { restoreRoutes } from './restore-route.ts';
import type { RecoveryServices } from './state.ts';
import { validateRestoreRoutes } from './validate-restore.ts';
import { usageRoutes } from './usage-routes.ts';
import { vaultConfigRoutes } from './vault-config-routes.ts';
import { vaultRoutes } from './vault-routes.ts';

/** Recovery Services vaults and everything below them. */
export const createRecoveryServices: ProviderFactory = (core) => {
  const seed = core.world.recoveryServices;
  const rsv: RecoveryServices = { core, vaults: new Map(), behaviours: new Map(), counters: new Map(), seed };
  const parts = [
    vaultRoutes,
    vaultConfigRoutes,
    usageRoutes,
    policyRoutes,
    resourceGuardRoutes,
    containerRoutes,
    protectableRoutes,
    operationRoutes,
    recoveryPointRoutes,
    backupRoutes,
    restoreRoutes,
    validateRestoreRoutes,
    itemRoutes,
    jobRoutes,
    backupStatusRoutes,
  ];
  addGraphSource(core, 'recoveryservicesresources', () => graphRows(rsv));
  return {
    name: 'recoveryServices',
    routes: parts.flatMap((routes) => routes(rsv)),
    load: (world) => loadRecoveryServices(rsv, world),
  };
};

import type { Core, Provider } from '../core.ts';
import { addGraphSource, type GraphRow } from '../resources/graph/graph-sources.ts';
import { backupRoutes } from './backup.ts';
import { deleteRoutes } from './delete.ts';
import { guardRoutes } from './guard.ts';
import { instanceRoutes, showInstance } from './instances.ts';
import { showJob } from './job-body.ts';
import { jobRoutes } from './job-routes.ts';
import { loadDataProtection } from './load.ts';
import { operationRoutes } from './operation-routes.ts';
import { policyRoutes, showPolicy } from './policies.ts';
import { protectRoutes } from './protect.ts';
import { recoveryPointRoutes } from './recovery-points.ts';
import { restoreRoutes } from './restore.ts';
import { locationRoutes } from './location-routes.ts';
import { dataProtectionSeedSchema } from './seed.ts';
import { createState, type DataProtectionState } from './state.ts';
import { stopRoutes } from './stop.ts';
import { validateRoutes } from './validate.ts';
import { vaultRoutes } from './vaults.ts';

/** Backup vaults: everything of `Microsoft.DataProtection`. */
export function createDataProtection(core: Core): Provider {
  const state = createState(core, dataProtectionSeedSchema.parse({}));
  addGraphSource(core, 'recoveryservicesresources', () => graphRows(state));
  return {
    name: 'dataProtection',
    routes: [
      ...operationRoutes(state),
      ...vaultRoutes(state),
      ...validateRoutes(state),
      ...protectRoutes(state),
      ...instanceRoutes(state),
      ...backupRoutes(state),
      ...stopRoutes(state),
      ...deleteRoutes(state),
      ...jobRoutes(state),
      ...recoveryPointRoutes(state),
      ...policyRoutes(state),
      ...guardRoutes(state),
      ...restoreRoutes(state),
      ...locationRoutes(),
    ],
    load: (world) => loadDataProtection(state, world),
  };
}

function graphRows(state: DataProtectionState): GraphRow[] {
  const now = state.core.clock.now();
  return [
    ...[...state.instances.values()].map(showInstance),
    ...[...state.policies.values()].map(showPolicy),
    ...[...state.jobs.values()].map((job) => showJob(job, now)),
  ] as GraphRow[];
}

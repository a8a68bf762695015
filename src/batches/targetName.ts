import { shareId } from '../estate/candidates.ts';
import type { Target } from '../runs/request.ts';

/** The ARM id of what a target names; of a database the vault with container and database. */
export function targetName(target: Target): string {
  if ('id' in target) return target.id;
  switch (target.kind) {
    case 'fileShare':
      return shareId(target.storageAccountId, target.share);
    case 'virtualMachine':
      return target.virtualMachineId;
    case 'workload':
      return `${target.vaultId}/${target.container}/${target.database}`;
    case 'disk':
    case 'blobs':
      return target.datasourceId;
  }
}

import type { JsonObject } from '../arm/call.ts';
import { ancestorId, sameId } from '../arm/resourceId.ts';
import type { LongRunning } from '../steps/step.ts';

/** Backup vaults; recorded working in November 2025. The version decides whether creating an instance answers 201 or 202. */
export const dataProtectionApiVersion = '2025-07-01';

/** The first version with automatic protection of blob containers; used for nothing else. */
export const autoProtectionApiVersion = '2026-03-01';

/** The Backup vault in which an instance, a policy or a job lies; the id itself when it lies in none. */
export const backupVaultIdOf = (id: string): string => ancestorId(id, 'backupVaults') ?? id;

/** Whether an id is a backup instance's own. */
export const isInstanceId = (id: string): boolean => {
  const instance = ancestorId(id, 'backupInstances');
  return instance !== undefined && sameId(instance, id) && ancestorId(id, 'backupVaults') !== undefined;
};

/** Whether something belongs to the vault, ids compared whole. */
export const isOfVault = (id: string, vaultId: string): boolean => sameId(backupVaultIdOf(id), vaultId);

/** Where soft delete shows an instance. */
export const deletedInstanceId = (instanceId: string): string =>
  `${backupVaultIdOf(instanceId)}/deletedBackupInstances/${instanceId.split('/').at(-1) ?? ''}`;

/** Data Protection operations: `Azure-AsyncOperation`; the status document sits at the vault. */
export const followStatus = (defaultWaitSeconds: number): LongRunning<JsonObject> => ({
  follow: 'status',
  defaultWaitSeconds,
});

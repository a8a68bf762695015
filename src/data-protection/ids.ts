import { ancestorId, sameId } from '../arm/resourceId.ts';

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

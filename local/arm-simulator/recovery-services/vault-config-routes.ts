import type { ArmReply } from '../exchange.ts';
import { json } from '../replies.ts';
import type { Route } from '../core.ts';
import { armId } from './names.ts';
import type { RecoveryServices } from './state.ts';
import { action, askedProperties, inVault, type VaultCall, vaultPath } from './vault-call.ts';

/** Soft delete settings under their older path, and the redundancy of the backup storage. */
export function vaultConfigRoutes(rsv: RecoveryServices): Route[] {
  const path = `${vaultPath}/backupconfig/vaultconfig`;
  return [
    {
      name: 'recoveryServices.vaultConfig',
      method: 'GET',
      path,
      action: action('backupconfig/read'),
      bucket: 'provider',
      handle: inVault(rsv, (asked) => json(200, body(asked))),
    },
    {
      name: 'recoveryServices.vaultStorageConfig',
      method: 'GET',
      path: `${vaultPath}/backupstorageconfig/vaultstorageconfig`,
      action: action('backupstorageconfig/read'),
      bucket: 'provider',
      handle: inVault(rsv, (asked) => json(200, storageConfig(asked))),
    },
    {
      name: 'recoveryServices.patchVaultConfig',
      method: 'PATCH',
      path,
      action: action('backupconfig/write'),
      handle: inVault(rsv, change),
    },
    {
      name: 'recoveryServices.putVaultConfig',
      method: 'PUT',
      path,
      action: action('backupconfig/write'),
      handle: inVault(rsv, change),
    },
  ];
}

function storageConfig({ vault }: VaultCall): unknown {
  return {
    id: armId(`${vault.id}/backupstorageconfig/vaultstorageconfig`),
    name: 'vaultstorageconfig',
    type: 'Microsoft.RecoveryServices/vaults/backupstorageconfig',
    properties: {
      storageModelType: vault.seed.redundancy,
      storageType: vault.seed.redundancy,
      storageTypeState: vault.items.size > 0 ? 'Locked' : 'Unlocked',
      crossRegionRestoreFlag: false,
    },
  };
}

function body({ vault }: VaultCall): unknown {
  return {
    id: armId(`${vault.id}/backupconfig/vaultconfig`),
    name: 'vaultconfig',
    type: 'Microsoft.RecoveryServices/vaults/backupconfig',
    properties: {
      enhancedSecurityState: 'Enabled',
      softDeleteFeatureState: vault.softDelete,
      softDeleteRetentionPeriodInDays: vault.softDeleteDays,
      isSoftDeleteFeatureStateEditable: vault.softDelete !== 'AlwaysON',
    },
  };
}

function change(asked: VaultCall): ArmReply {
  const { vault, call } = asked;
  const { softDeleteFeatureState: state, softDeleteRetentionPeriodInDays: days } = askedProperties(call);
  if (state === 'Enabled' || state === 'Disabled' || state === 'AlwaysON') vault.softDelete = state;
  if (typeof days === 'number') vault.softDeleteDays = days;
  return json(200, body(asked));
}

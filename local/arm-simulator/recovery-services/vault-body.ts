import { netTime } from './time-format.ts';
import { armId } from './names.ts';
import type { RecoveryServices, Vault } from './state.ts';

/** A Recovery Services vault as ARM shows it. */
export function vaultBody({ core }: RecoveryServices, vault: Vault): Record<string, unknown> {
  const { tags, location } = vault.seed;
  const identity = core.resources.get(vault.id)?.identity;
  return {
    location,
    name: vault.name,
    etag: `W/"datetime'${encodeURIComponent(netTime(vault.changedAt))}'"`,
    ...(Object.keys(tags).length > 0 && { tags }),
    ...(identity !== undefined && { identity }),
    properties: vaultProperties(vault),
    id: armId(vault.id),
    type: 'Microsoft.RecoveryServices/vaults',
    sku: { name: 'Standard' },
  };
}

function vaultProperties(vault: Vault): Record<string, unknown> {
  return {
    provisioningState: vault.provisioned,
    privateEndpointStateForBackup: 'None',
    privateEndpointStateForSiteRecovery: 'None',
    monitoringSettings: {
      azureMonitorAlertSettings: enabled([
        'alertsForAllJobFailures',
        'alertsForAllReplicationIssues',
        'alertsForAllFailoverIssues',
      ]),
      classicAlertSettings: enabled(['alertsForCriticalOperations', 'emailNotificationsForSiteRecovery']),
    },
    ...(vault.provisioned === 'Succeeded' && {
      backupStorageVersion: vault.items.size > 0 ? 'V1' : 'Unassigned',
    }),
    securitySettings: securitySettings(vault),
    redundancySettings: {
      standardTierStorageRedundancy: vault.seed.redundancy,
      crossRegionRestore: 'Disabled',
    },
    secureScore: 'None',
    bcdrSecurityLevel: 'Poor',
    publicNetworkAccess: 'Enabled',
    restoreSettings: { crossSubscriptionRestoreSettings: { crossSubscriptionRestoreState: 'Enabled' } },
  };
}

const enabled = (names: string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, 'Enabled']));

function securitySettings({ provisioned, softDelete, softDeleteDays, seed }: Vault): Record<string, unknown> {
  const softDeleteSettings = {
    softDeleteRetentionPeriodInDays: softDeleteDays,
    softDeleteState: softDelete,
    enhancedSecurityState: 'Enabled',
  };
  const guarded = seed.resourceGuardId === undefined ? 'Disabled' : 'Enabled';
  return {
    ...(provisioned === 'Succeeded' && { softDeleteSettings }),
    multiUserAuthorization: provisioned === 'Succeeded' ? guarded : 'Invalid',
    sourceScanConfiguration: { state: 'Disabled' },
  };
}

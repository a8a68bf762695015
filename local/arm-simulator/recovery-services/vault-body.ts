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
    securitySettings: {
      softDeleteSettings: {
        softDeleteRetentionPeriodInDays: vault.softDeleteDays,
        softDeleteState: vault.softDelete,
        enhancedSecurityState: vault.softDelete,
      },
      multiUserAuthorization: vault.seed.resourceGuardId === undefined ? 'Disabled' : 'Enabled',
      sourceScanConfiguration: { state: 'Disabled' },
    },
    redundancySettings: { standardTierStorageRedundancy: 'GeoRedundant', crossRegionRestore: 'Disabled' },
    secureScore: 'None',
    bcdrSecurityLevel: 'Poor',
    publicNetworkAccess: 'Enabled',
    restoreSettings: { crossSubscriptionRestoreSettings: { crossSubscriptionRestoreState: 'Enabled' } },
  };
}

const enabled = (names: string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, 'Enabled']));

import type { Call } from '../core.ts';
import { armId, protectedName } from './names.ts';
import type { Item, Vault } from './state.ts';
import { neverBackedUp, netTime, timeSpan } from './time-format.ts';
import { parseResourceId } from '../resources.ts';

/** Canonical ARM id of a protected item. */
export const itemId = (vault: Vault, item: Item): string =>
  armId(
    `${vault.id}/backupFabrics/Azure/protectionContainers/${item.container.inProtected}/protectedItems/${protectedName(item.source)}`,
  );

/** How an item is shown. */
interface ItemView {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Origin for `vaultId`, which is a URL. */
  readonly origin: string;
  /** With `extendedInfo` for a share: lists when `$filter=expand eq 'extendedinfo'` asks, single reads always. */
  readonly extended: boolean;
}

/** The view a call asks for. */
export const askedView = ({ now, url }: Call): ItemView => ({
  now,
  origin: url.origin,
  extended: /extendedinfo/i.test(url.searchParams.get('$filter') ?? ''),
});

/** A protected item as the service writes it. */
export function itemBody(vault: Vault, item: Item, view: ItemView): Record<string, unknown> {
  return {
    id: itemId(vault, item),
    name: protectedName(item.source),
    type: 'Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems',
    properties: { ...kindFields(item, view), ...commonFields(vault, item, view) },
  };
}

function commonFields(vault: Vault, item: Item, { now, origin }: ItemView): Record<string, unknown> {
  return {
    friendlyName: item.source.friendlyName,
    protectionStatus: item.state === 'ProtectionError' ? 'Unhealthy' : 'Healthy',
    protectionState: item.state,
    lastBackupStatus: item.lastBackupStatus,
    backupManagementType: item.source.kind,
    containerName: item.container.field,
    ...(item.extendedProperties !== undefined && { extendedProperties: item.extendedProperties }),
    ...(item.policy !== undefined && { policyId: armId(`${vault.id}/backupPolicies/${item.policy}`) }),
    vaultId: `${origin}${armId(vault.id)}`,
    ...softDeleteFields(item, now),
    isArchiveEnabled: false,
    softDeleteRetentionPeriod: item.softDeleted === undefined ? 0 : vault.softDeleteDays,
  };
}

function softDeleteFields({ softDeleted }: Item, now: number): Record<string, unknown> {
  if (softDeleted === undefined) return {};
  return {
    deferredDeleteTimeInUTC: netTime(softDeleted.since),
    isScheduledForDeferredDelete: true,
    deferredDeleteTimeRemaining: timeSpan(Math.max(0, softDeleted.until - now)),
  };
}

function kindFields(item: Item, { extended }: ItemView): Record<string, unknown> {
  switch (item.source.kind) {
    case 'AzureStorage':
      return {
        protectedItemType: 'AzureFileShareProtectedItem',
        workloadType: 'AzureFileShare',
        sourceResourceId: item.source.resourceId.replace('Microsoft.Storage', 'Microsoft.storage'),
        ...(item.lastBackupAt !== undefined && { lastBackupTime: netTime(item.lastBackupAt) }),
        ...(extended && { extendedInfo: shareExtendedInfo(item) }),
      };
    case 'AzureIaasVM':
      return machineFields(item);
    case 'AzureWorkload':
      return databaseFields(item);
  }
}

function shareExtendedInfo({ recoveryPoints }: Item): Record<string, unknown> {
  const oldest = recoveryPoints.at(-1);
  return {
    ...(oldest !== undefined && { oldestRecoveryPoint: netTime(oldest.at) }),
    recoveryPointCount: recoveryPoints.length,
    policyState: 'Consistent',
  };
}

function machineFields(item: Item): Record<string, unknown> {
  const { resourceId } = item.source;
  const newest = item.recoveryPoints[0];
  return {
    virtualMachineId: resourceId,
    healthStatus: 'Passed',
    ...(newest !== undefined && { healthDetails: [healthy], lastRecoveryPoint: netTime(newest.at) }),
    lastBackupTime: item.lastBackupAt === undefined ? neverBackedUp : netTime(item.lastBackupAt),
    protectedItemDataId: item.dataId,
    ...(item.policy !== undefined && { policyType: 'V1', policyName: item.policy }),
    protectedItemType: 'Microsoft.Compute/virtualMachines',
    workloadType: 'VM',
    sourceResourceId: resourceId,
  };
}

const healthy = {
  code: 400239,
  title: 'IaasVmHealthGreenDefault',
  message: 'Backup pre-check status of this virtual machine is OK.',
  recommendations: [],
};

function databaseFields(item: Item): Record<string, unknown> {
  const { source, recoveryPoints } = item;
  const hana = source.database?.type === 'SAPHANA';
  const [newest, oldest] = [recoveryPoints[0], recoveryPoints.at(-1)];
  return {
    serverName: parseResourceId(source.resourceId).name.slice(0, 15),
    parentName: source.database?.instance,
    parentType: hana ? 'SAPHanaSystem' : 'AzureVmWorkloadSQLInstance',
    ...(item.lastBackupAt !== undefined && { lastBackupTime: netTime(item.lastBackupAt) }),
    ...(item.lastError !== undefined && {
      lastBackupErrorDetail: { code: 'CloudInternalError', message: item.lastError, recommendations: [] },
    }),
    protectedItemDataSourceId: item.dataId,
    protectedItemHealthStatus: item.lastBackupStatus,
    extendedInfo: {
      ...(oldest !== undefined && { oldestRecoveryPoint: netTime(oldest.at) }),
      recoveryPointCount: recoveryPoints.length,
      policyState: 'Consistent',
      ...(!hana && { recoveryModel: 'SIMPLE' }),
    },
    ...(newest !== undefined && { lastRecoveryPoint: netTime(newest.at) }),
    protectedItemType: hana ? 'AzureVmWorkloadSAPHanaDatabase' : 'AzureVmWorkloadSQLDatabase',
    workloadType: hana ? 'SAPHanaDatabase' : 'SQLDataBase',
    sourceResourceId: source.resourceId,
  };
}

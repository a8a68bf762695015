import type { RoleDefinition } from './role-definition.ts';

const under = (prefix: string, ...tails: readonly string[]) => tails.map((tail) => `${prefix}/${tail}`);

const dataProtection = 'Microsoft.DataProtection';
const backupVaults = `${dataProtection}/backupVaults`;
const instances = `${backupVaults}/backupInstances`;
const vaults = 'Microsoft.RecoveryServices/vaults';
const fabrics = `${vaults}/backupFabrics`;
const containers = `${fabrics}/protectionContainers`;
const items = `${containers}/protectedItems`;

// Shared by the three backup roles; writing and backing up an instance is in all three, Backup Reader included.
const dataProtectionForAll = [
  ...under(instances, 'read', 'write', 'backup/action', 'validateRestore/action', 'restore/action'),
  ...under(instances, 'recoveryPoints/read', 'operationResults/read', 'findRestorableTimeRanges/action'),
  ...under(backupVaults, 'read', 'deletedBackupInstances/read', 'backupPolicies/read'),
  ...under(backupVaults, 'operationResults/read', 'operationStatus/read', 'validateForBackup/action'),
  ...under(`${dataProtection}/locations`, 'operationStatus/read', 'operationResults/read'),
  `${dataProtection}/locations/checkFeatureSupport/action`,
];

const guardProxies = under(
  `${backupVaults}/backupResourceGuardProxies`,
  'read',
  'write',
  'delete',
  'unlockDelete/action',
);

const recoveryServicesForAll = [
  ...under(vaults, 'read', 'usages/read', 'backupUsageSummaries/read', 'backupOperations/read'),
  ...under(vaults, 'backupJobs/read', 'backupJobs/operationResults/read', 'backupOperationResults/read'),
  ...under(
    vaults,
    'backupPolicies/read',
    'backupPolicies/operationResults/read',
    'backupProtectedItems/read',
  ),
  ...under(vaults, 'backupProtectionContainers/read'),
  ...under(fabrics, 'operationResults/read'),
  ...under(containers, 'read', 'operationResults/read'),
  ...under(items, 'read', 'operationResults/read', 'operationsStatus/read', 'recoveryPoints/read'),
  'Microsoft.RecoveryServices/locations/backupStatus/action',
  'Microsoft.Authorization/*/read',
];

const guardProxiesOfVaults = under(
  `${vaults}/backupResourceGuardProxies`,
  'read',
  'write',
  'delete',
  'unlockDelete/action',
);

const operator = [
  ...dataProtectionForAll,
  ...guardProxies,
  `${instances}/validateForModifyBackup/action`,
  ...recoveryServicesForAll,
  ...guardProxiesOfVaults,
  ...under(vaults, 'backupJobs/*', 'backupOperationResults/*', 'backupProtectableItems/*'),
  ...under(fabrics, 'refreshContainers/action', 'protectableContainers/read'),
  ...under(containers, 'write', 'inquire/action'),
  ...under(items, 'write', 'backup/action', 'recoveryPoints/restore/action'),
  'Microsoft.Resources/subscriptions/resourceGroups/read',
  'Microsoft.Storage/storageAccounts/read',
];

// Only Backup Operator has these.
const validation = under(
  vaults,
  'backupTriggerValidateOperation/action',
  'backupValidateOperationResults/read',
  'backupValidateOperationsStatuses/read',
);

const contributor = [
  ...operator,
  ...under(instances, 'delete', 'suspendBackups/action'),
  ...under(backupVaults, 'write', 'backupPolicies/write', 'backupPolicies/delete'),
  `${backupVaults}/deletedBackupInstances/undelete/action`,
  `${dataProtection}/locations/checkNameAvailability/action`,
  ...under(vaults, 'write', 'backupPolicies/*', 'backupProtectedItems/*', 'backupProtectionContainers/*'),
  ...under(
    vaults,
    'backupconfig/*',
    'backupstorageconfig/*',
    'operationStatus/read',
    'operationResults/read',
  ),
  `${containers}/*`,
];

const role = (name: string, guid: string, actions: readonly string[]): RoleDefinition => ({
  name,
  guid,
  actions,
  notActions: [],
});

/** The backup roles; nobody may stop, resume or sync an instance, and only Reader reads Backup vault jobs. */
export const backupRoles: readonly RoleDefinition[] = [
  role('Backup Contributor', '5e467623-bb1f-42f4-a55d-6e525e11384b', contributor),
  role('Backup Operator', '00c29273-979b-4161-815c-10b084fb9324', [...operator, ...validation]),
  role('Backup Reader', 'a795c7a0-d4a2-40c1-ae25-d81f01202912', [
    ...dataProtectionForAll,
    ...recoveryServicesForAll,
    ...under(vaults, 'backupconfig/read', 'backupstorageconfig/read'),
  ]),
  role('Backup MUA Operator', 'f54b6d04-23c6-443e-b462-9c16ab7b4a52', [
    `${dataProtection}/*/action`,
    `${dataProtection}/*/read`,
    'Microsoft.Authorization/*/read',
  ]),
];

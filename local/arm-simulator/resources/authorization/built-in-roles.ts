import { backupRoles } from './backup-roles.ts';
import type { RoleDefinition } from './role-definition.ts';

const role = (
  name: string,
  guid: string,
  actions: readonly string[],
  notActions: readonly string[] = [],
) => ({
  name,
  guid,
  actions,
  notActions,
});

const storage = 'Microsoft.Storage/storageAccounts';
const readsRoles = 'Microsoft.Authorization/*/read';
const readsGroups = 'Microsoft.Resources/subscriptions/resourceGroups/read';

const sourceRoles: readonly RoleDefinition[] = [
  role('Disk Backup Reader', '3e5e47e6-65f7-47ef-90b5-e5dd4d455f24', [
    readsRoles,
    'Microsoft.Compute/disks/read',
    'Microsoft.Compute/disks/beginGetAccess/action',
  ]),
  role('Disk Snapshot Contributor', '7efff54f-a5b4-42b5-a1c5-5411624893ce', [
    readsRoles,
    readsGroups,
    'Microsoft.Compute/snapshots/delete',
    'Microsoft.Compute/snapshots/write',
    'Microsoft.Compute/snapshots/read',
    'Microsoft.Compute/snapshots/beginGetAccess/action',
    'Microsoft.Compute/snapshots/endGetAccess/action',
    'Microsoft.Compute/disks/beginGetAccess/action',
    `${storage}/listkeys/action`,
    `${storage}/write`,
    `${storage}/read`,
    `${storage}/delete`,
  ]),
  role('Disk Restore Operator', 'b50d9833-a0cb-478e-945f-707fcc997c13', [
    readsRoles,
    readsGroups,
    'Microsoft.Compute/disks/write',
    'Microsoft.Compute/disks/read',
  ]),
  role('Storage Account Backup Contributor', 'e5e2a7ff-d759-4cd2-bb51-3152d37e2eb1', [
    readsRoles,
    readsGroups,
    'Microsoft.Authorization/locks/write',
    'Microsoft.Authorization/locks/delete',
    `${storage}/objectReplicationPolicies/read`,
    `${storage}/objectReplicationPolicies/write`,
    `${storage}/objectReplicationPolicies/delete`,
    `${storage}/blobServices/containers/read`,
    `${storage}/blobServices/containers/write`,
    `${storage}/blobServices/read`,
    `${storage}/blobServices/write`,
    `${storage}/read`,
    `${storage}/restoreBlobRanges/action`,
  ]),
  role('PostgreSQL Flexible Server Long Term Retention Backup Role', 'c088a766-074b-43ba-90d4-1fb21feae531', [
    'Microsoft.DBforPostgreSQL/flexibleServers/ltrBackupOperations/read',
    'Microsoft.DBforPostgreSQL/flexibleServers/ltrPreBackup/action',
    'Microsoft.DBforPostgreSQL/flexibleServers/startLtrBackup/action',
    'Microsoft.Resources/subscriptions/read',
    readsGroups,
  ]),
];

const generalRoles: readonly RoleDefinition[] = [
  role('Owner', '8e3af657-a8ff-443c-a75c-2fe8c4bcb635', ['*']),
  role(
    'Contributor',
    'b24988ac-6180-42a0-ab88-20f7382dd24c',
    ['*'],
    ['Microsoft.Authorization/*/Delete', 'Microsoft.Authorization/*/Write'],
  ),
  role('Reader', 'acdd72a7-3385-48ef-bd42-f606fba81ae7', ['*/read']),
  role('Storage Account Contributor', '17d1049b-9a84-46fb-8f53-869881c3d3ab', [
    readsRoles,
    readsGroups,
    `${storage}/*`,
  ]),
  role('Role Based Access Control Administrator', 'f58310d9-a9f6-439a-9e8d-f62e7b41a168', [
    'Microsoft.Authorization/roleAssignments/write',
    'Microsoft.Authorization/roleAssignments/delete',
    '*/read',
  ]),
  role('User Access Administrator', '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9', [
    '*/read',
    'Microsoft.Authorization/*',
  ]),
  role('EventGrid EventSubscription Contributor', '428e0ff0-5e57-4d9c-a221-2c70d0e0a443', [
    readsRoles,
    readsGroups,
    'Microsoft.EventGrid/eventSubscriptions/*',
  ]),
  role('Storage Blob Data Contributor', 'ba92f5b4-2d11-453d-a403-e96b0029c9fe', [
    `${storage}/blobServices/containers/read`,
    `${storage}/blobServices/containers/write`,
    `${storage}/blobServices/containers/delete`,
  ]),
  role('Storage Blob Data Owner', 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b', [
    `${storage}/blobServices/containers/*`,
  ]),
  role('Storage File Data Privileged Contributor', '69566ab7-960f-475b-8e7c-b3118f30c6bd', []),
  role('Storage Queue Data Contributor', '974c5e8b-45b9-4653-ba55-5f855dd0fb88', [
    `${storage}/queueServices/queues/read`,
    `${storage}/queueServices/queues/write`,
    `${storage}/queueServices/queues/delete`,
  ]),
  role('Storage Table Data Contributor', '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3', [
    `${storage}/tableServices/tables/read`,
    `${storage}/tableServices/tables/write`,
    `${storage}/tableServices/tables/delete`,
  ]),
];

/** The built-in roles a backup set-up meets, with the control-plane actions the simulator can be asked for. */
export const builtInRoles: readonly RoleDefinition[] = [...sourceRoles, ...backupRoles, ...generalRoles];

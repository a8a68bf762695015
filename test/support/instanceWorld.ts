import type { WorldSeed } from '../../local/arm-simulator/world.ts';

const subscription = '/subscriptions/33333333-4444-4555-8666-777777777777';

/** The Backup vault of every disk and blob test. */
export const backupVaultId = `${subscription}/resourceGroups/backup/providers/Microsoft.DataProtection/backupVaults/snapshots-west`;

/** Object id of that vault's identity. */
export const vaultPrincipalId = '99999999-1111-4222-8333-444444444444';

export const diskId = `${subscription}/resourceGroups/apps/providers/Microsoft.Compute/disks/db-data`;
export const accountId = `${subscription}/resourceGroups/apps/providers/Microsoft.Storage/storageAccounts/pictures01`;
export const snapshotResourceGroupId = `${subscription}/resourceGroups/snapshots`;

/** A policy of that vault, by name. */
export const instancePolicyId = (name: string): string => `${backupVaultId}/backupPolicies/${name}`;

type DataProtection = NonNullable<WorldSeed['dataProtection']>;
type Vault = NonNullable<DataProtection['vaults']>[number];

/** One Backup vault, one disk, one storage account with three containers. */
export const instanceWorld = (
  vault: Partial<Vault> = {},
  more: Partial<WorldSeed> = {},
  dataProtection: DataProtection = {},
): WorldSeed => ({
  subscriptions: [
    {
      id: subscription.split('/')[2] ?? '',
      resourceGroups: [{ name: 'apps' }, { name: 'snapshots' }, { name: 'backup' }],
    },
  ],
  resources: [
    { id: diskId, location: 'westeurope' },
    { id: accountId, location: 'westeurope', containers: ['invoices-2025', 'invoices-2026', 'scratch'] },
  ],
  ...more,
  dataProtection: {
    ...dataProtection,
    vaults: [
      {
        id: backupVaultId,
        principalId: vaultPrincipalId,
        policies: [
          { name: 'disks', kind: 'disk' },
          { name: 'vaulted', kind: 'blobVaulted' },
          { name: 'operational', kind: 'blobOperational' },
        ],
        ...vault,
      },
    ],
  },
});

/** The disk's two roles and the account's one, held long since. */
export const everyRole: Partial<WorldSeed> = {
  authorization: {
    assignments: [
      { scope: diskId, role: 'Disk Backup Reader', principalId: vaultPrincipalId },
      { scope: snapshotResourceGroupId, role: 'Disk Snapshot Contributor', principalId: vaultPrincipalId },
      { scope: accountId, role: 'Storage Account Backup Contributor', principalId: vaultPrincipalId },
    ],
  },
};

/** The disk, protected by `disks`. */
export const protectedDisk = {
  name: 'db-data-db-data-1',
  kind: 'disk',
  sourceId: diskId,
  policy: 'disks',
  friendlyName: 'db-data',
  snapshotResourceGroupId,
} as const;

export const diskTarget = { kind: 'disk' as const, vaultId: backupVaultId, datasourceId: diskId };
export const blobsTarget = { kind: 'blobs' as const, vaultId: backupVaultId, datasourceId: accountId };

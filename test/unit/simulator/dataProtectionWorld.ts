import type { WorldSeed } from '../../../local/arm-simulator/world.ts';

const subscription = '/subscriptions/22222222-2222-4222-8222-222222222222';

/** Ids of the small world that the Data Protection tests share. */
export const ids = {
  subscription,
  group: `${subscription}/resourceGroups/apps`,
  snapshots: `${subscription}/resourceGroups/snapshots`,
  vault: `${subscription}/resourceGroups/backup/providers/Microsoft.DataProtection/backupVaults/vault1`,
  disk: `${subscription}/resourceGroups/apps/providers/Microsoft.Compute/disks/disk1`,
  account: `${subscription}/resourceGroups/apps/providers/Microsoft.Storage/storageAccounts/blobs1`,
  vaultPrincipal: '33333333-3333-4333-8333-333333333333',
} as const;

type DataProtection = NonNullable<WorldSeed['dataProtection']>;
type Vault = NonNullable<DataProtection['vaults']>[number];

/** One vault with a policy per kind, one disk, one account with two containers. */
export function backupWorld(vault: Partial<Vault> = {}, more: DataProtection = {}): WorldSeed {
  return {
    subscriptions: [
      {
        id: '22222222-2222-4222-8222-222222222222',
        resourceGroups: [{ name: 'apps' }, { name: 'snapshots' }],
      },
    ],
    resources: [
      { id: ids.disk, location: 'westeurope', tags: { backup: 'daily' } },
      { id: ids.account, location: 'westeurope', containers: ['pictures', 'invoices'] },
    ],
    dataProtection: {
      requireVaultRoles: false,
      ...more,
      vaults: [
        {
          id: ids.vault,
          principalId: ids.vaultPrincipal,
          policies: [
            { name: 'disks', kind: 'disk' },
            { name: 'vaulted', kind: 'blobVaulted' },
            { name: 'operational', kind: 'blobOperational' },
            { name: 'clusters', kind: 'aks' },
          ],
          ...vault,
        },
      ],
    },
  };
}

/** A seeded, protected disk named `disk1`. */
export const protectedDisk = {
  name: 'disk1',
  kind: 'disk',
  sourceId: ids.disk,
  policy: 'disks',
  snapshotResourceGroupId: ids.snapshots,
} as const;

/** The properties of a disk's backup instance as a client sends them. */
export const diskProperties = {
  objectType: 'BackupInstance',
  friendlyName: 'disk1',
  dataSourceInfo: {
    objectType: 'Datasource',
    datasourceType: 'Microsoft.Compute/disks',
    resourceID: ids.disk,
    resourceName: 'disk1',
    resourceType: 'Microsoft.Compute/disks',
    resourceUri: ids.disk,
    resourceLocation: 'westeurope',
  },
  policyInfo: {
    policyId: `${ids.vault}/backupPolicies/disks`,
    policyParameters: {
      dataStoreParametersList: [
        {
          objectType: 'AzureOperationalStoreParameters',
          dataStoreType: 'OperationalStore',
          resourceGroupId: ids.snapshots,
        },
      ],
    },
  },
};

/** The properties of a vaulted blob instance with the given containers; undefined sends no list. */
export const blobProperties = (containersList: readonly string[] | undefined) => ({
  objectType: 'BackupInstance',
  friendlyName: 'blobs1',
  dataSourceInfo: {
    objectType: 'Datasource',
    datasourceType: 'Microsoft.Storage/storageAccounts/blobServices',
    resourceID: ids.account,
    resourceName: 'blobs1',
    resourceType: 'Microsoft.Storage/storageAccounts',
    resourceLocation: 'westeurope',
  },
  policyInfo: {
    policyId: `${ids.vault}/backupPolicies/vaulted`,
    ...(containersList && {
      policyParameters: {
        backupDatasourceParametersList: [{ objectType: 'BlobBackupDatasourceParameters', containersList }],
      },
    }),
  },
});

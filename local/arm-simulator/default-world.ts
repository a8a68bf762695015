import type { WorldSeed } from './world.ts';

const subscription = '/subscriptions/22222222-2222-4222-8222-222222222222';
const group = `${subscription}/resourceGroups/backup-demo`;

const account = `${group}/providers/Microsoft.Storage/storageAccounts/demofiles`;
const disk = `${group}/providers/Microsoft.Compute/disks/demo-disk`;
const blobs = `${group}/providers/Microsoft.Storage/storageAccounts/demoblobs`;
const backupVaultIdentity = '44444444-4444-4444-8444-444444444444';
const machine = `${group}/providers/Microsoft.Compute/virtualMachines/demo-vm`;

/** What a simulator without a world file shows: a vault of each service, accounts with shares and containers, a machine, a disk. */
export const defaultWorld: WorldSeed = {
  subscriptions: [{ id: '22222222-2222-4222-8222-222222222222', name: 'Backup demo' }],
  resources: [
    {
      id: account,
      kind: 'StorageV2',
      sku: { name: 'Standard_LRS', tier: 'Standard' },
      shares: ['documents', 'archive'],
    },
    {
      id: blobs,
      kind: 'StorageV2',
      sku: { name: 'Standard_LRS', tier: 'Standard' },
      containers: ['pictures', 'invoices'],
    },
    { id: machine },
    { id: disk, sku: { name: 'Premium_LRS' } },
  ],
  recoveryServices: {
    vaults: [
      {
        id: `${group}/providers/Microsoft.RecoveryServices/vaults/demo-vault`,
        policies: [{ name: 'daily-files' }],
        items: [
          { storageAccountId: account, share: 'archive', policy: 'daily-files' },
          { virtualMachineId: machine, policy: 'DefaultPolicy' },
          { virtualMachineId: machine, database: 'orders', policy: 'HourlyLogBackup' },
        ],
      },
    ],
    datasources: [{ virtualMachineId: machine, database: 'orders' }],
  },
  dataProtection: {
    vaults: [
      {
        id: `${group}/providers/Microsoft.DataProtection/backupVaults/demo-backup-vault`,
        principalId: backupVaultIdentity,
        policies: [
          { name: 'disks', kind: 'disk' },
          { name: 'blobs', kind: 'blobVaulted' },
        ],
      },
    ],
  },
  authorization: {
    assignments: [
      { scope: disk, role: 'Disk Backup Reader', principalId: backupVaultIdentity },
      { scope: group, role: 'Disk Snapshot Contributor', principalId: backupVaultIdentity },
      { scope: blobs, role: 'Storage Account Backup Contributor', principalId: backupVaultIdentity },
    ],
  },
};

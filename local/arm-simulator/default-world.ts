import type { WorldSeed } from './world.ts';

const subscription = '/subscriptions/22222222-2222-4222-8222-222222222222';
const group = `${subscription}/resourceGroups/backup-demo`;

const account = `${group}/providers/Microsoft.Storage/storageAccounts/demofiles`;
const machine = `${group}/providers/Microsoft.Compute/virtualMachines/demo-vm`;

/** What a simulator without a world file shows: one vault, one account with two shares, one machine, one disk. */
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
      id: `${group}/providers/Microsoft.Storage/storageAccounts/demoblobs`,
      kind: 'StorageV2',
      sku: { name: 'Standard_LRS', tier: 'Standard' },
      containers: ['pictures', 'invoices'],
    },
    { id: machine },
    { id: `${group}/providers/Microsoft.Compute/disks/demo-disk`, sku: { name: 'Premium_LRS' } },
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
};

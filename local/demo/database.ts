import type { Story } from './story.ts';

const group = '/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/shop';
const vaultId = `${group}/providers/Microsoft.RecoveryServices/vaults/shop-databases`;
const virtualMachineId = `${group}/providers/Microsoft.Compute/virtualMachines/shop-sql`;

/** A SQL database in a virtual machine, backed up without disturbing its chain of logs. */
export const database: Story = {
  name: 'database',
  title: 'A SQL database in a virtual machine, copied in full and compressed',
  traps: ['The vault calls the database by a name of its own; it is found by machine and database.'],
  world: {
    resources: [{ id: virtualMachineId }],
    recoveryServices: {
      vaults: [{ id: vaultId, items: [{ virtualMachineId, database: 'orders', policy: 'HourlyLogBackup' }] }],
      datasources: [{ virtualMachineId, database: 'orders', jobs: [{ seconds: 60 }] }],
    },
  },
  faults: [],
  request: {
    path: '/api/backups',
    key: 'demo-database',
    body: {
      target: { kind: 'workload', vaultId, container: 'shop-sql', database: 'orders' },
      backupType: 'CopyOnlyFull',
      compress: true,
      keepFor: 'P7D',
    },
  },
  ending: {
    status: 'completed',
    job: 'Completed',
    steps: ['recoveryServices.backUpNow'],
    effects: { backup: 1 },
  },
};

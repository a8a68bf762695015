import type { Story } from './story.ts';

const group = '/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/shop';
const vaultId = `${group}/providers/Microsoft.RecoveryServices/vaults/shop-vault`;
const virtualMachineId = `${group}/providers/Microsoft.Compute/virtualMachines/shop-vm`;

/** A protected virtual machine, backed up before a release. */
export const virtualMachine: Story = {
  name: 'virtual machine',
  title: 'A protected virtual machine, backed up before a release',
  traps: ['Its job takes the better part of an hour: it is followed to its end, not just accepted.'],
  world: {
    resources: [{ id: virtualMachineId }],
    recoveryServices: {
      vaults: [{ id: vaultId, items: [{ virtualMachineId, policy: 'DefaultPolicy' }] }],
      datasources: [{ virtualMachineId, jobs: [{ seconds: 400 }] }],
    },
  },
  faults: [],
  request: {
    path: '/api/backups',
    key: 'demo-virtual-machine',
    body: { target: { kind: 'virtualMachine', vaultId, virtualMachineId }, keepFor: 'P7D' },
  },
  ending: {
    status: 'completed',
    job: 'Completed',
    steps: ['recoveryServices.backUpNow'],
    effects: { backup: 1 },
  },
};

import type { Story } from './story.ts';

const subscription = '/subscriptions/22222222-2222-4222-8222-222222222222';
const group = `${subscription}/resourceGroups/orders`;
const vaultId = `${group}/providers/Microsoft.DataProtection/backupVaults/orders-vault`;
const datasourceId = `${group}/providers/Microsoft.Compute/disks/orders-data`;

/** A disk that a Backup vault may not even read: roles granted, protected, backed up. */
export const unprotectedDisk: Story = {
  name: 'unprotected disk',
  title: 'A disk that the Backup vault may not read yet: roles, protection, first backup',
  traps: ['The vault has no role on the disk, and none on the resource group of the snapshots.'],
  world: {
    subscriptions: [
      {
        id: '22222222-2222-4222-8222-222222222222',
        resourceGroups: [{ name: 'orders' }, { name: 'snapshots' }],
      },
    ],
    resources: [{ id: datasourceId, location: 'westeurope', sku: { name: 'Premium_LRS' } }],
    dataProtection: { vaults: [{ id: vaultId, policies: [{ name: 'disks', kind: 'disk' }] }] },
  },
  faults: [{ on: 'dataProtection.backup', fault: { kind: 'job', status: 'Completed', seconds: 20 } }],
  request: {
    path: '/api/protections',
    key: 'demo-unprotected-disk',
    body: {
      target: { kind: 'disk', vaultId, datasourceId },
      policyId: `${vaultId}/backupPolicies/disks`,
      snapshotResourceGroupId: `${subscription}/resourceGroups/snapshots`,
      grantRoles: true,
      backUpAfterwards: true,
    },
  },
  ending: {
    status: 'completed',
    job: 'Completed',
    steps: ['resources.grantRole', 'dataProtection.configureProtection', 'dataProtection.backUpInstance'],
    effects: { backup: 1 },
  },
};

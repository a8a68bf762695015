import type { Story } from './story.ts';

const group = '/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/archive';
const vaultId = `${group}/providers/Microsoft.DataProtection/backupVaults/archive-vault`;
const datasourceId = `${group}/providers/Microsoft.Storage/storageAccounts/archiveblobs`;

/** The containers of a storage account that a pattern names, copied into the vault from now on. */
export const vaultedBlobs: Story = {
  name: 'vaulted blobs',
  title: 'The invoices of a storage account, protected in the vault by a pattern',
  traps: [
    'Protected is not what the operation says, but what the instance says minutes later.',
    'Only the containers that the pattern names are protected, not the scratch space beside them.',
  ],
  world: {
    resources: [
      { id: datasourceId, location: 'westeurope', containers: ['invoices-2025', 'invoices-2026', 'scratch'] },
    ],
    authorization: {
      assignments: [
        {
          scope: datasourceId,
          role: 'Storage Account Backup Contributor',
          principalId: '55555555-1111-4222-8333-444444444444',
        },
      ],
    },
    dataProtection: {
      vaults: [
        {
          id: vaultId,
          principalId: '55555555-1111-4222-8333-444444444444',
          policies: [{ name: 'vaulted', kind: 'blobVaulted' }],
        },
      ],
    },
  },
  faults: [],
  request: {
    path: '/api/protections',
    key: 'demo-vaulted-blobs',
    body: {
      target: { kind: 'blobs', vaultId, datasourceId },
      policyId: `${vaultId}/backupPolicies/vaulted`,
      containers: { pattern: 'invoices-*' },
    },
  },
  ending: {
    status: 'completed',
    steps: [
      'resources.listContainers',
      'dataProtection.validateForBackup',
      'dataProtection.configureProtection',
      'dataProtection.awaitProtection',
    ],
    effects: { protect: 1 },
  },
};

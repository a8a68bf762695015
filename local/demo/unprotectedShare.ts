import type { Story } from './story.ts';

const group = '/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/finance';
const vaultId = `${group}/providers/Microsoft.RecoveryServices/vaults/finance-vault`;
const storageAccountId = `${group}/providers/Microsoft.Storage/storageAccounts/financefiles`;

/** From a share that nobody has protected to its first recovery point, by one request. */
export const unprotectedShare: Story = {
  name: 'unprotected share',
  title: 'A file share that nobody has protected, backed up by one request',
  traps: [
    'The vault has never seen the storage account, and lists the share only after an inquiry.',
    'The service will call the share by a hash of 64 digits, not by its name.',
    'One request is throttled (429), one poll of an operation meets an internal error (500).',
  ],
  world: {
    resources: [{ id: storageAccountId, kind: 'StorageV2', shares: ['invoices'] }],
    recoveryServices: {
      vaults: [{ id: vaultId, discovered: [], policies: [{ name: 'daily-files' }] }],
      datasources: [
        { storageAccountId, share: 'invoices', hiddenUntilInquire: true, jobs: [{ seconds: 30 }] },
      ],
    },
  },
  faults: [
    {
      on: 'recoveryServices.protectableItems',
      fault: {
        kind: 'reply',
        status: 429,
        shape: 'gateway',
        code: 'TooManyRequests',
        message: 'The request is being throttled.',
        headers: { 'Retry-After': '2' },
      },
    },
    {
      on: 'recoveryServices.itemStatus',
      fault: { kind: 'reply', status: 500, code: 'CloudInternalError' },
    },
  ],
  request: {
    path: '/api/backups',
    key: 'demo-unprotected-share',
    body: {
      target: { kind: 'fileShare', vaultId, storageAccountId, share: 'invoices' },
      keepFor: 'P30D',
      protectFirst: { policyId: `${vaultId}/backupPolicies/daily-files` },
    },
  },
  ending: {
    status: 'completed',
    job: 'Completed',
    steps: [
      'recoveryServices.refreshContainers',
      'recoveryServices.registerContainer',
      'recoveryServices.inquireContainer',
      'recoveryServices.protectItem',
      'recoveryServices.awaitProtected',
      'recoveryServices.backUpNow',
    ],
    effects: { protect: 1, backup: 1 },
  },
};

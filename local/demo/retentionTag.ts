import type { Story } from './story.ts';

const group = '/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/ledger';
const vaultId = `${group}/providers/Microsoft.DataProtection/backupVaults/ledger-vault`;
const diskId = `${group}/providers/Microsoft.Compute/disks/ledger-data`;

const store = { dataStoreType: 'OperationalStore', objectType: 'DataStoreInfoBase' };
const backupRule = (name: string) => ({ name, objectType: 'AzureBackupRule', dataStore: store });
const retentionRule = (name: string, duration: string) => ({
  name,
  objectType: 'AzureRetentionRule',
  isDefault: name === 'Default',
  lifecycles: [{ deleteAfter: { objectType: 'AbsoluteDeleteOption', duration }, sourceDataStore: store }],
});

/** A backup instance by its id, kept longer than its policy would by a retention tag. */
export const retentionTag: Story = {
  name: 'retention tag',
  title: 'An ad-hoc backup of a backup instance, kept for a year by its tag',
  traps: [
    'The policy has two backup rules: the request has to say which.',
    'Its snapshot is over in seconds: the run says so just as fast.',
  ],
  world: {
    resources: [{ id: diskId, location: 'westeurope' }],
    dataProtection: {
      vaults: [
        {
          id: vaultId,
          policies: [
            {
              name: 'ledgers',
              properties: {
                objectType: 'BackupPolicy',
                datasourceTypes: ['Microsoft.Compute/disks'],
                policyRules: [
                  backupRule('BackupHourly'),
                  backupRule('BackupWeekly'),
                  retentionRule('Default', 'P7D'),
                  retentionRule('Yearly', 'P365D'),
                ],
              },
            },
          ],
          instances: [{ name: 'ledger-data-1', kind: 'disk', sourceId: diskId, policy: 'ledgers' }],
        },
      ],
    },
  },
  faults: [{ on: 'dataProtection.backup', fault: { kind: 'job', status: 'Completed', seconds: 20 } }],
  request: {
    path: '/api/backups',
    key: 'demo-retention-tag',
    body: {
      target: { id: `${vaultId}/backupInstances/ledger-data-1` },
      backupRule: 'BackupWeekly',
      retentionTag: 'Yearly',
    },
  },
  ending: {
    status: 'completed',
    job: 'Completed',
    steps: ['dataProtection.findInstance', 'dataProtection.getBackupPolicy', 'dataProtection.backUpInstance'],
    effects: { backup: 1 },
  },
};

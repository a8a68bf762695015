import type { WorldSeed } from '../arm-simulator/world.ts';

const subscriptionId = '22222222-2222-4222-8222-222222222222';
const subscription = `/subscriptions/${subscriptionId}`;
const group = `${subscription}/resourceGroups/night-shift`;
const filesVaultId = `${group}/providers/Microsoft.RecoveryServices/vaults/night-files`;
const disksVaultId = `${group}/providers/Microsoft.DataProtection/backupVaults/night-disks`;
const archiveId = `${group}/providers/Microsoft.Storage/storageAccounts/nightarchive`;
const principalId = '77777777-7777-4777-8777-777777777777';

/** Resources that appear while the story is told. */
export const newDiskId = `${group}/providers/Microsoft.Compute/disks/ledger-data`;
export const newAccountId = `${group}/providers/Microsoft.Storage/storageAccounts/ledgerblobs`;

const shares = Array.from({ length: 12 }, (_, at) => `archive-${String(at + 1).padStart(2, '0')}`);

/** The plan of the story: new disks and accounts tagged `backup=daily` are protected, twelve shares backed up at midnight. */
export const plan = {
  rules: [
    {
      name: 'disks tagged daily',
      match: { kind: 'disk', tags: { backup: 'daily' } },
      protect: {
        vaults: { '*': disksVaultId },
        policy: 'disks',
        snapshotResourceGroup: `${subscription}/resourceGroups/snapshots`,
      },
    },
    {
      name: 'blobs tagged daily',
      match: { kind: 'blobs', tags: { backup: 'daily' } },
      protect: { vaults: { '*': disksVaultId }, policy: 'blobs' },
    },
    {
      name: 'archive shares',
      match: { kind: 'fileShare', names: ['archive-*'] },
      protect: { vaults: { '*': filesVaultId }, policy: 'nightly' },
    },
  ],
  // Every minute: the demonstration does not wait for midnight.
  schedules: [
    {
      name: 'midnight',
      cron: '* * * * *',
      timeZone: 'Europe/Berlin',
      backUp: { rules: ['archive shares'] },
      window: 'PT10M',
    },
  ],
  notifications: [{ endings: ['failed'] }],
  safety: { subscriptions: [subscriptionId], vaults: [filesVaultId, disksVaultId] },
};

/** The world before: two vaults, and an archive whose twelve shares are protected; the seventh's next job fails. */
export const world: WorldSeed = {
  subscriptions: [{ id: subscriptionId, resourceGroups: [{ name: 'night-shift' }, { name: 'snapshots' }] }],
  resources: [{ id: archiveId, location: 'westeurope', kind: 'StorageV2', shares }],
  recoveryServices: {
    vaults: [
      {
        id: filesVaultId,
        policies: [{ name: 'nightly' }],
        items: shares.map((share) => ({ storageAccountId: archiveId, share, policy: 'nightly' })),
      },
    ],
    datasources: [{ storageAccountId: archiveId, share: 'archive-07', jobs: [{ status: 'Failed' }] }],
  },
  dataProtection: {
    vaults: [
      {
        id: disksVaultId,
        principalId,
        policies: [
          { name: 'disks', kind: 'disk' },
          { name: 'blobs', kind: 'blobOperational' },
        ],
      },
    ],
  },
  authorization: {
    assignments: [
      { scope: subscription, role: 'Disk Backup Reader', principalId },
      { scope: subscription, role: 'Disk Snapshot Contributor', principalId },
      { scope: subscription, role: 'Storage Account Backup Contributor', principalId },
    ],
  },
};

/** Where events go: the app's Event Grid endpoint. */
export const eventsTo = (app: string): WorldSeed => ({
  eventSubscriptions: [
    {
      endpoint: `${app}/runtime/webhooks/eventgrid?functionName=onResourceWritten`,
      schema: 'CloudEventSchemaV1_0',
    },
  ],
});

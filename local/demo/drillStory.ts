import type { WorldSeed } from '../arm-simulator/world.ts';

const subscriptionId = '22222222-2222-4222-8222-222222222222';
const subscription = `/subscriptions/${subscriptionId}`;
const group = `${subscription}/resourceGroups/ledgers`;
const drillGroup = `${subscription}/resourceGroups/drills`;
const filesVaultId = `${group}/providers/Microsoft.RecoveryServices/vaults/ledger-files`;
const disksVaultId = `${group}/providers/Microsoft.DataProtection/backupVaults/ledger-disks`;
const accountId = `${group}/providers/Microsoft.Storage/storageAccounts/ledgerfiles`;
const drillAccountId = `${drillGroup}/providers/Microsoft.Storage/storageAccounts/drillfiles`;
const principalId = '88888888-8888-4888-8888-888888888888';

const shares = ['ledger-2023', 'ledger-2024', 'ledger-2025', 'ledger-2026'];
const disks = ['ledger-disk-1', 'ledger-disk-2', 'ledger-disk-3'];
const diskId = (name: string): string => `${group}/providers/Microsoft.Compute/disks/${name}`;
/** Points of yesterday, whenever the story is told. */
const yesterday = new Date(Date.now() - 86_400_000).toISOString();

const monthly = {
  cron: '0 4 1 * *',
  timeZone: 'Europe/Berlin',
  sample: { share: 10, atLeast: 1, atMost: 1 },
  point: { choose: 'random', within: 'P30D' },
  target: 'PT4H',
} as const;

/** The plan of the story: of the shares and of the disks, each month one. */
export const drillPlan = {
  rules: [
    {
      name: 'ledger shares',
      match: { kind: 'fileShare', names: ['ledger-*'] },
      protect: { vaults: { '*': filesVaultId }, policy: 'nightly' },
    },
    {
      name: 'ledger disks',
      match: { kind: 'disk', names: ['ledger-*'] },
      protect: {
        vaults: { '*': disksVaultId },
        policy: 'disks',
        snapshotResourceGroup: `${subscription}/resourceGroups/snapshots`,
      },
      expect: { every: 'P2D' },
    },
  ],
  drills: [
    {
      ...monthly,
      name: 'a share each month',
      of: { rules: ['ledger shares'] },
      into: { fileShare: { storageAccount: drillAccountId } },
      check: { minimumFiles: 1 },
    },
    {
      ...monthly,
      name: 'a disk each month',
      of: { rules: ['ledger disks'] },
      into: { disk: { resourceGroup: drillGroup } },
      grantRoles: true,
    },
  ],
  safety: {
    subscriptions: [subscriptionId],
    vaults: [filesVaultId, disksVaultId],
    drillTargets: [drillGroup],
  },
};

/** Four shares and three disks, each with a backup of yesterday; the vault may not restore into the drill group yet. */
export const drillWorld: WorldSeed = {
  subscriptions: [
    {
      id: subscriptionId,
      resourceGroups: [{ name: 'ledgers' }, { name: 'snapshots' }, { name: 'drills' }],
    },
  ],
  resources: [
    { id: accountId, location: 'westeurope', kind: 'StorageV2', shares },
    { id: drillAccountId, location: 'westeurope', kind: 'StorageV2' },
    ...disks.map((name) => ({
      id: diskId(name),
      location: 'westeurope',
      properties: { diskSizeGB: 128 },
    })),
  ],
  recoveryServices: {
    vaults: [
      {
        id: filesVaultId,
        policies: [{ name: 'nightly' }],
        items: shares.map((share) => ({
          storageAccountId: accountId,
          share,
          policy: 'nightly',
          recoveryPoints: [{ time: yesterday }],
        })),
      },
    ],
    datasources: shares.map((share) => ({ storageAccountId: accountId, share, files: 1204 })),
  },
  dataProtection: {
    vaults: [
      {
        id: disksVaultId,
        principalId,
        policies: [{ name: 'disks', kind: 'disk' }],
        instances: disks.map((name) => ({
          name: `${name}-${name}-1`,
          kind: 'disk',
          sourceId: diskId(name),
          policy: 'disks',
          friendlyName: name,
          snapshotResourceGroupId: `${subscription}/resourceGroups/snapshots`,
          points: [{ time: yesterday }],
        })),
      },
    ],
  },
  authorization: {
    assignments: [
      { scope: subscription, role: 'Disk Backup Reader', principalId },
      { scope: subscription, role: 'Disk Snapshot Contributor', principalId },
    ],
  },
};

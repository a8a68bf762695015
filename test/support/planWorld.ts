import type { WorldSeed } from '../../local/arm-simulator/world.ts';

/** The subscription of every plan test. */
export const subscriptionId = '44444444-5555-4666-8777-888888888888';
const subscription = `/subscriptions/${subscriptionId}`;

export const filesVaultId = `${subscription}/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/files-west`;
export const disksVaultId = `${subscription}/resourceGroups/backup/providers/Microsoft.DataProtection/backupVaults/disks-west`;
export const snapshotsId = `${subscription}/resourceGroups/snapshots`;
export const vaultPrincipal = '99999999-1111-4222-8333-444444444444';

export const accountId = (name: string): string =>
  `${subscription}/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/${name}`;
export const diskId = (name: string): string =>
  `${subscription}/resourceGroups/apps/providers/Microsoft.Compute/disks/${name}`;

/** A share as a request names it. */
export const shareOf = (account: string, share: string) => ({
  kind: 'fileShare' as const,
  vaultId: filesVaultId,
  storageAccountId: accountId(account),
  share,
});

/** What differs from an empty estate with both vaults. */
export interface PlanWorld {
  readonly accounts?: readonly {
    readonly name: string;
    readonly shares: readonly string[];
    readonly protectedShares?: readonly string[];
    readonly tags?: Readonly<Record<string, string>>;
  }[];
  readonly disks?: readonly { readonly name: string; readonly tags?: Readonly<Record<string, string>> }[];
  readonly more?: Partial<WorldSeed>;
  readonly filesVault?: Record<string, unknown>;
}

/** A world for plan tests: the vault's identity holds every role it needs. */
export function planWorld({
  accounts = [],
  disks = [],
  more = {},
  filesVault = {},
}: PlanWorld = {}): WorldSeed {
  return {
    subscriptions: [
      {
        id: subscriptionId,
        resourceGroups: [{ name: 'apps' }, { name: 'data' }, { name: 'backup' }, { name: 'snapshots' }],
      },
    ],
    resources: [
      ...accounts.map(({ name, shares, tags = {} }) => ({
        id: accountId(name),
        location: 'westeurope',
        kind: 'StorageV2',
        tags,
        shares: [...shares],
      })),
      ...disks.map(({ name, tags = {} }) => ({ id: diskId(name), location: 'westeurope', tags })),
    ],
    recoveryServices: {
      vaults: [
        {
          id: filesVaultId,
          policies: [
            { name: 'daily', kind: 'AzureStorage' },
            { name: 'weekly', kind: 'AzureStorage' },
          ],
          items: accounts.flatMap(({ name, protectedShares = [] }) =>
            protectedShares.map((share) => ({ storageAccountId: accountId(name), share, policy: 'daily' })),
          ),
          ...filesVault,
        },
      ],
    },
    dataProtection: {
      vaults: [
        {
          id: disksVaultId,
          principalId: vaultPrincipal,
          policies: [
            { name: 'disks', kind: 'disk' },
            { name: 'blobs', kind: 'blobOperational' },
          ],
        },
      ],
    },
    authorization: {
      assignments: [
        { scope: subscription, role: 'Disk Backup Reader', principalId: vaultPrincipal },
        { scope: subscription, role: 'Disk Snapshot Contributor', principalId: vaultPrincipal },
        { scope: subscription, role: 'Storage Account Backup Contributor', principalId: vaultPrincipal },
      ],
    },
    ...more,
  };
}

/** A plan: shares and disks tagged `backup=daily`. */
export const samplePlan = (more: Record<string, unknown> = {}) => ({
  rules: [
    {
      name: 'daily shares',
      match: { kind: 'fileShare', tags: { backup: 'daily' }, exclude: { names: ['tmp-*'] } },
      protect: { vaults: { westeurope: filesVaultId }, policy: 'daily' },
    },
    {
      name: 'daily disks',
      match: { kind: 'disk', tags: { backup: 'daily' } },
      protect: { vaults: { '*': disksVaultId }, policy: 'disks', snapshotResourceGroup: snapshotsId },
    },
  ],
  schedules: [],
  notifications: [{ endings: ['failed'] }],
  safety: { subscriptions: [subscriptionId], vaults: [filesVaultId, disksVaultId] },
  ...more,
});

/** `prefix01`, `prefix02`, … */
export const numbered = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `${prefix}${String(at + 1).padStart(2, '0')}`);

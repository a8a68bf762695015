import type { WorldSeed } from '../../local/arm-simulator/world.ts';

const subscription = '/subscriptions/11111111-2222-4333-8444-555555555555';
const vaults = `${subscription}/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults`;

/** The vault of every share test. */
export const vaultId = `${vaults}/archive`;

/** Another vault of the same region. */
export const otherVaultId = `${vaults}/elsewhere`;

/** The account whose shares are backed up. */
export const storageAccountId = `${subscription}/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/papers01`;

/** A policy for file shares, by name. */
export const policyId = (name: string): string => `${vaultId}/backupPolicies/${name}`;

/** A share of the account, as a request names it. */
export const shareTarget = (share: string) => ({
  kind: 'fileShare' as const,
  vaultId,
  storageAccountId,
  share,
});

type RecoveryServicesSeed = NonNullable<WorldSeed['recoveryServices']>;
type VaultSeed = NonNullable<RecoveryServicesSeed['vaults']>[number];
type ItemSeed = NonNullable<VaultSeed['items']>[number];

/** What differs from a vault and an account with the shares `docs` and `plans`, neither protected. */
export interface ShareWorld {
  readonly shares?: readonly string[];
  readonly protectedShares?: readonly string[];
  readonly items?: readonly ItemSeed[];
  readonly vault?: Partial<VaultSeed>;
  readonly otherVault?: Partial<VaultSeed>;
  readonly accountRegion?: string;
  readonly datasource?: Partial<NonNullable<RecoveryServicesSeed['datasources']>[number]>;
  readonly timings?: RecoveryServicesSeed['timings'];
}

/** A world file for share tests. */
export function shareWorld(differs: ShareWorld = {}): WorldSeed {
  const items = (differs.protectedShares ?? []).map((share) => ({
    storageAccountId,
    share,
    policy: 'daily',
  }));
  const policies = [
    { name: 'daily', kind: 'AzureStorage' as const },
    { name: 'weekly', kind: 'AzureStorage' as const },
  ];
  const other = differs.otherVault ? [{ id: otherVaultId, policies, ...differs.otherVault }] : [];
  const seen = { storageAccountId, share: 'docs', ...differs.datasource };
  return {
    resources: [
      {
        id: storageAccountId,
        location: differs.accountRegion ?? 'westeurope',
        kind: 'StorageV2',
        shares: [...(differs.shares ?? ['docs', 'plans'])],
      },
    ],
    recoveryServices: {
      vaults: [
        { id: vaultId, policies, items: [...items, ...(differs.items ?? [])], ...differs.vault },
        ...other,
      ],
      datasources: [seen],
      ...(differs.timings ? { timings: differs.timings } : {}),
    },
  };
}

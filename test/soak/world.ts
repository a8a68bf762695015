import type { WorldSeed } from '../../local/arm-simulator/world.ts';

const group = '/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/soak';
const vaultOf = (at: number): string => `${group}/providers/Microsoft.RecoveryServices/vaults/soak-${at}`;
const accountOf = (at: number): string => `${group}/providers/Microsoft.Storage/storageAccounts/soakacc${at}`;
const sharesOf = (count: number): string[] => Array.from({ length: count }, (_, at) => `share${at}`);

/** Shares of one account, which lies in a vault of its own. */
const sharesPerAccount = 100;

/** The target of the n-th share. */
export const targetOf = (share: number) => ({
  kind: 'fileShare',
  vaultId: vaultOf(Math.floor(share / sharesPerAccount)),
  storageAccountId: accountOf(Math.floor(share / sharesPerAccount)),
  share: `share${share % sharesPerAccount}`,
});

/** So many protected shares, a hundred in a vault; every job takes twenty minutes of the simulator's time. */
export function soakWorld(shares: number): WorldSeed {
  const accounts = Array.from({ length: Math.ceil(shares / sharesPerAccount) }, (_, at) => at);
  const names = sharesOf(sharesPerAccount);
  return {
    resources: accounts.map((at) => ({ id: accountOf(at), kind: 'StorageV2', shares: names })),
    recoveryServices: {
      vaults: accounts.map((at) => ({
        id: vaultOf(at),
        policies: [{ name: 'daily' }],
        items: names.map((share) => ({ storageAccountId: accountOf(at), share, policy: 'daily' })),
      })),
      datasources: accounts.flatMap((at) =>
        names.map((share) => ({ storageAccountId: accountOf(at), share, jobs: [{ seconds: 1200 }] })),
      ),
    },
  };
}

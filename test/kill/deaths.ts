import type { WorldSeed } from '../../local/arm-simulator/world.ts';
import type { Effect, LoggedRequest } from '../../local/simulatorControl.ts';

const group = '/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/kill';
const vaultId = `${group}/providers/Microsoft.RecoveryServices/vaults/kill-vault`;
const accountId = (name: string): string => `${group}/providers/Microsoft.Storage/storageAccounts/${name}`;

/** What the simulator has seen since a run began. */
export interface Seen {
  /** Changes to the run's own item. */
  readonly effects: readonly Effect[];
  /** Requests since its backup was applied, of any run; none before. */
  readonly afterBackup: readonly LoggedRequest[];
}

/** One run and the moment at which the app's process is killed in it. */
export interface Death {
  readonly moment: string;
  readonly account: string;
  readonly body: unknown;
  readonly hasCome: (seen: Seen) => boolean;
}

const bodyOf = (account: string, more: object = {}): object => ({
  target: { kind: 'fileShare', vaultId, storageAccountId: accountId(account), share: 'docs' },
  ...more,
});

const changed = (kind: string) => (seen: Seen) => seen.effects.some((effect) => effect.kind === kind);

/** Three runs, three moments: before the backup, in the middle of its POST, and after it. */
export const deaths: readonly Death[] = [
  {
    moment: 'while the share is being protected',
    account: 'killone',
    body: bodyOf('killone', { protectFirst: { policyId: `${vaultId}/backupPolicies/daily` } }),
    hasCome: changed('protect'),
  },
  {
    moment: 'when the backup has been applied and its answer is still on the way',
    account: 'killtwo',
    body: bodyOf('killtwo'),
    hasCome: changed('backup'),
  },
  {
    moment: 'while the backup job is being followed',
    account: 'killthree',
    body: bodyOf('killthree'),
    // The vault's tracker reads a lone job by itself, and lists several.
    hasCome: ({ afterBackup }) => afterBackup.some(({ route }) => /^recoveryServices\.jobs?$/.test(route)),
  },
];

const accounts = deaths.map(({ account }) => accountId(account));

/** One vault; the share of the first account is not protected yet. */
export const world: WorldSeed = {
  resources: accounts.map((id) => ({ id, kind: 'StorageV2', shares: ['docs'] })),
  recoveryServices: {
    vaults: [
      {
        id: vaultId,
        policies: [{ name: 'daily' }],
        containers: accounts.map((storageAccountId) => ({ storageAccountId })),
        items: accounts
          .slice(1)
          .map((storageAccountId) => ({ storageAccountId, share: 'docs', policy: 'daily' })),
      },
    ],
    datasources: accounts.map((storageAccountId) => ({
      storageAccountId,
      share: 'docs',
      jobs: [{ seconds: 600 }],
    })),
  },
};

/** Every backup is applied at once and answered three seconds later: the second kill meets it in between. */
export const faults = [
  { on: 'recoveryServices.backup', times: 0, fault: { kind: 'delay', seconds: 3, when: 'after' } },
] as const;

// The custom roles of the app's identity, made of what the client can ask for: written to infra/roles.json.
import { neededRoles } from '../../src/data-protection/datasources.ts';
import { roleForShares } from '../../src/recovery-services/containers.ts';
import { clientOperations, type Operation } from './operations.ts';

/** Where a profile's role is assigned. */
export type Place = 'subscriptions' | 'vaultSubscriptions' | 'vaults' | 'drillTargets' | 'drillSubscriptions';

/** One custom role: `name` is what people see of it. */
export interface Profile {
  readonly name: string;
  readonly description: string;
  readonly places: readonly Place[];
  readonly actions: readonly string[];
}

type ProfileKey =
  | 'observe'
  | 'backUp'
  | 'protect'
  | 'protectSources'
  | 'grant'
  | 'delete'
  | 'drills'
  | 'drillTargets'
  | 'drillGroups';

/** `infra/roles.json`. */
export interface Roles {
  readonly profiles: Readonly<Record<ProfileKey, Profile>>;
  /** GUIDs of the built-in roles that the profile *grant* may hand to vault identities. */
  readonly grantable: readonly string[];
  /** The same for restore drills. */
  readonly grantableForDrills: readonly string[];
}

const recovery = 'Microsoft.RecoveryServices/vaults';
const container = `${recovery}/backupFabrics/protectionContainers`;
const item = `${container}/protectedItems`;
const backup = 'Microsoft.DataProtection/backupVaults';
const instance = `${backup}/backupInstances`;
const storage = 'Microsoft.Storage/storageAccounts';

/** What every action but a read belongs to. */
const deeds: Readonly<Record<string, ProfileKey>> = {
  'Microsoft.RecoveryServices/locations/backupStatus/action': 'observe',
  [`${item}/backup/action`]: 'backUp',
  [`${recovery}/backupJobs/cancel/action`]: 'backUp',
  [`${instance}/backup/action`]: 'backUp',
  [`${recovery}/backupFabrics/refreshContainers/action`]: 'protect',
  [`${container}/write`]: 'protect',
  [`${container}/inquire/action`]: 'protect',
  [`${item}/write`]: 'protect',
  [`${backup}/validateForBackup/action`]: 'protect',
  [`${instance}/write`]: 'protect',
  [`${instance}/stopProtection/action`]: 'protect',
  [`${instance}/suspendBackups/action`]: 'protect',
  [`${instance}/resumeProtection/action`]: 'protect',
  [`${instance}/sync/action`]: 'protect',
  [`${backup}/deletedBackupInstances/undelete/action`]: 'protect',
  'Microsoft.Authorization/roleAssignments/write': 'grant',
  [`${item}/delete`]: 'delete',
  [`${instance}/delete`]: 'delete',
  [`${item}/recoveryPoints/restore/action`]: 'drills',
  [`${recovery}/backupTriggerValidateOperation/action`]: 'drills',
  [`${instance}/validateRestore/action`]: 'drills',
  [`${instance}/restore/action`]: 'drills',
  'Microsoft.Compute/disks/write': 'drillTargets',
  'Microsoft.Compute/disks/delete': 'drillTargets',
  'Microsoft.Resources/tags/write': 'drillTargets',
  'Microsoft.Resources/subscriptions/resourceGroups/write': 'drillGroups',
  'Microsoft.Resources/subscriptions/resourceGroups/delete': 'drillGroups',
  [`${storage}/fileServices/shares/write`]: 'drillTargets',
  [`${storage}/fileServices/shares/delete`]: 'drillTargets',
  [`${storage}/blobServices/containers/write`]: 'drillTargets',
  [`${storage}/blobServices/containers/delete`]: 'drillTargets',
};

/**
 * Rights that no step shows: reads for coverage, which go by no ledger; what the service checks for us when it acts on the
 * other resource; what Resource Graph shows, which is what its caller may read. Sources: Azure Backup's page on roles and
 * the roles it names there.
 */
export const checkedElsewhere: Readonly<Partial<Record<ProfileKey, readonly string[]>>> = {
  observe: [
    'Microsoft.Authorization/permissions/read',
    'Microsoft.Compute/virtualMachines/read',
    `${instance}/findRestorableTimeRanges/action`,
    'Microsoft.Resources/subscriptions/read',
    'Microsoft.Resources/subscriptions/resourceGroups/read',
  ],
  protectSources: [
    'Microsoft.Compute/virtualMachines/write',
    `${storage}/listKeys/action`,
    `${storage}/read`,
    `${storage}/write`,
  ],
  drills: Object.keys(deeds).filter((action) => deeds[action] === 'drills'),
  drillTargets: [
    ...Object.keys(deeds).filter((action) => deeds[action] === 'drillTargets'),
    `${storage}/listKeys/action`,
    `${storage}/read`,
    `${storage}/write`,
  ],
  // The disks of a machine, which the service makes there for us, and which go with their group.
  drillGroups: [
    'Microsoft.Compute/disks/read',
    'Microsoft.Compute/disks/write',
    'Microsoft.Compute/disks/delete',
    'Microsoft.Resources/subscriptions/resourceGroups/read',
    'Microsoft.Resources/subscriptions/resourceGroups/resources/read',
  ],
};

const profileOfDeed = new Map(Object.entries(deeds).map(([action, key]) => [action.toLowerCase(), key]));

/** The profile that an operation needs. @throws Error for one that has no place in the table yet. */
export function profileOf({ action, by }: Operation): ProfileKey {
  if (action.endsWith('/read')) return 'observe';
  const key = profileOfDeed.get(action.toLowerCase());
  if (key === undefined)
    throw new Error(`${by} asks for ${action}, which scripts/infra/roles.ts puts in no profile.`);
  return key;
}

/** The backup services are read in whole: polls name operations of every kind there. */
const readInWhole = /^(Microsoft\.(?:RecoveryServices|DataProtection))\/.*\/read$/;
const widened = (action: string): string => action.replace(readInWhole, '$1/*/read');

const inOrder = (actions: Iterable<string>): readonly string[] => [...new Set(actions)].sort();

function actionsOf(operations: readonly Operation[], key: ProfileKey): readonly string[] {
  const asked = operations.filter((operation) => profileOf(operation) === key);
  return inOrder([...asked.map(({ action }) => widened(action)), ...(checkedElsewhere[key] ?? [])]);
}

const texts: Readonly<Record<ProfileKey, Omit<Profile, 'actions'>>> = {
  observe: {
    name: 'observe',
    description: 'Reads vaults, protected items, jobs, and the resources that can be protected.',
    places: ['subscriptions', 'vaultSubscriptions', 'drillTargets'],
  },
  backUp: {
    name: 'back up',
    description: 'Starts on-demand backups and cancels their jobs.',
    places: ['vaults'],
  },
  protect: {
    name: 'protect',
    description: 'Registers, enables, stops with retention and resumes protection; deletes nothing.',
    places: ['vaults'],
  },
  protectSources: {
    name: 'protect sources',
    description: 'What Azure Backup checks on a machine or storage account when its protection is enabled.',
    places: ['subscriptions'],
  },
  grant: {
    name: 'grant',
    description: 'Grants vault identities the datasource roles they lack; the assignment has the condition.',
    places: ['subscriptions', 'drillTargets'],
  },
  delete: {
    name: 'delete',
    description: 'Deletes protected items and backup instances with their data.',
    places: ['vaults'],
  },
  drills: {
    name: 'restore drills',
    description: 'Restores recovery points; where to, the role on the targets decides.',
    places: ['vaults'],
  },
  drillTargets: {
    name: 'drill targets',
    description: 'Makes what a drill restores into, and deletes it again.',
    places: ['drillTargets'],
  },
  drillGroups: {
    name: 'drill groups',
    description: 'Makes a resource group for each drill of a machine, and deletes it with its disks.',
    places: ['drillSubscriptions'],
  },
};

/** Any ids will do: which roles are needed depends on the kind alone. */
const grantable = (): readonly string[] =>
  inOrder([
    roleForShares.roleId,
    ...(['disk', 'operationalBlobs', 'vaultedBlobs'] as const).flatMap((kind) =>
      neededRoles(kind, '/source', '/group').map(({ roleId }) => roleId),
    ),
  ]);

const diskRestoreOperator = 'b50d9833-a0cb-478e-945f-707fcc997c13';

/** The roles as `infra/roles.json` keeps them. @throws Error when an operation has no profile. */
export function customRoles(): Roles {
  const operations = clientOperations();
  const keys = Object.keys(texts) as ProfileKey[];
  return {
    profiles: Object.fromEntries(
      keys.map((key) => [key, { ...texts[key], actions: actionsOf(operations, key) }]),
    ) as unknown as Roles['profiles'],
    grantable: grantable(),
    grantableForDrills: [diskRestoreOperator],
  };
}

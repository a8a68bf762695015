import type { Failure } from '../arm/call.ts';
import { readResourceId } from '../arm/resourceId.ts';
import { equalIgnoringCase } from '../arm/replyFields.ts';
import { withoutIdentity } from '../arm/vaultIdentities.ts';
import { datasourceTypes, type DatasourceKind, type NeededRole } from './datasources.ts';
import type { BackupPolicy, BackupVault } from './vaults.ts';

/** A disk or storage account, as far as the checks need it. */
export type Source = {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  readonly provisioningState: string;
  readonly obstacles: readonly string[];
};

const regionKey = (region: string): string => region.toLowerCase().replaceAll(' ', '');

const failure = (code: string, message: string, advice?: string): Failure => ({
  code,
  message,
  ...(advice && { advice }),
});

/** Which kind of blob protection a policy is for: one that keeps anything in the vault needs containers. */
export const blobKind = (policy: BackupPolicy): DatasourceKind =>
  policy.dataStores.some((store) => equalIgnoringCase(store, 'VaultStore'))
    ? 'vaultedBlobs'
    : 'operationalBlobs';

/** Why a datasource cannot be protected as asked, checked before anything is sent; undefined when nothing speaks against it. */
export function protectionObstacle(
  kind: DatasourceKind,
  source: Source,
  vault: BackupVault,
  policy: BackupPolicy,
  snapshotResourceGroupId: string | undefined,
): Failure | undefined {
  const [obstacle] = source.obstacles;
  if (obstacle) return failure('DatasourceNotEligible', `${source.id}: ${obstacle}`);
  if (regionKey(source.location) !== regionKey(vault.location)) {
    return failure(
      'RegionMismatch',
      `${source.name} is in ${source.location}, the vault in ${vault.location}`,
      'Choose a Backup vault in the region of the datasource.',
    );
  }
  if (vault.identities.length === 0) return withoutIdentity(vault.id);
  const { datasourceType } = datasourceTypes[kind];
  if (!policy.datasourceTypes.some((type) => equalIgnoringCase(type, datasourceType))) {
    return failure(
      'PolicyForAnotherDatasource',
      `the policy ${policy.id} is for ${policy.datasourceTypes.join(', ') || 'nothing'}, not ${datasourceType}`,
    );
  }
  return kind === 'disk' ? snapshotGroupObstacle(source, snapshotResourceGroupId) : undefined;
}

function snapshotGroupObstacle(source: Source, groupId: string | undefined): Failure | undefined {
  if (!groupId)
    return failure(
      'SnapshotResourceGroupMissing',
      'a disk needs snapshotResourceGroupId: the group that keeps its snapshots',
    );
  const [disk, group] = [readResourceId(source.id), readResourceId(groupId)];
  if (disk.subscriptionId.toLowerCase() === group.subscriptionId.toLowerCase()) return undefined;
  return failure(
    'SnapshotResourceGroupElsewhere',
    `the snapshot group is in subscription ${group.subscriptionId}, the disk in ${disk.subscriptionId}`,
    "Choose a snapshot resource group in the disk's subscription.",
  );
}

/** The containers a vaulted protection covers, chosen from those that exist; or why none can be. */
export function chooseContainers(
  wanted: 'all' | { readonly list: readonly string[] } | { readonly pattern: string } | undefined,
  existing: readonly string[],
): { readonly containers: readonly string[] } | { readonly failure: Failure } {
  const usable = existing.filter((name) => !name.startsWith('$'));
  const chosen = chosenFrom(wanted, usable);
  const missing =
    typeof wanted === 'object' && 'list' in wanted
      ? wanted.list.filter((name) => !existing.includes(name))
      : [];
  if (missing.length > 0)
    return {
      failure: failure(
        'ContainerNotFound',
        `no container ${missing.join(', ')}; the account has ${existing.join(', ') || 'none'}`,
      ),
    };
  if (chosen.length === 0)
    return {
      failure: failure(
        'NoContainerChosen',
        `no container matches; the account has ${existing.join(', ') || 'none'}`,
      ),
    };
  if (chosen.length > 100)
    return {
      failure: failure(
        'TooManyContainers',
        `${chosen.length} containers match; the service takes at most 100`,
        'Choose fewer, or autoProtect.',
      ),
    };
  return { containers: chosen };
}

function chosenFrom(
  wanted: Parameters<typeof chooseContainers>[0],
  usable: readonly string[],
): readonly string[] {
  if (wanted === undefined || wanted === 'all') return usable;
  if ('list' in wanted) return wanted.list;
  const pattern = wanted.pattern.split('*').map((part) => part.replace(/[^a-z0-9-]/gi, '\\$&'));
  const expression = new RegExp(`^${pattern.join('.*')}$`, 'i');
  return usable.filter((name) => expression.test(name));
}

/** The rule a backup on demand names: the only one, or the one the caller chose. */
export function chooseBackupRule(
  policy: BackupPolicy,
  wanted: string | undefined,
): { readonly ruleName: string } | { readonly failure: Failure } {
  const names = policy.backupRules;
  const [only] = names;
  if (!only) {
    const message = `the policy ${policy.id} has no backup rule: operational backup of blobs is continuous and cannot be asked for`;
    return { failure: failure('BackupOnDemandNotSupported', message) };
  }
  if (wanted) {
    const rule = names.find((name) => equalIgnoringCase(name, wanted));
    return rule
      ? { ruleName: rule }
      : {
          failure: failure(
            'BackupRuleNotFound',
            `the policy has no backup rule "${wanted}"; it has ${names.join(', ')}`,
          ),
        };
  }
  if (names.length === 1) return { ruleName: only };
  return {
    failure: failure(
      'BackupRuleAmbiguous',
      `the policy has several backup rules: ${names.join(', ')}`,
      'Say which one in backupRule.',
    ),
  };
}

/** The retention tag to send, checked against the policy's own. */
export function chooseRetentionTag(
  policy: BackupPolicy,
  wanted: string | undefined,
): { readonly retentionTag?: string } | { readonly failure: Failure } {
  if (!wanted) return {};
  const tag = policy.retentionTags.find((name) => equalIgnoringCase(name, wanted));
  return tag
    ? { retentionTag: tag }
    : {
        failure: failure(
          'RetentionTagNotFound',
          `the policy has no retention tag "${wanted}"; it has ${policy.retentionTags.join(', ')}`,
        ),
      };
}

/** What is missing, in words that can be acted on: role, scope, principal, and the command that grants it. */
export function missingRolesFailure(
  missing: readonly NeededRole[],
  principalId: string,
  said: Failure | undefined,
): Failure {
  const named = missing.map(({ role, scope }) => `${role} at ${scope}`).join('; ');
  const commands = missing.map(
    ({ roleId, scope }) =>
      `az role assignment create --assignee-object-id ${principalId} --assignee-principal-type ServicePrincipal --role ${roleId} --scope ${scope}`,
  );
  return {
    code: said?.code ?? 'RolesMissing',
    message: `the vault's identity ${principalId} lacks ${named}${said ? `. The service says: ${said.message}` : ''}`,
    advice: `Grant the roles, or ask again with grantRoles. ${commands.join(' && ')}`,
    class: 'permission',
    ...(said?.correlationId && { correlationId: said.correlationId }),
  };
}

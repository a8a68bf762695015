import { roleAssignmentsOf } from '../resources/authorization/role-assignments.ts';
import type { Core } from '../core.ts';
import { parseResourceId, type ArmResource } from '../resources.ts';
import { snapshotGroupOf } from './datasource.ts';
import type { Fault } from './errors.ts';
import type { DatasourceKind } from './seed.ts';
import type { Protectable } from './source-faults.ts';
import { type IdentityChoice, principalOf } from '../vault-identity.ts';

/** A role that the vault's identity must have somewhere. */
interface NeededRole {
  readonly name: string;
  readonly guid: string;
  readonly scope: string;
  readonly on: 'source' | 'snapshotGroup' | 'target';
}

const diskBackupReader = ['Disk Backup Reader', '3e5e47e6-65f7-47ef-90b5-e5dd4d455f24'] as const;
const diskSnapshotContributor = [
  'Disk Snapshot Contributor',
  '7efff54f-a5b4-42b5-a1c5-5411624893ce',
] as const;
const accountBackup = ['Storage Account Backup Contributor', 'e5e2a7ff-d759-4cd2-bb51-3152d37e2eb1'] as const;
const diskRestoreOperator = ['Disk Restore Operator', 'b50d9833-a0cb-478e-945f-707fcc997c13'] as const;
const reader = ['Reader', 'acdd72a7-3385-48ef-bd42-f606fba81ae7'] as const;
const longTermRetention = [
  'PostgreSQL Flexible Server Long Term Retention Backup Role',
  'c088a766-074b-43ba-90d4-1fb21feae531',
] as const;

/** Roles of the vault's identity by datasource; empty for kinds that need none here. */
function neededRoles(wanted: Protectable): NeededRole[] {
  const sourceId = wanted.dataSourceInfo.resourceID;
  const group = snapshotGroupOf(wanted.policyInfo.policyParameters) ?? groupOf(sourceId);
  const on = (where: NeededRole['on'], [name, guid]: readonly [string, string], scope: string) => ({
    name,
    guid,
    scope,
    on: where,
  });
  switch (wanted.kind) {
    case 'disk':
      return [on('source', diskBackupReader, sourceId), on('snapshotGroup', diskSnapshotContributor, group)];
    case 'blobOperational':
    case 'blobVaulted':
    case 'adls':
      return [on('source', accountBackup, sourceId)];
    case 'aks':
      return [on('source', reader, sourceId), on('snapshotGroup', reader, group)];
    case 'postgres':
      return [on('source', longTermRetention, sourceId), on('snapshotGroup', reader, groupOf(sourceId))];
    default:
      return [];
  }
}

function groupOf(id: string): string {
  const { subscription, group } = parseResourceId(id);
  return `/subscriptions/${subscription}/resourceGroups/${group}`;
}

/** The fault that the service reports while a role is missing or too young; undefined when all work. */
export function findRoleFault(
  core: Core,
  vault: ArmResource,
  wanted: Protectable,
  now: number,
): Fault | undefined {
  const asked = { vault, choice: chosenIdentity(wanted.extras), needed: neededRoles(wanted), now };
  return findMissing(core, asked, (missing) => permissionCode(wanted.kind, missing));
}

/** The same for a restore into `targetId` (a new disk or an account). */
export function findRestoreRoleFault(
  core: Core,
  restore: {
    vault: ArmResource;
    choice: IdentityChoice;
    kind: DatasourceKind;
    targetId: string;
    now: number;
  },
): Fault | undefined {
  const { kind, targetId } = restore;
  const disk = kind === 'disk';
  const [name, guid] = disk ? diskRestoreOperator : accountBackup;
  const scope = disk ? groupOf(targetId) : targetId;
  const needed: NeededRole[] = [{ name, guid, scope, on: 'target' }];
  return findMissing(core, { ...restore, needed }, () => missingPermissions);
}

interface RoleQuestion {
  readonly vault: ArmResource;
  readonly choice: IdentityChoice;
  readonly needed: readonly NeededRole[];
  readonly now: number;
}

function findMissing(
  core: Core,
  { vault, choice, needed, now }: RoleQuestion,
  named: (missing: readonly NeededRole[]) => Pick<Fault, 'code' | 'message'>,
): Fault | undefined {
  const principalId = principalOf(vault.identity, choice);
  if (principalId === undefined) return needed.length === 0 ? undefined : withoutIdentity(choice);
  const assignments = roleAssignmentsOf(core);
  const missing = needed.filter(
    ({ guid, scope }) => !assignments.isEffective({ principalId, role: guid, scope, now }),
  );
  if (missing.length === 0) return undefined;
  return {
    ...named(missing),
    detail: `The identity of the Backup vault needs: ${missing.map(sentence).join('; ')}.`,
    recommendedAction: missing.map((role) => `Assign the role ${sentence(role)} and retry the operation.`),
  };
}

/** Which identity of the vault the instance uses, as its `identityDetails` say. */
export function chosenIdentity(extras: Record<string, unknown>): IdentityChoice {
  const { useSystemAssignedIdentity, userAssignedIdentityArmUrl } = (extras['identityDetails'] ?? {}) as {
    useSystemAssignedIdentity?: boolean;
    userAssignedIdentityArmUrl?: string;
  };
  return {
    userAssignedId: useSystemAssignedIdentity === true ? undefined : userAssignedIdentityArmUrl,
  };
}

// The two codes of the service's troubleshooting page for vault identities.
const withoutIdentity = ({ userAssignedId }: IdentityChoice): Fault =>
  userAssignedId === undefined
    ? {
        code: 'UserErrorSystemIdentityNotEnabledWithVault',
        message: 'The system identity is not enabled on the vault.',
        recommendedAction: ['Enable the system identity of the vault, or use a user identity.'],
      }
    : {
        code: 'UserErrorUserIdentityNotFoundOrNotAssociatedWithVault',
        message: 'The user identity was not found or is not associated with the vault.',
        recommendedAction: [`Associate ${userAssignedId} with the vault.`],
      };

const sentence = ({ name, scope }: NeededRole) => `${name} on ${scope}`;

const missingPermissions = {
  code: 'UserErrorMissingRequiredPermissions',
  message: 'Appropriate permissions to perform the operation are missing.',
};

function permissionCode(
  kind: DatasourceKind,
  missing: readonly NeededRole[],
): { code: string; message: string } {
  const { message } = missingPermissions;
  if (kind === 'aks') {
    // Recorded: the text blames the service, only the code tells.
    return {
      code: 'UserErrorMissingMSIPermissionsOnSnapshotResourceGroup',
      message: 'Microsoft Azure Backup encountered an internal error.',
    };
  }
  if (kind !== 'disk') return missingPermissions;
  if (missing.length > 1) return { code: 'UserErrorDiskAndSnapshotRGOrMSIPermissionsNotPresent', message };
  return missing[0]?.on === 'source'
    ? { code: 'UserErrorDiskBackupDiskOrMSIPermissionsNotPresent', message }
    : { code: 'UserErrorDiskBackupSnapshotRGOrMSIPermissionsNotPresent', message };
}

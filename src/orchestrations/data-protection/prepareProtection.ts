import type { Failure } from '../../arm/call.ts';
import { chooseIdentity, identityName } from '../../arm/vaultIdentities.ts';
import {
  neededRoles,
  isOfVault,
  type DatasourceKind,
  type InstanceInput,
} from '../../data-protection/datasources.ts';
import { blobKind, chooseContainers, protectionObstacle } from '../../data-protection/eligibility.ts';
import { syncInstance, validateForBackup } from '../../data-protection/instanceChanges.ts';
import {
  findInstanceContent,
  findInstancesOf,
  awaitProtection,
  type BackupInstance,
  type InstanceContent,
} from '../../data-protection/instances.ts';
import {
  identityOf,
  namesContainers,
  snapshotGroupOf,
  type WantedProtection,
} from '../../data-protection/reconcile.ts';
import { getBackupPolicy, getBackupVault, type BackupVault } from '../../data-protection/vaults.ts';
import {
  findDisk,
  findStorageAccount,
  listContainers,
  type SourceResource,
} from '../../resources/sources.ts';
import type { Protection } from '../../runs/request.ts';
import type { Flow, FlowContext } from '../flow.ts';
import { FlowEnded, StepFailed } from '../refusals.ts';
import {
  grantMissing,
  permissionFailureOf,
  rolesMissing,
  untilRolesCount,
  type RolesWanted,
} from '../roleGrants.ts';
import { takeStep } from '../takeStep.ts';
import { softDeletedIn, isIn, looksAt } from './instanceTarget.ts';

/** What is asked for a disk or the blobs of a storage account. */
export interface DatasourceProtection {
  readonly kind: 'disk' | 'blobs';
  readonly vaultId: string;
  readonly datasourceId: string;
  readonly policyId: string;
  readonly options: Pick<
    Protection,
    'snapshotResourceGroupId' | 'containers' | 'autoProtect' | 'grantRoles' | 'identity'
  >;
}

/** Everything read and checked before the first write. */
export interface Prepared {
  readonly source: SourceResource;
  readonly vault: BackupVault;
  readonly wanted: WantedProtection;
  readonly roles: RolesWanted;
  /** What protects the source in this vault already, whatever its state. */
  readonly existing: InstanceContent | undefined;
  /** Ids of what protects it, as the vault's list shows them. */
  readonly listed: readonly BackupInstance[];
}

const refuse = (failure: Failure): never => {
  throw new FlowEnded('failed', failure);
};

function* readSource(
  context: FlowContext,
  { kind, datasourceId }: DatasourceProtection,
): Flow<SourceResource> {
  const step = kind === 'disk' ? findDisk : findStorageAccount;
  const { found } = yield* takeStep(context, step, { resourceId: datasourceId });
  return found ?? refuse({ code: 'DatasourceNotFound', message: `there is no ${datasourceId}` });
}

/** The containers to protect; undefined where those of the existing protection are left as they are. */
function* containersFor(
  context: FlowContext,
  { datasourceId, options }: DatasourceProtection,
  existing: InstanceContent | undefined,
): Flow<Pick<WantedProtection, 'containers' | 'autoProtect'>> {
  const { containers, autoProtect } = options;
  if (autoProtect)
    return { autoProtect: { excludePrefixes: autoProtect === true ? [] : autoProtect.excludePrefixes } };
  if (containers === undefined && existing && namesContainers(existing.properties)) return {};
  const present = yield* takeStep(context, listContainers, { resourceId: datasourceId });
  const chosen = chooseContainers(containers, present);
  return 'failure' in chosen ? refuse(chosen.failure) : { containers: chosen.containers };
}

function* parametersFor(
  context: FlowContext,
  order: DatasourceProtection,
  kind: DatasourceKind,
  existing: InstanceContent | undefined,
): Flow<Partial<WantedProtection>> {
  const { snapshotResourceGroupId } = order.options;
  if (kind === 'operationalBlobs') return {};
  if (kind === 'vaultedBlobs') return yield* containersFor(context, order, existing);
  return snapshotResourceGroupId ? { snapshotResourceGroupId } : {};
}

/** The identity whose roles count: the asked one, else the one the instance has, else the vault's only one. */
function identityFor(vault: BackupVault, asked: string | undefined, existing: InstanceContent | undefined) {
  const chosen = chooseIdentity(vault, asked ?? (existing && identityOf(existing.properties)));
  return 'failure' in chosen ? refuse(chosen.failure) : chosen.identity;
}

function* existingIn(
  context: FlowContext,
  vaultId: string,
  listed: readonly BackupInstance[],
): Flow<InstanceContent | undefined> {
  const here = listed.find((instance) => isOfVault(instance.id, vaultId));
  if (!here) return undefined;
  return (yield* takeStep(context, findInstanceContent, { instanceId: here.id })).found;
}

/** Reads datasource, vault, policy and existing protection, and refuses what cannot work, before anything is written. */
export function* prepare(context: FlowContext, order: DatasourceProtection): Flow<Prepared> {
  const source = yield* readSource(context, order);
  const vault = yield* takeStep(context, getBackupVault, { vaultId: order.vaultId });
  const policy = yield* takeStep(context, getBackupPolicy, { policyId: order.policyId });
  const kind = order.kind === 'disk' ? 'disk' : blobKind(policy);
  const listed = yield* takeStep(context, findInstancesOf, { vaultId: vault.id, resourceId: source.id });
  const existing = yield* existingIn(context, vault.id, listed);
  const group = order.options.snapshotResourceGroupId ?? (existing && snapshotGroupOf(existing.properties));
  const obstacle = protectionObstacle(kind, source, vault, policy, group);
  if (obstacle) refuse(obstacle);
  const identity = identityFor(vault, order.options.identity, existing);
  const parameters = yield* parametersFor(context, order, kind, existing);
  const wanted = { kind, policyId: policy.id, identity: identityName(identity), ...parameters };
  const roles = {
    roles: neededRoles(kind, source.id, group),
    principalId: identity.principalId,
    mayGrant: order.options.grantRoles ?? false,
  };
  return { source, vault, wanted, roles, existing, listed };
}

/** The instance as it is sent when there is none yet. */
export function newInstance({ source, vault, wanted }: Prepared): InstanceInput {
  const { identity, ...what } = wanted;
  return {
    ...what,
    vaultId: vault.id,
    resourceId: source.id,
    resourceName: source.name,
    location: source.location,
    ...(identity === undefined || identity === 'systemAssigned' ? {} : { userAssignedIdentityId: identity }),
  };
}

/** The service names the vault that protects a datasource already in its message; what soft delete keeps is told apart. */
function* alreadyProtected(
  context: FlowContext,
  error: unknown,
  { vaultId, resourceId }: InstanceInput,
): Flow<FlowEnded | undefined> {
  if (!(error instanceof StepFailed) || error.outcome.kind !== 'refused') return undefined;
  const { failure } = error.outcome;
  if (!failure.code.startsWith('UserErrorDppDatasourceAlready')) return undefined;
  return (
    (yield* softDeletedIn(context, vaultId, resourceId)) ??
    new FlowEnded('failed', { ...failure, class: 'user' })
  );
}

/** Validates once; a missing role comes back as the service's words, everything else ends the flow. */
export function* missingAccordingToService(
  context: FlowContext,
  input: InstanceInput,
): Flow<Failure | undefined> {
  try {
    yield* takeStep(context, validateForBackup, input);
    return undefined;
  } catch (error) {
    const failure = permissionFailureOf(error);
    if (failure) return failure;
    throw (yield* alreadyProtected(context, error, input)) ?? error;
  }
}

/** Has the service validate a new protection; roles that lack are named, or granted and waited for where that was asked. */
export function* validateWithRoles(
  context: FlowContext,
  input: InstanceInput,
  wanted: RolesWanted,
): Flow<void> {
  const said = yield* missingAccordingToService(context, input);
  if (!said) return;
  const lacking = yield* rolesMissing(context, wanted);
  yield* grantMissing(context, wanted, lacking.length > 0 ? lacking : wanted.roles, said);
  yield* untilRolesCount(context, function* () {
    const refused = yield* missingAccordingToService(context, input);
    return refused ? { refused } : { done: undefined };
  });
}

const stillInError: Failure = { code: 'ProtectionError', message: 'The service gives no reason.' };

/** A sync that is refused for want of a role leaves the instance in error, as the service says. */
function* synced(
  context: FlowContext,
  instanceId: string,
): Flow<{ readonly done: BackupInstance } | { readonly refused: Failure }> {
  try {
    yield* takeStep(context, syncInstance, { instanceId });
  } catch (error) {
    const refused = permissionFailureOf(error);
    if (!refused) throw error;
    return { refused };
  }
  const instance = yield* takeStep(context, awaitProtection, looksAt(context, instanceId));
  return isIn(instance, 'ProtectionError')
    ? { refused: instance.failure ?? stillInError }
    : { done: instance };
}

/** Looks at an instance in error by `sync` until granted roles count. */
export function* syncUntilRolesCount(context: FlowContext, instanceId: string): Flow<BackupInstance> {
  return yield* untilRolesCount(context, () => synced(context, instanceId));
}

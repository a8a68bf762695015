import type { Failure } from '../../arm/call.ts';
import { sameId } from '../../arm/resourceId.ts';
import {
  neededRoles,
  type DatasourceKind,
  type InstanceInput,
  type NeededRole,
} from '../../data-protection/datasources.ts';
import {
  blobKind,
  chooseContainers,
  missingRolesFailure,
  protectionObstacle,
} from '../../data-protection/eligibility.ts';
import { isOfVault } from '../../data-protection/ids.ts';
import { configureProtection, validateForBackup } from '../../data-protection/instanceChanges.ts';
import { awaitProtection, findInstancesOf, type BackupInstance } from '../../data-protection/instances.ts';
import {
  getBackupPolicy,
  getBackupVault,
  type BackupPolicy,
  type BackupVault,
} from '../../data-protection/vaults.ts';
import { grantRole, listRolesAt } from '../../resources/roleAssignments.ts';
import {
  findDisk,
  findStorageAccount,
  listContainers,
  type SourceResource,
} from '../../resources/sources.ts';
import type { Protection } from '../../runs/request.ts';
import { beats, type Flow, type FlowContext, type FlowEnding } from '../flow.ts';
import { isIn, isStopped, looksAt, notConfigured, untilConfigured } from './instanceState.ts';
import { FlowEnded, StepFailed } from '../refusals.ts';
import { sleep, takeStep } from '../takeStep.ts';

/** What is asked for a disk or the blobs of a storage account. */
export interface DatasourceProtection {
  readonly kind: 'disk' | 'blobs';
  readonly vaultId: string;
  readonly datasourceId: string;
  readonly policyId: string;
  readonly options: Pick<Protection, 'snapshotResourceGroupId' | 'containers' | 'autoProtect' | 'grantRoles'>;
}

/** Everything read and checked before the first write. */
interface Prepared {
  readonly source: SourceResource;
  readonly vault: BackupVault;
  readonly policy: BackupPolicy;
  readonly input: InstanceInput;
  readonly roles: readonly NeededRole[];
  readonly instances: readonly BackupInstance[];
}

/** Roles take up to ten minutes to count; validation is the only way to see that they do. */
const propagationSeconds = 900;
const beatsBeforeValidating = [3, 3, 4.5, 6] as const;

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

function* containersFor(context: FlowContext, order: DatasourceProtection): Flow<readonly string[]> {
  const existing = yield* takeStep(context, listContainers, { resourceId: order.datasourceId });
  const chosen = chooseContainers(order.options.containers, existing);
  return 'failure' in chosen ? refuse(chosen.failure) : chosen.containers;
}

function* datasourceParameters(
  context: FlowContext,
  order: DatasourceProtection,
  kind: DatasourceKind,
): Flow<Pick<InstanceInput, 'snapshotResourceGroupId' | 'containers' | 'autoProtect'>> {
  const { snapshotResourceGroupId, autoProtect } = order.options;
  if (kind === 'disk') return snapshotResourceGroupId ? { snapshotResourceGroupId } : {};
  if (kind === 'operationalBlobs') return {};
  if (autoProtect)
    return { autoProtect: { excludePrefixes: autoProtect === true ? [] : autoProtect.excludePrefixes } };
  return { containers: yield* containersFor(context, order) };
}

/** Reads datasource, vault, policy and existing protection, and refuses what cannot work, before anything is written. */
function* prepare(context: FlowContext, order: DatasourceProtection): Flow<Prepared> {
  const source = yield* readSource(context, order);
  const vault = yield* takeStep(context, getBackupVault, { vaultId: order.vaultId });
  const policy = yield* takeStep(context, getBackupPolicy, { policyId: order.policyId });
  const kind = order.kind === 'disk' ? 'disk' : blobKind(policy);
  const obstacle = protectionObstacle(kind, source, vault, policy, order.options.snapshotResourceGroupId);
  if (obstacle) refuse(obstacle);
  const instances = yield* takeStep(context, findInstancesOf, { vaultId: vault.id, resourceId: source.id });
  const parameters = yield* datasourceParameters(context, order, kind);
  const input = {
    vaultId: vault.id,
    kind,
    resourceId: source.id,
    resourceName: source.name,
    location: source.location,
    policyId: policy.id,
    ...parameters,
  };
  const roles = neededRoles(kind, source.id, order.options.snapshotResourceGroupId);
  return { source, vault, policy, input, roles, instances };
}

const permissionFailureOf = (error: unknown): Failure | undefined =>
  error instanceof StepFailed &&
  error.outcome.kind !== 'cancelled' &&
  error.outcome.failure.class === 'permission'
    ? error.outcome.failure
    : undefined;

/** Validates once; a missing role comes back as the service's words, everything else ends the flow. */
function* missingAccordingToService(context: FlowContext, input: InstanceInput): Flow<Failure | undefined> {
  try {
    yield* takeStep(context, validateForBackup, input);
    return undefined;
  } catch (error) {
    const failure = permissionFailureOf(error);
    if (failure) return failure;
    throw alreadyProtected(error, input.vaultId) ?? error;
  }
}

/** The service names the vault that protects a datasource already in its message. */
function alreadyProtected(error: unknown, vaultId: string): FlowEnded | undefined {
  if (!(error instanceof StepFailed) || error.outcome.kind !== 'refused') return undefined;
  const { failure } = error.outcome;
  if (!failure.code.startsWith('UserErrorDppDatasourceAlready')) return undefined;
  const here = `${failure.message} ${failure.advice ?? ''}`.toLowerCase().includes(vaultId.toLowerCase());
  return new FlowEnded(here ? 'skipped' : 'failed', failure);
}

/** The roles the vault's identity lacks, read from the assignments; unreadable ones count as lacking. */
function* rolesMissing(context: FlowContext, { roles, vault }: Prepared): Flow<readonly NeededRole[]> {
  const missing: NeededRole[] = [];
  for (const role of roles) {
    const held = yield* takeStep(context, listRolesAt, {
      scope: role.scope,
      principalId: vault.principalId ?? '',
    });
    if (!held.some((id) => id.toLowerCase() === role.roleId)) missing.push(role);
  }
  return missing;
}

/** Grants one role at a time: parallel grants for one vault and group collide. */
function* grant(context: FlowContext, missing: readonly NeededRole[], principalId: string): Flow<void> {
  for (const { scope, roleId } of missing)
    yield* takeStep(context, grantRole, { scope, roleId, principalId });
}

/** Validates again until the grants count: as soon as they do, and no longer than a quarter of an hour. */
function* awaitRoles(context: FlowContext, input: InstanceInput, said: Failure): Flow<void> {
  let waited = 0;
  let failure: Failure | undefined = said;
  for (let look = 0; failure; look++) {
    if (waited >= propagationSeconds)
      refuse({
        ...failure,
        message: `roles were granted ${waited} s ago and do not count yet: ${failure.message}`,
      });
    const pause: number = beats(context, beatsBeforeValidating[look] ?? 6);
    yield* sleep(context, pause);
    waited += pause;
    failure = yield* missingAccordingToService(context, input);
  }
}

/** Has the service validate; roles that lack are named, or granted and waited for when the request says so. */
function* validate(context: FlowContext, prepared: Prepared, grantRoles: boolean): Flow<void> {
  const said = yield* missingAccordingToService(context, prepared.input);
  if (!said) return;
  const principalId = prepared.vault.principalId ?? '';
  const lacking = yield* rolesMissing(context, prepared);
  const missing = lacking.length > 0 ? lacking : prepared.roles;
  if (!grantRoles) refuse(missingRolesFailure(missing, principalId, said));
  yield* grant(context, missing, principalId);
  yield* awaitRoles(context, prepared.input, said);
}

/** The instance that protects the source in this vault already, whatever its state. */
const existingHere = ({ instances, input }: Prepared): BackupInstance | undefined =>
  instances.find((instance) => isOfVault(instance.id, input.vaultId));

/** What became of a protection: made, its policy changed, or found as wanted. */
export interface ProtectedDatasource {
  readonly instance: BackupInstance;
  readonly change: 'protected' | 'policyChanged' | 'none';
}

/** Goes on from an instance that is there already: nothing to do, waiting, or another policy under the same name. */
function* protectAgain(
  context: FlowContext,
  { input }: Prepared,
  existing: BackupInstance,
): Flow<ProtectedDatasource> {
  if (isStopped(existing)) throw notConfigured(existing);
  if (sameId(existing.policyId, input.policyId)) {
    const found = isIn(existing, 'ProtectionConfigured');
    return { instance: yield* untilConfigured(context, existing), change: found ? 'none' : 'protected' };
  }
  const named = { ...input, instanceId: existing.id };
  return { instance: yield* configure(context, named), change: 'policyChanged' };
}

/** Puts the instance and waits until the service will back it up. */
function* configure(context: FlowContext, input: InstanceInput): Flow<BackupInstance> {
  const { instanceId } = yield* takeStep(context, configureProtection, input);
  return yield* untilConfigured(
    context,
    yield* takeStep(context, awaitProtection, looksAt(context, instanceId)),
  );
}

/** Protects a disk or the blobs of a storage account, to the state in which the service will back it up. */
export function* protectDatasource(
  context: FlowContext,
  order: DatasourceProtection,
): Flow<ProtectedDatasource> {
  const prepared = yield* prepare(context, order);
  const existing = existingHere(prepared);
  if (existing) return yield* protectAgain(context, prepared, existing);
  yield* validate(context, prepared, order.options.grantRoles ?? false);
  return { instance: yield* configure(context, prepared.input), change: 'protected' };
}

/** Does every check of a protection and changes nothing: what would be sent, which roles lack, what protects already. */
export function* validateDatasource(context: FlowContext, order: DatasourceProtection): Flow<FlowEnding> {
  const prepared = yield* prepare(context, order);
  const existing = prepared.instances.map(({ id, state, policyId }) => ({ id, state, policyId }));
  const missing = yield* rolesMissing(context, prepared);
  const said = existing.length > 0 ? undefined : yield* missingAccordingToService(context, prepared.input);
  const principalId = prepared.vault.principalId ?? '';
  const result = {
    wouldSend: prepared.input,
    missingRoles: missing.map((role) => ({ ...role, principalId })),
    alreadyProtected: existing,
  };
  if (!said) return { status: 'completed', result };
  return {
    status: 'failed',
    result,
    error: missingRolesFailure(missing.length > 0 ? missing : prepared.roles, principalId, said),
  };
}

import type { Failure } from '../../arm/call.ts';
import { type InstanceInput } from '../../data-protection/datasources.ts';
import { missingRolesFailure } from '../../data-protection/eligibility.ts';
import {
  changeInstance,
  configureAlone,
  configureProtection,
} from '../../data-protection/instanceChanges.ts';
import {
  awaitProtection,
  findInstanceContent,
  findInstancesOf,
  type BackupInstance,
  type InstanceContent,
} from '../../data-protection/instances.ts';
import {
  changedProperties,
  differencesOf,
  unchangeable,
  type Difference,
  type WantedProtection,
} from '../../data-protection/reconcile.ts';
import type { Flow, FlowContext, FlowEnding } from '../flow.ts';
import { softDeletedIn, isIn, isStopped, looksAt, notConfigured, untilConfigured } from './instanceTarget.ts';
import { FlowEnded, StepFailed, guarded } from '../refusals.ts';
import { orAsFound, takeStep } from '../takeStep.ts';
import { grantMissing, permissionFailureOf, rolesMissing } from '../roleGrants.ts';

import {
  newInstance,
  prepare,
  missingAccordingToService,
  syncUntilRolesCount,
  validateWithRoles,
  type DatasourceProtection,
  type Prepared,
} from './prepareProtection.ts';

/** What became of a protection: made, changed in what differed, or found as wanted. */
export interface ProtectedDatasource {
  readonly instance: BackupInstance;
  readonly change: 'protected' | 'policyChanged' | 'changed' | 'none';
  readonly differences: readonly Difference[];
}

const refuse = (failure: Failure): never => {
  throw new FlowEnded('failed', failure);
};

const isNotAcceptable = (error: unknown): boolean =>
  error instanceof StepFailed &&
  error.outcome.kind !== 'cancelled' &&
  error.outcome.failure.code === 'HTTP_406';

function* putNew(context: FlowContext, input: InstanceInput): Flow<string> {
  try {
    return (yield* takeStep(context, configureProtection, input)).instanceId;
  } catch (error) {
    if (!isNotAcceptable(error)) throw error;
    return (yield* takeStep(context, configureAlone, input)).instanceId;
  }
}

/** Puts a new instance; where its operation cannot be read to an end, the vault's list says whether it is there. */
function* configure(context: FlowContext, input: InstanceInput): Flow<BackupInstance> {
  const { vaultId, resourceId } = input;
  const instanceId = yield* orAsFound(context, putNew(context, input), function* () {
    const listed = yield* takeStep(context, findInstancesOf, { vaultId, resourceId });
    return listed[0]?.id;
  });
  return yield* takeStep(context, awaitProtection, looksAt(context, instanceId));
}

/** Writes a change; where its operation cannot be read to an end, the instance says whether it is as wanted. */
function* change(
  context: FlowContext,
  { id, properties }: InstanceContent,
  wanted: WantedProtection,
): Flow<void> {
  const written = { instanceId: id, properties: changedProperties(properties, wanted) };
  yield* orAsFound(context, takeStep(context, changeInstance, written), function* () {
    const { found } = yield* takeStep(context, findInstanceContent, { instanceId: id });
    return found && differencesOf(found.properties, wanted).length === 0 ? { instanceId: id } : undefined;
  });
}

/** Writes the change; a role that the service misses is granted and the change written again, where that was asked. */
function* changeWithRoles(context: FlowContext, existing: InstanceContent, prepared: Prepared): Flow<void> {
  try {
    yield* change(context, existing, prepared.wanted);
  } catch (error) {
    const said = permissionFailureOf(error);
    if (!said) throw error;
    const missing = yield* rolesMissing(context, prepared.roles);
    if (missing.length === 0) throw error;
    yield* grantMissing(context, prepared.roles, missing, said);
    yield* change(context, existing, prepared.wanted);
  }
}

/** What a change claims is read: the instance must be as asked. */
function* changed(context: FlowContext, existing: InstanceContent, prepared: Prepared): Flow<BackupInstance> {
  yield* changeWithRoles(context, existing, prepared);
  const after = yield* takeStep(context, awaitProtection, looksAt(context, existing.id));
  const { found } = yield* takeStep(context, findInstanceContent, { instanceId: existing.id });
  const [left] = found ? differencesOf(found.properties, prepared.wanted) : [];
  if (left)
    refuse({
      code: 'ChangeWithoutEffect',
      message: `${existing.id} was changed, but its ${left.what} is still ${left.is}`,
    });
  return after;
}

/** Brings an instance that is there to what is asked: the smallest change, and its roles where they lack. */
function* bringToWanted(
  context: FlowContext,
  existing: InstanceContent,
  prepared: Prepared,
): Flow<ProtectedDatasource> {
  if (isIn(existing, 'SoftDeleted'))
    throw (yield* softDeletedIn(context, prepared.vault.id, prepared.source.id)) ?? notConfigured(existing);
  if (isStopped(existing)) throw notConfigured(existing);
  const differences = differencesOf(existing.properties, prepared.wanted);
  const obstacle = unchangeable(differences);
  if (obstacle) refuse(obstacle);
  const wasProtected = isIn(existing, 'ProtectionConfigured');
  const granted =
    isIn(existing, 'ProtectionError') && (yield* grantedFor(context, prepared, existing.failure));
  const now = differences.length > 0 ? yield* changed(context, existing, prepared) : existing;
  const instance =
    granted && isIn(now, 'ProtectionError') ? yield* syncUntilRolesCount(context, existing.id) : now;
  return {
    instance: yield* untilConfigured(context, instance),
    change: changeOf(differences, wasProtected),
    differences,
  };
}

function changeOf(differences: readonly Difference[], wasProtected: boolean): ProtectedDatasource['change'] {
  if (differences.length === 0) return wasProtected ? 'none' : 'protected';
  return differences.every(({ what }) => what === 'policy') ? 'policyChanged' : 'changed';
}

/** Of an instance in error: whether roles that it lacked have been granted. @throws FlowEnded naming them otherwise. */
function* grantedFor(context: FlowContext, { roles }: Prepared, said: Failure | undefined): Flow<boolean> {
  const missing = yield* rolesMissing(context, roles);
  if (missing.length > 0) yield* grantMissing(context, roles, missing, said);
  return missing.length > 0;
}

/** Protects a disk or the blobs of a storage account, to the state in which the service will back it up. */
export function* protectDatasource(
  context: FlowContext,
  order: DatasourceProtection,
): Flow<ProtectedDatasource> {
  const prepared = yield* prepare(context, order);
  try {
    if (prepared.existing) return yield* bringToWanted(context, prepared.existing, prepared);
    const input = newInstance(prepared);
    yield* validateWithRoles(context, input, prepared.roles);
    const instance = yield* untilConfigured(context, yield* configure(context, input));
    return { instance, change: 'protected', differences: [] };
  } catch (error) {
    throw guarded(error);
  }
}

/** Does every check of a protection and changes nothing: what would be sent or changed, which roles lack, what protects already. */
export function* validateDatasource(context: FlowContext, order: DatasourceProtection): Flow<FlowEnding> {
  const prepared = yield* prepare(context, order);
  const { existing, roles, wanted } = prepared;
  const missing = yield* rolesMissing(context, roles);
  const input = newInstance(prepared);
  const said = existing ? undefined : yield* missingAccordingToService(context, input);
  const result = {
    ...(existing ? { wouldChange: differencesOf(existing.properties, wanted) } : { wouldSend: input }),
    missingRoles: missing.map((role) => ({ ...role, principalId: roles.principalId })),
    alreadyProtected: prepared.listed.map(({ id, state, policyId }) => ({ id, state, policyId })),
  };
  if (!said) return { status: 'completed', result };
  const lacking = missing.length > 0 ? missing : roles.roles;
  return { status: 'failed', result, error: missingRolesFailure(lacking, roles.principalId, said) };
}

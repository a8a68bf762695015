import type { Failure } from '../../arm/call.ts';
import type { InstanceInput } from '../../data-protection/datasources.ts';
import { syncInstance, validateForBackup } from '../../data-protection/instanceChanges.ts';
import { awaitProtection, type BackupInstance } from '../../data-protection/instances.ts';
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

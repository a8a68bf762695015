import type { Failure } from '../../arm/call.ts';
import type { InstanceInput, NeededRole } from '../../data-protection/datasources.ts';
import { missingRolesFailure } from '../../data-protection/eligibility.ts';
import { syncInstance, validateForBackup } from '../../data-protection/instanceChanges.ts';
import { awaitProtection, type BackupInstance } from '../../data-protection/instances.ts';
import { grantRole, listRolesAt } from '../../resources/roleAssignments.ts';
import { beats, type Flow, type FlowContext } from '../flow.ts';
import { FlowEnded, StepFailed } from '../refusals.ts';
import { sleep, takeStep } from '../takeStep.ts';
import { softDeletedIn } from './instanceTarget.ts';
import { isIn, looksAt } from './instanceState.ts';

/** The roles that an identity of a vault needs for one datasource. */
export interface RolesWanted {
  readonly roles: readonly NeededRole[];
  readonly principalId: string;
  /** Whether the request allows granting them. */
  readonly mayGrant: boolean;
}

/** Role assignments take up to half an hour to count. */
const propagationSeconds = 2400;
const beatsBetweenLooks = [3, 3, 4.5, 6, 9, 12, 18, 24] as const;
const longestBeats = 30;

const refuse = (failure: Failure): never => {
  throw new FlowEnded('failed', failure);
};

/** The roles that the identity lacks, read from the assignments. */
export function* rolesMissing(
  context: FlowContext,
  { roles, principalId }: RolesWanted,
): Flow<readonly NeededRole[]> {
  const missing: NeededRole[] = [];
  for (const role of roles) {
    const held = yield* takeStep(context, listRolesAt, { scope: role.scope, principalId });
    if (!held.some((id) => id.toLowerCase() === role.roleId)) missing.push(role);
  }
  return missing;
}

/**
 * Grants what the identity lacks, one role at a time: parallel grants for one vault and group collide.
 *
 * @param said why the service refuses; undefined when the roles are read before it was asked.
 * @returns whether anything was granted. @throws FlowEnded naming role, scope and command where granting was not asked for.
 */
export function* grantMissing(
  context: FlowContext,
  wanted: RolesWanted,
  missing: readonly NeededRole[],
  said: Failure | undefined,
): Flow<void> {
  const { principalId, mayGrant } = wanted;
  if (!mayGrant) refuse(missingRolesFailure(missing, principalId, said));
  for (const { scope, roleId } of missing)
    yield* takeStep(context, grantRole, { scope, roleId, principalId });
}

/** What the service says of a missing role; undefined for any other failure. */
export const permissionFailureOf = (error: unknown): Failure | undefined =>
  error instanceof StepFailed &&
  error.outcome.kind !== 'cancelled' &&
  error.outcome.failure.class === 'permission'
    ? error.outcome.failure
    : undefined;

/** Looks again until nothing is refused, less often the longer it takes: granted roles count after up to half an hour. */
export function* untilRolesCount<T>(
  context: FlowContext,
  look: () => Flow<{ readonly done: T } | { readonly refused: Failure }>,
): Flow<T> {
  const grantedAt = context.df.currentUtcDateTime.getTime();
  for (let looks = 0; ; looks++) {
    yield* sleep(context, beats(context, beatsBetweenLooks[looks] ?? longestBeats));
    const seen = yield* look();
    if ('done' in seen) return seen.done;
    const waitedSeconds = Math.round((context.df.currentUtcDateTime.getTime() - grantedAt) / 1000);
    if (waitedSeconds >= propagationSeconds) {
      const { message } = seen.refused;
      refuse({
        ...seen.refused,
        message: `roles were granted ${Math.round(waitedSeconds / 60)} min ago and do not count yet: ${message}`,
      });
    }
  }
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

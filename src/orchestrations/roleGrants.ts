import type { Failure } from '../arm/call.ts';
import type { NeededRole } from '../data-protection/datasources.ts';
import { missingRolesFailure } from '../data-protection/eligibility.ts';
import { grantRole, listRolesAt } from '../resources/roleAssignments.ts';
import { beats, type Flow, type FlowContext } from './flow.ts';
import { FlowEnded, StepFailed } from './refusals.ts';
import { sleep, takeStep } from './takeStep.ts';

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

/** An attempt that the service refuses for want of a role is an answer, not an end. */
function* attempted<T>(attempt: () => Flow<T>): Flow<{ readonly done: T } | { readonly refused: Failure }> {
  try {
    return { done: yield* attempt() };
  } catch (error) {
    const refused = permissionFailureOf(error);
    if (!refused) throw error;
    return { refused };
  }
}

/** Does what needs roles: where the service misses one, it is named, or granted and waited for where that was asked. */
export function* withRoles<T>(context: FlowContext, wanted: RolesWanted, attempt: () => Flow<T>): Flow<T> {
  const first = yield* attempted(attempt);
  if ('done' in first) return first.done;
  const lacking = yield* rolesMissing(context, wanted);
  if (lacking.length > 0) yield* grantMissing(context, wanted, lacking, first.refused);
  return yield* untilRolesCount(context, () => attempted(attempt));
}

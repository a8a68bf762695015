import { sameId } from '../arm/resourceId.ts';
import { kindWords, type ItemKind } from '../recovery-services/itemKinds.ts';
import { vaultIdOf } from '../recovery-services/paths.ts';
import { readPolicy } from '../recovery-services/policies.ts';
import type { Flow, FlowContext } from './flow.ts';
import { missingPolicy, refuse } from './refusals.ts';
import { takeStep } from './takeStep.ts';

/** What a policy is wanted for. */
export interface PolicyWanted {
  readonly policyId: string;
  readonly vaultId: string;
  readonly kind: ItemKind;
}

/**
 * Makes sure, before anything is written, that the policy is there and fits the kind of item.
 *
 * @throws FlowEnded when it is missing, of another vault, or for another kind of item.
 */
export function* checkPolicy(context: FlowContext, wanted: PolicyWanted): Flow<void> {
  const { policyId, vaultId, kind } = wanted;
  if (!sameId(vaultIdOf(policyId), vaultId)) {
    throw refuse('PolicyOfAnotherVault', `The policy ${policyId} is not one of the vault ${vaultId}.`);
  }
  const policy = yield* takeStep(context, readPolicy, { policyId });
  if (!policy) throw missingPolicy(policyId);
  const { backupManagementType, noun } = kindWords[kind];
  if (policy.backupManagementType && policy.backupManagementType !== backupManagementType) {
    throw refuse(
      'PolicyOfAnotherKind',
      `Policy ${policy.name} is for ${policy.backupManagementType}; a ${noun} needs one for ${backupManagementType}.`,
    );
  }
}

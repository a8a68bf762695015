import { sameId } from '../../arm/resourceId.ts';
import { kindWords, type ItemKind } from '../../recovery-services/itemKinds.ts';
import { vaultIdOf } from '../../recovery-services/paths.ts';
import { readPolicy } from '../../recovery-services/vaults.ts';
import type { RunRequest } from '../../runs/request.ts';
import type { Flow, FlowContext } from '../flow.ts';
import { missingPolicy, refuse } from '../refusals.ts';
import { takeStep } from '../takeStep.ts';
import { itemTargetOf, type ItemTarget } from './itemTarget.ts';
import { asksAccess } from './registerAccount.ts';

/** What a policy is wanted for. */
interface PolicyWanted {
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

/** A request to protect something, or to say what protecting it would do. */
type ProtectionRequest = Extract<RunRequest, { kind: 'protect' | 'validate' }>;

/** Fields that only Backup vaults know. */
const foreignFields = ['snapshotResourceGroupId', 'containers', 'autoProtect'] as const;
/** Fields about the account of a share. */
const accountFields = ['accessType', 'identity', 'lockStorageAccount'] as const;

function warnOfForeignFields(context: FlowContext, request: ProtectionRequest, kind: ItemKind): void {
  const given = (fields: readonly (keyof ProtectionRequest)[]): string =>
    fields.filter((field) => request[field] !== undefined && request[field] !== false).join(', ');
  const rolesCount = kind === 'fileShare' && asksAccess(request);
  const ofVault = given([...foreignFields, ...(rolesCount ? [] : (['grantRoles'] as const))]);
  if (ofVault)
    context.warnings.push(`Of no meaning for a Recovery Services vault, and left out: ${ofVault}.`);
  const ofAccount = kind === 'fileShare' ? '' : given(accountFields);
  if (ofAccount) context.warnings.push(`Of no meaning for this target, and left out: ${ofAccount}.`);
}

/**
 * Reads what a protection request is about.
 *
 * @throws FlowEnded when the request names two vaults, or none.
 */
export function readProtection(context: FlowContext, request: ProtectionRequest): ItemTarget {
  const { target, vaultId } = request;
  if ('kind' in target && vaultId !== undefined && vaultId.toLowerCase() !== target.vaultId.toLowerCase()) {
    throw refuse('VaultAmbiguous', `The request names two vaults: ${vaultId} and ${target.vaultId}.`);
  }
  const read = itemTargetOf(target, vaultId);
  warnOfForeignFields(context, request, kindOfTarget(read));
  return read;
}

/** The kind of item a target names. */
export const kindOfTarget = (target: ItemTarget): ItemKind =>
  target.by === 'id' ? target.kind : target.sought.kind;

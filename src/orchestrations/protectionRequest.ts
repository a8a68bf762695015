import type { RunRequest } from '../runs/request.ts';
import type { ItemKind } from '../recovery-services/itemKinds.ts';
import type { FlowContext } from './flow.ts';
import { itemTargetOf, type ItemTarget } from './itemTarget.ts';
import { refuse } from './refusals.ts';

/** A request to protect something, or to say what protecting it would do. */
export type ProtectionRequest = Extract<RunRequest, { kind: 'protect' | 'validate' }>;

/** Fields that only Backup vaults know. */
const foreignFields = ['snapshotResourceGroupId', 'containers', 'autoProtect', 'grantRoles'] as const;

function warnOfForeignFields(context: FlowContext, request: ProtectionRequest): void {
  const given = foreignFields.filter((field) => request[field] !== undefined && request[field] !== false);
  if (given.length > 0) {
    context.warnings.push(`Of no meaning for a Recovery Services vault, and left out: ${given.join(', ')}.`);
  }
}

/**
 * Reads what a protection request is about.
 *
 * @throws FlowEnded when the request names two vaults, or none.
 */
export function readProtection(context: FlowContext, request: ProtectionRequest): ItemTarget {
  warnOfForeignFields(context, request);
  const { target, vaultId } = request;
  if ('kind' in target && vaultId !== undefined && vaultId.toLowerCase() !== target.vaultId.toLowerCase()) {
    throw refuse('VaultAmbiguous', `The request names two vaults: ${vaultId} and ${target.vaultId}.`);
  }
  return itemTargetOf(target, vaultId);
}

/** The kind of item a target names. */
export const kindOfTarget = (target: ItemTarget): ItemKind =>
  target.by === 'id' ? target.kind : target.sought.kind;

import { sameId, nameIn } from '../../arm/resourceId.ts';
import { vaultIdOf, kindOfItem, kindWords, type ItemKind } from '../../recovery-services/paths.ts';
import type { ItemSought } from '../../recovery-services/protectedItems.ts';
import { readPolicy } from '../../recovery-services/vaults.ts';
import type { Target, Protection, RunRequest } from '../../runs/request.ts';
import type { Flow, FlowContext } from '../flow.ts';
import { refuse, missingPolicy } from '../refusals.ts';
import { takeStep } from '../takeStep.ts';

/** What a target names, whichever way it is written: the key by which a flow is chosen. */
export type TargetKind = Extract<Target, { kind: string }>['kind'] | 'backupInstance';

/** A target in a Recovery Services vault: by the item's id, or by names that the vault's lists are searched for. */
export type ItemTarget =
  | { readonly by: 'id'; readonly itemId: string; readonly kind: ItemKind }
  | { readonly by: 'name'; readonly sought: ItemSought };

const shareOf = (id: string): string | undefined => nameIn(id, 'shares');

/** The kind of a bare ARM id; undefined for one that is neither a protected item, a backup instance nor a datasource. */
function kindOfId(id: string): TargetKind | undefined {
  if (nameIn(id, 'backupInstances')) return 'backupInstance';
  if (nameIn(id, 'protectedItems')) return kindOfItem(id);
  if (shareOf(id)) return 'fileShare';
  if (nameIn(id, 'virtualMachines')) return 'virtualMachine';
  if (nameIn(id, 'disks')) return 'disk';
  return nameIn(id, 'storageAccounts') ? 'blobs' : undefined;
}

/** @returns undefined when the id tells nothing we know. */
export const targetKindOf = (target: Target): TargetKind | undefined =>
  'kind' in target ? target.kind : kindOfId(target.id);

/** The account's id in the id of one of its shares. */
const accountIdOf = (shareId: string): string =>
  shareId.slice(0, shareId.toLowerCase().indexOf('/fileservices/'));

function soughtById(id: string, vaultId: string | undefined): ItemSought {
  if (vaultId === undefined) {
    throw refuse('VaultNotNamed', `The id ${id} is a datasource's: the vault must be named too.`);
  }
  const share = shareOf(id);
  return share === undefined
    ? { vaultId, kind: 'virtualMachine', virtualMachineId: id }
    : { vaultId, kind: 'fileShare', storageAccountId: accountIdOf(id), share };
}

function namedTarget(target: Exclude<Target, { id: string }>): ItemSought {
  switch (target.kind) {
    case 'fileShare':
    case 'virtualMachine':
    case 'workload':
      return target;
    case 'disk':
    case 'blobs':
      throw refuse('TargetKindNotHere', `A ${target.kind} belongs to a Backup vault.`);
  }
}

/**
 * Reads a target that belongs to a Recovery Services vault.
 *
 * @param vaultId where a datasource's id alone does not say it.
 * @throws FlowEnded when the target names no vault, or nothing of this service.
 */
export function itemTargetOf(target: Target, vaultId?: string): ItemTarget {
  if ('kind' in target) return { by: 'name', sought: namedTarget(target) };
  const kind = kindOfItem(target.id);
  if (kind) return { by: 'id', itemId: target.id, kind };
  return { by: 'name', sought: soughtById(target.id, vaultId) };
}

/** The vault a target lies in. */
export const vaultOfTarget = (target: ItemTarget): string =>
  target.by === 'id' ? vaultIdOf(target.itemId) : target.sought.vaultId;

const lastSegment = (id: string): string => id.split('/').at(-1) ?? id;

/** What a person calls the target. */
export function nameOfTarget(target: ItemTarget): string {
  if (target.by === 'id') return target.itemId;
  const { sought } = target;
  if (sought.kind === 'fileShare') return `share ${sought.share} of ${lastSegment(sought.storageAccountId)}`;
  if (sought.kind === 'workload') return `database ${sought.database} in ${sought.container}`;
  const { virtualMachineId: id } = sought;
  return `virtual machine ${lastSegment(id)} of group ${nameIn(id, 'resourceGroups')}`;
}

/** What a request says of the registration of an account; what is absent is left as it is, or to the service. */
export type RegistrationAsked = Pick<
  Protection,
  'lockStorageAccount' | 'accessType' | 'identity' | 'grantRoles'
>;

/** Whether a request says how the vault is to reach the account. */
export const asksAccess = ({ accessType, identity }: RegistrationAsked): boolean =>
  accessType !== undefined || identity !== undefined;

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

import { kindOfItem, type ItemKind } from '../../recovery-services/itemKinds.ts';
import { nameIn, vaultIdOf } from '../../recovery-services/paths.ts';
import type { ItemSought } from '../../recovery-services/protectedItems.ts';
import type { Target } from '../../runs/request.ts';
import { refuse } from '../refusals.ts';

/** What a target names, whichever way it is written: the key by which a flow is chosen. */
export type TargetKind = Extract<Target, { kind: string }>['kind'] | 'backupInstance';

/** A target in a Recovery Services vault: by the item's id, or by names that the vault's lists are searched for. */
export type ItemTarget =
  | { readonly by: 'id'; readonly itemId: string; readonly kind: ItemKind }
  | { readonly by: 'name'; readonly sought: ItemSought };

/** A share by its account and name. */
export type ShareSought = Extract<ItemSought, { kind: 'fileShare' }>;

/** A virtual machine by its id. */
export type MachineSought = Extract<ItemSought, { kind: 'virtualMachine' }>;

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

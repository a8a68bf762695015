import { sameId } from '../../arm/resourceId.ts';
import { inSameSubscription } from '../../recovery-services/paths.ts';
import { refreshContainers } from '../../recovery-services/containers.ts';
import { newItemType, protectItem, type ChangedItem } from '../../recovery-services/itemChanges.ts';
import {
  documentedMachine,
  findProtectableVirtualMachine,
  type Protectable,
} from '../../recovery-services/protectableItems.ts';
import { awaitProtected, type ProtectedItem } from '../../recovery-services/protectedItems.ts';
import type { Flow, FlowContext } from '../flow.ts';
import { guarded, notProtected, refuse, unknownItem } from '../refusals.ts';
import { takeStep } from '../takeStep.ts';
import { discoverShare } from './discoverShare.ts';
import {
  nameOfTarget,
  vaultOfTarget,
  type ItemTarget,
  type MachineSought,
  type ShareSought,
} from './itemTarget.ts';
import { checkStanding, type Listed } from './listedItem.ts';
import { checkPolicy, kindOfTarget } from './protectionRequest.ts';

/**
 * Makes the vault see a virtual machine that it does not protect yet: a discovery on a miss.
 *
 * @throws FlowEnded when the vault does not offer it after that either.
 */
function* discoverVirtualMachine(context: FlowContext, sought: MachineSought): Flow<Protectable> {
  const { vaultId, virtualMachineId } = sought;
  if (!inSameSubscription(vaultId, virtualMachineId)) {
    context.warnings.push(
      'The machine lies in another subscription than the vault, which discovery cannot see: the documented names were used.',
    );
    return documentedMachine(vaultId, virtualMachineId);
  }
  const known = yield* takeStep(context, findProtectableVirtualMachine, { vaultId, virtualMachineId });
  if (known.found) return known.found;
  yield* takeStep(context, refreshContainers, { vaultId, backupManagementType: 'AzureIaasVM' });
  const again = yield* takeStep(context, findProtectableVirtualMachine, { vaultId, virtualMachineId });
  if (again.found) return again.found;
  const seen = again.seen.length > 0 ? again.seen.join(', ') : 'none';
  throw refuse(
    'VirtualMachineNotFound',
    `The vault does not offer the virtual machine ${virtualMachineId}. Machines seen: ${seen}.`,
    "It must exist, lie in the vault's region and subscription, and not be protected by another vault.",
  );
}

/** What a protection is made with. */
interface ProtectionOrder {
  readonly policyId: string;
  /** Whether the vault locks the storage account against deletion; absent leaves it to the service. */
  readonly lock?: boolean;
}

/** What became of a protection: made, its policy changed, or found as wanted. */
export interface Protected {
  readonly item: ProtectedItem;
  readonly change: 'protected' | 'policyChanged' | 'none';
}

/** Puts the policy and waits until the item itself says that it is protected: the operation's success does not. */
export function* putPolicy(
  context: FlowContext,
  changed: ChangedItem,
  policyId: string,
): Flow<ProtectedItem> {
  try {
    yield* takeStep(context, protectItem, { ...changed, policyId });
  } catch (error) {
    throw guarded(error);
  }
  return yield* takeStep(context, awaitProtected, { itemId: changed.itemId, policyId });
}

/** An item that is there, as a change of it is written. Recorded changes of databases name no source. */
export function changedItem({ id, protectedItemType, sourceResourceId }: ProtectedItem): ChangedItem {
  const isDatabase = protectedItemType.toLowerCase().startsWith('azurevmworkload');
  const source = isDatabase || sourceResourceId === undefined ? {} : { sourceResourceId };
  return { itemId: id, protectedItemType, ...source };
}

/** An item that is not there yet, under the id that the vault offers. */
const newItem = (sought: ShareSought | MachineSought, { protectedItemId }: Protectable): ChangedItem => ({
  itemId: protectedItemId,
  protectedItemType: newItemType[sought.kind],
  sourceResourceId: sought.kind === 'fileShare' ? sought.storageAccountId : sought.virtualMachineId,
});

function* protectNew(
  context: FlowContext,
  sought: ShareSought | MachineSought,
  order: ProtectionOrder,
): Flow<Protected> {
  const { policyId, lock } = order;
  yield* checkPolicy(context, { policyId, vaultId: sought.vaultId, kind: sought.kind });
  const offered =
    sought.kind === 'fileShare'
      ? yield* discoverShare(context, sought, lock)
      : yield* discoverVirtualMachine(context, sought);
  return { item: yield* putPolicy(context, newItem(sought, offered), policyId), change: 'protected' };
}

function* protectListed(
  context: FlowContext,
  target: ItemTarget,
  item: ProtectedItem,
  policyId: string,
): Flow<Protected> {
  checkStanding(context, item, nameOfTarget(target));
  const isFree = item.standing === 'notProtected';
  if (!isFree && sameId(item.policyId, policyId)) return { item, change: 'none' };
  yield* checkPolicy(context, { policyId, vaultId: vaultOfTarget(target), kind: kindOfTarget(target) });
  const changed = yield* putPolicy(context, changedItem(item), policyId);
  return { item: changed, change: isFree ? 'protected' : 'policyChanged' };
}

/**
 * Makes sure that a target is protected by a policy, going on from what the vault lists for it: takes the item as it
 * is, or discovers, registers and protects it.
 *
 * @throws FlowEnded when that is not possible (stopped, soft-deleted, unknown, another vault's, no such policy).
 */
export function* protectAsListed(
  context: FlowContext,
  target: ItemTarget,
  { item, seen }: Listed,
  order: ProtectionOrder,
): Flow<Protected> {
  if (item) return yield* protectListed(context, target, item, order.policyId);
  if (target.by === 'id') throw unknownItem(target.itemId);
  // A database is offered by its machine only after the machine itself has been registered, which is not done here.
  if (target.sought.kind === 'workload') throw notProtected(nameOfTarget(target), seen);
  return yield* protectNew(context, target.sought, order);
}

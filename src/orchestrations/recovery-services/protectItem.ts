import { inSameSubscription } from '../../recovery-services/paths.ts';
import { refreshContainers } from '../../recovery-services/containers.ts';
import {
  newItemType,
  protectItem,
  differencesOf,
  type ChangedItem,
  type Difference,
} from '../../recovery-services/itemChanges.ts';
import type { StartedJob } from '../../recovery-services/operations.ts';
import {
  documentedMachine,
  findProtectableVirtualMachine,
  type Protectable,
} from '../../recovery-services/protectableItems.ts';
import {
  awaitProtected,
  readProtectedItem,
  type ProtectedItem,
} from '../../recovery-services/protectedItems.ts';
import type { Flow, FlowContext } from '../flow.ts';
import { StepFailed, guarded, notProtected, refuse, stillDiffers, unknownItem } from '../refusals.ts';
import { orAsFound, takeStep } from '../takeStep.ts';
import { discoverShare } from './discoverShare.ts';
import {
  nameOfTarget,
  vaultOfTarget,
  type ItemTarget,
  type MachineSought,
  type ShareSought,
} from './itemTarget.ts';
import { refuseResting, warnOfState, type Listed } from './listedItem.ts';
import { checkPolicy, kindOfTarget } from './protectionRequest.ts';
import { asksAccess, registeredContainer, type RegistrationAsked } from './registerAccount.ts';

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
  const look = () => takeStep(context, findProtectableVirtualMachine, { vaultId, virtualMachineId });
  const discovering = takeStep(context, refreshContainers, { vaultId, backupManagementType: 'AzureIaasVM' });
  yield* orAsFound(context, discovering, function* () {
    return (yield* look()).found ? null : undefined;
  });
  const again = yield* look();
  if (again.found) return again.found;
  const seen = again.seen.length > 0 ? again.seen.join(', ') : 'none';
  throw refuse(
    'VirtualMachineNotFound',
    `The vault does not offer the virtual machine ${virtualMachineId}. Machines seen: ${seen}.`,
    "It must exist, lie in the vault's region and subscription, and not be protected by another vault.",
  );
}

/** What a protection is made with; for shares, also how their account is registered. */
type ProtectionOrder = RegistrationAsked & { readonly policyId: string };

/** What became of a protection: made, changed in what differed, or found as wanted. */
export interface Protected {
  readonly item: ProtectedItem;
  readonly change: 'protected' | 'policyChanged' | 'changed' | 'none';
  readonly differences: readonly Difference[];
}

/** Where the operation of a protection cannot be read: `{ jobId: null }` once the item is protected as asked. */
function* foundProtected(
  context: FlowContext,
  itemId: string,
  policyId: string,
): Flow<StartedJob | undefined> {
  const item = yield* takeStep(context, readProtectedItem, { itemId });
  return item?.standing === 'protected' && differencesOf(item, policyId).length === 0
    ? { jobId: null }
    : undefined;
}

const hasTimedOut = (error: unknown): boolean =>
  error instanceof StepFailed && error.outcome.kind === 'timedOut';

/** Waits until the item itself says that it is protected: the operation's success does not. */
function* readProtected(context: FlowContext, itemId: string, policyId: string): Flow<ProtectedItem> {
  try {
    return yield* takeStep(context, awaitProtected, { itemId, policyId });
  } catch (error) {
    const item = hasTimedOut(error) ? yield* takeStep(context, readProtectedItem, { itemId }) : null;
    const [left] = item ? differencesOf(item, policyId) : [];
    throw left ? stillDiffers(itemId, left) : error;
  }
}

/** Puts the policy, and reads what that has come to. @throws FlowEnded where the service says success and the item does not. */
function* putPolicy(context: FlowContext, changed: ChangedItem, policyId: string): Flow<ProtectedItem> {
  const { itemId } = changed;
  try {
    const put = takeStep(context, protectItem, { ...changed, policyId });
    yield* orAsFound(context, put, () => foundProtected(context, itemId, policyId));
  } catch (error) {
    throw guarded(error);
  }
  return yield* readProtected(context, itemId, policyId);
}

/** An item that is there, as a change of it is written. Recorded changes of databases name no source. */
export function changedItem({ id, protectedItemType, sourceResourceId, kept }: ProtectedItem): ChangedItem {
  const isDatabase = protectedItemType.toLowerCase().startsWith('azurevmworkload');
  const source = isDatabase || sourceResourceId === undefined ? {} : { sourceResourceId };
  return { itemId: id, protectedItemType, ...source, ...(kept === undefined ? {} : { kept }) };
}

/** Puts a policy to an item that is there. It is read first: a list need not show what the change must say again. */
export function* putPolicyAgain(
  context: FlowContext,
  item: ProtectedItem,
  policyId: string,
): Flow<ProtectedItem> {
  const now = yield* takeStep(context, readProtectedItem, { itemId: item.id });
  return yield* putPolicy(context, changedItem(now ?? item), policyId);
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
  const { policyId } = order;
  yield* checkPolicy(context, { policyId, vaultId: sought.vaultId, kind: sought.kind });
  const { offered, differences } =
    sought.kind === 'fileShare'
      ? yield* discoverShare(context, sought, order)
      : { offered: yield* discoverVirtualMachine(context, sought), differences: [] };
  const item = yield* putPolicy(context, newItem(sought, offered), policyId);
  return { item, change: 'protected', differences };
}

/** The share of an item that is there, as far as its account's registration is concerned; undefined for other kinds. */
export function shareOf(target: ItemTarget, item: ProtectedItem): ShareSought | undefined {
  if (target.by === 'name') return target.sought.kind === 'fileShare' ? target.sought : undefined;
  const { sourceResourceId: storageAccountId, friendlyName: share = '' } = item;
  if (target.kind !== 'fileShare' || storageAccountId === undefined) return undefined;
  return { kind: 'fileShare', vaultId: vaultOfTarget(target), storageAccountId, share };
}

/** Registers the account again where the vault is to reach it otherwise, and says in what it differed. */
function* registeredAgain(
  context: FlowContext,
  share: ShareSought | undefined,
  order: ProtectionOrder,
): Flow<readonly Difference[]> {
  if (!share || !asksAccess(order)) return [];
  return (yield* registeredContainer(context, share, order)).differences;
}

function changeOf(differences: readonly Difference[]): Protected['change'] {
  if (differences.length === 0) return 'none';
  if (differences.some(({ what }) => what === 'standing')) return 'protected';
  return differences.every(({ what }) => what === 'policy') ? 'policyChanged' : 'changed';
}

function* protectListed(
  context: FlowContext,
  target: ItemTarget,
  item: ProtectedItem,
  order: ProtectionOrder,
): Flow<Protected> {
  const { policyId } = order;
  refuseResting(context, item, nameOfTarget(target));
  if (item.standing === 'unknown') warnOfState(context, item, nameOfTarget(target));
  const ofItem = differencesOf(item, policyId);
  if (ofItem.length > 0)
    yield* checkPolicy(context, { policyId, vaultId: vaultOfTarget(target), kind: kindOfTarget(target) });
  const ofAccount = yield* registeredAgain(context, shareOf(target, item), order);
  const differences = [...ofAccount, ...ofItem];
  const changed = ofItem.length > 0 ? yield* putPolicyAgain(context, item, policyId) : item;
  return { item: changed, change: changeOf(differences), differences };
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
  if (item) return yield* protectListed(context, target, item, order);
  if (target.by === 'id') throw unknownItem(target.itemId);
  // A database is offered by its machine only after the machine itself has been registered, which is not done here.
  if (target.sought.kind === 'workload') throw notProtected(nameOfTarget(target), seen);
  return yield* protectNew(context, target.sought, order);
}

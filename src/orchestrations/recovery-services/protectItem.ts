import { refreshContainers, inquireContainer } from '../../recovery-services/containers.ts';
import {
  newItemType,
  differencesOf,
  type ChangedItem,
  type Difference,
} from '../../recovery-services/itemChanges.ts';
import { inSameSubscription } from '../../recovery-services/paths.ts';
import {
  documentedMachine,
  findProtectableVirtualMachine,
  findProtectableShare,
  type Protectable,
} from '../../recovery-services/vaults.ts';
import type { ProtectedItem, MachineSought, ShareSought } from '../../recovery-services/protectedItems.ts';
import type { Flow, FlowContext } from '../flow.ts';
import { notProtected, refuse, unknownItem } from '../refusals.ts';
import { orAsFound, takeStep } from '../takeStep.ts';
import { explainMissingShare } from './explainMissing.ts';
import {
  nameOfTarget,
  vaultOfTarget,
  asksAccess,
  checkPolicy,
  kindOfTarget,
  type ItemTarget,
  type RegistrationAsked,
} from './itemTarget.ts';
import { refuseResting, warnOfState, putPolicy, putPolicyAgain, type Listed } from './listedItem.ts';
import { registeredContainer } from './registerAccount.ts';

/** A share as the vault offers it, and in what the registration of its account had to be changed. */
interface Discovered {
  readonly offered: Protectable;
  readonly differences: readonly Difference[];
}

/**
 * Makes the vault see a share that it does not protect yet: registers the account on a miss, inquires on a miss.
 *
 * @throws FlowEnded with the reason when the share cannot be found; StepFailed when the service refuses a step.
 */
function* discoverShare(
  context: FlowContext,
  sought: ShareSought,
  asked: RegistrationAsked,
): Flow<Discovered> {
  const { name: containerName, differences } = yield* registeredContainer(context, sought, asked);
  const { vaultId, storageAccountId, share } = sought;
  const look = () => takeStep(context, findProtectableShare, { vaultId, storageAccountId, share });
  const { found } = yield* look();
  if (found) return { offered: found, differences };
  const inquiring = takeStep(context, inquireContainer, { vaultId, storageAccountId, containerName });
  yield* orAsFound(context, inquiring, function* () {
    return (yield* look()).found ? null : undefined;
  });
  const again = yield* look();
  if (again.found) return { offered: again.found, differences };
  throw yield* explainMissingShare(context, sought, again.seen);
}

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

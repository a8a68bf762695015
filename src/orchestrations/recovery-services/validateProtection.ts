import { findContainer, findProtectableContainer } from '../../recovery-services/containers.ts';
import {
  findProtectableShare,
  findProtectableVirtualMachine,
} from '../../recovery-services/protectableItems.ts';
import type { ProtectedItem } from '../../recovery-services/protectedItems.ts';
import { differencesOf, type Difference } from '../../recovery-services/reconcile.ts';
import { inSameSubscription } from '../../recovery-services/paths.ts';
import type { RunRequest } from '../../runs/request.ts';
import type { Flow, FlowContext, FlowEnding } from '../flow.ts';
import {
  nameOfTarget,
  vaultOfTarget,
  type ItemTarget,
  type MachineSought,
  type ShareSought,
} from './itemTarget.ts';
import { lookUpToday, refuseResting } from './listedItem.ts';
import { checkPolicy, kindOfTarget, readProtection } from './protectionRequest.ts';
import { notProtected, unknownItem } from '../refusals.ts';
import { takeStep } from '../takeStep.ts';

type Validate = Extract<RunRequest, { kind: 'validate' }>;

/** What protecting an account's share would have to do first, as far as reads can tell. */
function* stepsForShare(context: FlowContext, sought: ShareSought): Flow<string[]> {
  const { vaultId, storageAccountId, share } = sought;
  const account = { vaultId, storageAccountId };
  if (!(yield* takeStep(context, findContainer, account))) {
    const known = yield* takeStep(context, findProtectableContainer, account);
    return [...(known ? [] : ['discover']), 'register', 'inquire where needed', 'protect'];
  }
  const { found } = yield* takeStep(context, findProtectableShare, { ...account, share });
  return [...(found ? [] : ['inquire']), 'protect'];
}

function* stepsForMachine(context: FlowContext, sought: MachineSought): Flow<string[]> {
  const { vaultId, virtualMachineId } = sought;
  if (!inSameSubscription(vaultId, virtualMachineId)) return ['protect under the documented names'];
  const { found } = yield* takeStep(context, findProtectableVirtualMachine, { vaultId, virtualMachineId });
  return [...(found ? [] : ['discover']), 'protect'];
}

const deedOf = (differences: readonly Difference[]): string[] => {
  if (differences.length === 0) return [];
  return [differences.some(({ what }) => what === 'standing') ? 'protect' : 'change policy'];
};

/** What would be done with an item that is there, and why. */
function wouldChange(item: ProtectedItem, policyId: string) {
  const differences = differencesOf(item, policyId);
  return { wouldDo: deedOf(differences), ...(differences.length > 0 ? { wouldChange: differences } : {}) };
}

function* stepsFor(context: FlowContext, target: ItemTarget, seen: readonly string[]): Flow<string[]> {
  if (target.by === 'id') throw unknownItem(target.itemId);
  if (target.sought.kind === 'workload') throw notProtected(nameOfTarget(target), seen);
  return target.sought.kind === 'fileShare'
    ? yield* stepsForShare(context, target.sought)
    : yield* stepsForMachine(context, target.sought);
}

/** Says what protecting a target would do, without any write: `result.wouldDo` is empty when all is as wanted. */
export function* validate(context: FlowContext, request: Validate): Flow<FlowEnding> {
  const target = readProtection(context, request);
  const { policyId } = request;
  yield* checkPolicy(context, { policyId, vaultId: vaultOfTarget(target), kind: kindOfTarget(target) });
  const { item, seen } = yield* lookUpToday(context, target);
  if (!item) return { status: 'completed', result: { wouldDo: yield* stepsFor(context, target, seen) } };
  refuseResting(context, item, nameOfTarget(target));
  return { status: 'completed', result: wouldChange(item, policyId) };
}

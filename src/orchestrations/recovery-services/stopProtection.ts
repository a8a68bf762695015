import type { JsonObject } from '../../arm/call.ts';
import { equalIgnoringCase } from '../../arm/replyFields.ts';
import { sameId } from '../../arm/resourceId.ts';
import { deleteItem, stopProtection, undeleteItem } from '../../recovery-services/itemChanges.ts';
import {
  readProtectedItem,
  type ProtectedItem,
  type Standing,
} from '../../recovery-services/protectedItems.ts';
import type { RunRequest } from '../../runs/request.ts';
import type { Flow, FlowContext, FlowEnding } from '../flow.ts';
import { guarded, skip, checkDeletion, madeAgain, refuse, softDeleted } from '../refusals.ts';
import { orAsFound, takeStep } from '../takeStep.ts';
import {
  itemTargetOf,
  nameOfTarget,
  vaultOfTarget,
  checkPolicy,
  kindOfTarget,
  type ItemTarget,
} from './itemTarget.ts';
import {
  getListed,
  keptUntil,
  readChanged,
  standsAs,
  isMadeAgain,
  changedItem,
  putPolicyAgain,
} from './listedItem.ts';

type Stop = Extract<RunRequest, { kind: 'stop' }>;

const stateOf = { retain: 'ProtectionStopped', suspend: 'BackupsSuspended' } as const;

/** How long soft delete keeps the data, counted from now. */
function keptFor(context: FlowContext, item: ProtectedItem): JsonObject {
  const until = keptUntil(context, item);
  const { goneInSeconds } = item;
  return goneInSeconds === undefined || until === undefined ? {} : { goneInSeconds, keptUntil: until };
}

/** What soft delete has kept of an item; null when nothing is left. */
function* readDeleted(context: FlowContext, { id }: ProtectedItem, name: string): Flow<ProtectedItem | null> {
  const left = yield* takeStep(context, readProtectedItem, { itemId: id });
  if (left === null || left.standing === 'softDeleted') return left;
  return yield* readChanged(context, id, ['softDeleted'], { what: name, wanted: 'deleted' });
}

/** Deletes and looks: under soft delete the item stays listed, and the record says until when. */
function* deleteData(context: FlowContext, item: ProtectedItem, name: string): Flow<FlowEnding> {
  const deleting = takeStep(context, deleteItem, { itemId: item.id });
  yield* orAsFound(context, deleting, () => standsAs(context, item.id, ['softDeleted'], 'or gone'));
  const left = yield* readDeleted(context, item, name);
  const softDeleted = left !== null;
  if (!softDeleted) context.warnings.push('Soft delete does not keep this item: the data is gone.');
  const result = { protectedItemId: item.id, softDeleted, ...(softDeleted ? keptFor(context, left) : {}) };
  return { status: 'completed', result };
}

function* keepData(
  context: FlowContext,
  item: ProtectedItem,
  name: string,
  mode: keyof typeof stateOf,
): Flow<FlowEnding> {
  const state = stateOf[mode];
  if (equalIgnoringCase(item.protectionState, state)) {
    throw skip('AlreadyStopped', `The state of ${name} is ${item.protectionState} already.`);
  }
  const standings = [mode === 'suspend' ? 'suspended' : 'stopped'] as const;
  const stopping = takeStep(context, stopProtection, { ...changedItem(item), state });
  yield* orAsFound(context, stopping, () => standsAs(context, item.id, standings));
  const now = yield* readChanged(context, item.id, standings, { what: name, wanted: 'stopped' });
  const protectionState = now?.protectionState ?? state;
  return { status: 'completed', result: { protectedItemId: item.id, protectionState } };
}

/** Stops backups of an item: keeps its data for ever, as long as the policy says, or deletes it. */
export function* stop(context: FlowContext, { target: wanted, mode, confirm }: Stop): Flow<FlowEnding> {
  const target = itemTargetOf(wanted);
  const name = nameOfTarget(target);
  const item = yield* getListed(context, target);
  if (item.standing === 'softDeleted') {
    throw skip('ItemSoftDeleted', `The backups of ${name} are deleted already.`);
  }
  if (mode === 'deleteData')
    checkDeletion(context.facts, [item.friendlyName, item.id.split('/').at(-1)], confirm);
  try {
    return yield* mode === 'deleteData'
      ? deleteData(context, item, name)
      : keepData(context, item, name, mode);
  } catch (error) {
    throw guarded(error);
  }
}

type Resume = Extract<RunRequest, { kind: 'resume' }>;

function* putResumed(
  context: FlowContext,
  target: ItemTarget,
  item: ProtectedItem,
  policyId: string,
): Flow<FlowEnding> {
  yield* checkPolicy(context, { policyId, vaultId: vaultOfTarget(target), kind: kindOfTarget(target) });
  const { id, protectionState } = yield* putPolicyAgain(context, item, policyId);
  return { status: 'completed', result: { protectedItemId: id, protectionState, policyId } };
}

const undeleted: readonly Standing[] = ['stopped', 'suspended', 'protected', 'error'];

/** A soft-deleted item comes back stopped; a policy, where one is given, protects it again. */
function* undelete(
  context: FlowContext,
  target: ItemTarget,
  item: ProtectedItem,
  policyId: string | undefined,
): Flow<FlowEnding> {
  try {
    const bringing = takeStep(context, undeleteItem, changedItem(item));
    yield* orAsFound(context, bringing, () => standsAs(context, item.id, undeleted));
  } catch (error) {
    throw guarded(error);
  }
  const what = nameOfTarget(target);
  const back = yield* readChanged(context, item.id, undeleted, { what, wanted: 'brought back' });
  if (policyId !== undefined) return yield* putResumed(context, target, item, policyId);
  return {
    status: 'completed',
    result: { protectedItemId: item.id, protectionState: back?.protectionState ?? 'ProtectionStopped' },
  };
}

/** Resumes a stopped or suspended protection, or brings a soft-deleted item back. */
export function* resume(context: FlowContext, request: Resume): Flow<FlowEnding> {
  const target = itemTargetOf(request.target);
  const item = yield* getListed(context, target);
  const name = nameOfTarget(target);
  if (yield* isMadeAgain(context, target, item)) throw madeAgain(name, item);
  if (item.standing === 'softDeleted') {
    if (!request.undelete) throw softDeleted(name, item, keptUntil(context, item));
    return yield* undelete(context, target, item, request.policyId);
  }
  const policyId = request.policyId ?? item.policyId;
  if (item.standing === 'protected' && (policyId === undefined || sameId(item.policyId, policyId))) {
    throw skip('AlreadyProtected', `${name} is protected already.`);
  }
  if (policyId === undefined) {
    throw refuse('PolicyNeeded', `${name} has kept no policy to resume with.`, 'Name one in policyId.');
  }
  return yield* putResumed(context, target, item, policyId);
}

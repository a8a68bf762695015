import { sameId } from '../../arm/resourceId.ts';
import { undeleteItem } from '../../recovery-services/itemChanges.ts';
import type { ProtectedItem, Standing } from '../../recovery-services/protectedItems.ts';
import type { RunRequest } from '../../runs/request.ts';
import type { Flow, FlowContext, FlowEnding } from '../flow.ts';
import { itemTargetOf, nameOfTarget, vaultOfTarget, type ItemTarget } from './itemTarget.ts';
import { getListed, isMadeAgain, keptUntil, readChanged, standsAs } from './listedItem.ts';
import { checkPolicy, kindOfTarget } from './protectionRequest.ts';
import { changedItem, putPolicyAgain } from './protectItem.ts';
import { guarded, madeAgain, refuse, skip, softDeleted } from '../refusals.ts';
import { orAsFound, takeStep } from '../takeStep.ts';

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

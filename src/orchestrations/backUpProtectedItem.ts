import type { RunRequest } from '../runs/request.ts';
import { backUpItem } from './backUpItem.ts';
import { backupOrder } from './backupOrder.ts';
import type { Flow, FlowContext, FlowEnding } from './flow.ts';
import { itemTargetOf, nameOfTarget, type ItemTarget } from './itemTarget.ts';
import { checkStanding, lookUp } from './listedItem.ts';
import { protectAsListed } from './protectItem.ts';
import { kindOfTarget } from './protectionRequest.ts';
import { notProtected } from './refusals.ts';

type BackUp = Extract<RunRequest, { kind: 'backUp' }>;

/** The item to back up: an id is taken at its word, a name costs one list, `protectFirst` protects on a miss. */
function* itemToBackUp(
  context: FlowContext,
  target: ItemTarget,
  protectFirst: BackUp['protectFirst'],
): Flow<{ readonly id: string; readonly friendlyName?: string }> {
  if (target.by === 'id') return { id: target.itemId };
  const listed = yield* lookUp(context, target);
  const { item, seen } = listed;
  if (item && item.standing !== 'notProtected') {
    checkStanding(context, item, nameOfTarget(target));
    return item;
  }
  if (!protectFirst) throw notProtected(nameOfTarget(target), seen);
  return (yield* protectAsListed(context, target, listed, protectFirst)).item;
}

/** Backs up a file share, virtual machine or database of a Recovery Services vault, and follows the job to its end. */
export function* backUpProtectedItem(context: FlowContext, request: BackUp): Flow<FlowEnding> {
  const target = itemTargetOf(request.target);
  const item = yield* itemToBackUp(context, target, request.protectFirst);
  return yield* backUpItem(context, backupOrder(context, item, kindOfTarget(target), request));
}

import { deleteItem, stopProtection } from '../recovery-services/itemChanges.ts';
import { readProtectedItem, type ProtectedItem } from '../recovery-services/protectedItems.ts';
import type { RunRequest } from '../runs/request.ts';
import type { Flow, FlowContext, FlowEnding } from './flow.ts';
import { itemTargetOf, nameOfTarget } from './itemTarget.ts';
import { getListed } from './listedItem.ts';
import { changedItem } from './protectItem.ts';
import { refuse, skip } from './refusals.ts';
import { takeStep } from './takeStep.ts';

type Stop = Extract<RunRequest, { kind: 'stop' }>;

const stateOf = { retain: 'ProtectionStopped', suspend: 'BackupsSuspended' } as const;

function checkDeletion(context: FlowContext, item: ProtectedItem, confirm: string | undefined): void {
  if (!context.facts.mayDeleteBackups) {
    throw refuse(
      'DeleteNotAllowed',
      'This deployment does not delete backups.',
      'Set DELETE_BACKUPS to true.',
    );
  }
  const names = [item.friendlyName, item.id.split('/').at(-1)].filter((name) => name !== undefined);
  if (confirm === undefined || !names.includes(confirm)) {
    throw refuse(
      'DeleteNotConfirmed',
      "Deleting backups needs the item's name in confirm.",
      `Send confirm: "${names[0]}".`,
    );
  }
}

/** Deletes and looks: under soft delete the item stays listed, and the record says until when. */
function* deleteData(context: FlowContext, item: ProtectedItem): Flow<FlowEnding> {
  yield* takeStep(context, deleteItem, { itemId: item.id });
  const left = yield* takeStep(context, readProtectedItem, { itemId: item.id });
  const softDeleted = left?.standing === 'softDeleted';
  const gone = softDeleted ? { goneInSeconds: left.goneInSeconds } : {};
  return { status: 'completed', result: { protectedItemId: item.id, softDeleted, ...gone } };
}

/** Stops backups of an item: keeps its data for ever, as long as the policy says, or deletes it. */
export function* stop(context: FlowContext, request: Stop): Flow<FlowEnding> {
  const target = itemTargetOf(request.target);
  const item = yield* getListed(context, target);
  if (item.standing === 'softDeleted') {
    throw skip('ItemSoftDeleted', `The backups of ${nameOfTarget(target)} are deleted already.`);
  }
  if (request.mode === 'deleteData') {
    checkDeletion(context, item, request.confirm);
    return yield* deleteData(context, item);
  }
  const state = stateOf[request.mode];
  if (item.protectionState.toLowerCase() === state.toLowerCase()) {
    throw skip('AlreadyStopped', `The state of ${nameOfTarget(target)} is ${item.protectionState} already.`);
  }
  yield* takeStep(context, stopProtection, { ...changedItem(item), state });
  return { status: 'completed', result: { protectedItemId: item.id, protectionState: state } };
}

import {
  awaitStanding,
  findProtectedItem,
  readProtectedItem,
  type ProtectedItem,
  type Standing,
} from '../../recovery-services/protectedItems.ts';
import type { Flow, FlowContext } from '../flow.ts';
import { nameOfTarget, type ItemTarget } from './itemTarget.ts';
import {
  StepFailed,
  notProtected,
  severalItems,
  softDeleted,
  stopped,
  unknownItem,
  withoutEffect,
} from '../refusals.ts';
import { takeStep } from '../takeStep.ts';

/** What the vault holds for a target: the item in whatever state, or the names beside where it would be. */
export interface Listed {
  readonly item: ProtectedItem | null;
  readonly seen: readonly string[];
}

/**
 * Looks a target up in its vault with one request.
 *
 * @throws FlowEnded when several items answer to the name.
 */
export function* lookUp(context: FlowContext, target: ItemTarget): Flow<Listed> {
  if (target.by === 'id') {
    return { item: yield* takeStep(context, readProtectedItem, { itemId: target.itemId }), seen: [] };
  }
  const { found, seen, several } = yield* takeStep(context, findProtectedItem, target.sought);
  if (several.length > 0) throw severalItems(nameOfTarget(target), several);
  return { item: found, seen };
}

/**
 * The item of a target that must be in the vault, in whatever state.
 *
 * @throws FlowEnded when the vault does not hold it.
 */
export function* getListed(context: FlowContext, target: ItemTarget): Flow<ProtectedItem> {
  const { item, seen } = yield* lookUp(context, target);
  if (item && item.standing !== 'notProtected') return item;
  throw target.by === 'id' ? unknownItem(target.itemId) : notProtected(nameOfTarget(target), seen);
}

/**
 * Reads what a change has come to: the service answers success also where nothing was changed.
 *
 * @param wanted what the change was, in a word: `stopped`.
 * @throws FlowEnded when the item does not come to stand so.
 */
export function* readChanged(
  context: FlowContext,
  itemId: string,
  standings: readonly Standing[],
  { what, wanted }: { readonly what: string; readonly wanted: string },
): Flow<ProtectedItem> {
  try {
    return yield* takeStep(context, awaitStanding, { itemId, standings });
  } catch (error) {
    if (!(error instanceof StepFailed) || error.outcome.kind !== 'timedOut') throw error;
    throw withoutEffect(what, wanted, yield* takeStep(context, readProtectedItem, { itemId }));
  }
}

/**
 * Lets an item pass that can be backed up or protected anew; a state that is odd, yet no obstacle, becomes a warning.
 *
 * @throws FlowEnded for stopped, suspended and soft-deleted items.
 */
export function checkStanding(context: FlowContext, item: ProtectedItem, what: string): void {
  switch (item.standing) {
    case 'softDeleted':
      throw softDeleted(what, item);
    case 'stopped':
    case 'suspended':
      throw stopped(what, item);
    case 'error':
    case 'unknown':
      context.warnings.push(`The state of ${what} is ${item.protectionState || 'not given'}.`);
      return;
    case 'protected':
    case 'notProtected':
      return;
  }
}

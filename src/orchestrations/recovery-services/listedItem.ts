import { protectItem, differencesOf, type ChangedItem } from '../../recovery-services/itemChanges.ts';
import type { StartedJob } from '../../recovery-services/operations.ts';
import { findProtectableShare } from '../../recovery-services/vaults.ts';
import {
  awaitStanding,
  findProtectedItem,
  readProtectedItem,
  awaitProtected,
  type ProtectedItem,
  type Standing,
} from '../../recovery-services/protectedItems.ts';
import type { Flow, FlowContext } from '../flow.ts';
import {
  StepFailed,
  notProtected,
  severalItems,
  softDeleted,
  stopped,
  unknownItem,
  withoutEffect,
  guarded,
  stillDiffers,
  refuse,
} from '../refusals.ts';
import { takeStep, orAsFound } from '../takeStep.ts';
import { nameOfTarget, type ItemTarget } from './itemTarget.ts';

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
function* lookUp(context: FlowContext, target: ItemTarget): Flow<Listed> {
  if (target.by === 'id') {
    return { item: yield* takeStep(context, readProtectedItem, { itemId: target.itemId }), seen: [] };
  }
  const { found, seen, several } = yield* takeStep(context, findProtectedItem, target.sought);
  if (several.length > 0) throw severalItems(nameOfTarget(target), several);
  return { item: found, seen };
}

const lastSegment = (id: string): string => id.split('/').at(-1)?.toLowerCase() ?? '';

/** Whether the vault offers a share anew whose item no longer backs up: it was deleted and made again, under a name of its own. */
export function* isMadeAgain(context: FlowContext, target: ItemTarget, item: ProtectedItem): Flow<boolean> {
  if (target.by === 'id' || target.sought.kind !== 'fileShare') return false;
  if (!['stopped', 'suspended', 'softDeleted'].includes(item.standing)) return false;
  const { vaultId, storageAccountId, share } = target.sought;
  const { found } = yield* takeStep(context, findProtectableShare, { vaultId, storageAccountId, share });
  return found !== null && lastSegment(found.protectedItemId) !== lastSegment(item.id);
}

/**
 * Looks up what a target is today: the item of a share that was deleted stands aside for the share that was made again.
 *
 * @throws FlowEnded when several items answer to the name.
 */
export function* lookUpToday(context: FlowContext, target: ItemTarget): Flow<Listed> {
  const listed = yield* lookUp(context, target);
  const { item, seen } = listed;
  if (!item || !(yield* isMadeAgain(context, target, item))) return listed;
  return { item: null, seen: [...seen, `${item.id} (${item.protectionState}, of a share that was deleted)`] };
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

/** An item with what its backups were made of. */
interface ListedSource {
  readonly itemId: string;
  /** The storage account of a share, the machine itself. */
  readonly sourceId: string;
  readonly friendlyName: string;
}

/** The source of a target's item. @throws FlowEnded when the vault does not hold the item, or does not say. */
export function* getSource(context: FlowContext, target: ItemTarget): Flow<ListedSource> {
  const { id: itemId, sourceResourceId: sourceId, friendlyName } = yield* getListed(context, target);
  if (sourceId !== undefined && friendlyName !== undefined) return { itemId, sourceId, friendlyName };
  throw refuse('ItemNotReadable', `The vault does not say what ${nameOfTarget(target)} was backed up from.`);
}

/**
 * Reads what a change has come to: the service answers success also where nothing was changed.
 *
 * @param wanted what the change was, in a word: `stopped`.
 * @returns null, with a warning, where the app may not read the item.
 * @throws FlowEnded when the item does not come to stand so.
 */
export function* readChanged(
  context: FlowContext,
  itemId: string,
  standings: readonly Standing[],
  { what, wanted }: { readonly what: string; readonly wanted: string },
): Flow<ProtectedItem | null> {
  try {
    return yield* takeStep(context, awaitStanding, { itemId, standings });
  } catch (error) {
    if (!(error instanceof StepFailed) || error.outcome.kind === 'cancelled') throw error;
    if (error.outcome.kind !== 'timedOut') {
      context.warnings.push(`What became of ${what} could not be read. ${error.message}`);
      return null;
    }
    throw withoutEffect(what, wanted, yield* takeStep(context, readProtectedItem, { itemId }));
  }
}

/** Where the operation of a change cannot be read: `{ jobId: null }` once the item stands so, or is not there where that is meant, too. */
export function* standsAs(
  context: FlowContext,
  itemId: string,
  standings: readonly Standing[],
  orGone?: 'or gone',
): Flow<StartedJob | undefined> {
  const item = yield* takeStep(context, readProtectedItem, { itemId });
  const isSo = item ? standings.includes(item.standing) : orGone !== undefined;
  return isSo ? { jobId: null } : undefined;
}

/** Until when soft delete keeps an item, ISO 8601 UTC; undefined where the service does not say. */
export function keptUntil(context: FlowContext, { goneInSeconds }: ProtectedItem): string | undefined {
  if (goneInSeconds === undefined) return undefined;
  return new Date(context.df.currentUtcDateTime.getTime() + goneInSeconds * 1000).toISOString();
}

/** Refuses what nothing backs up until somebody asks for it. @throws FlowEnded for stopped, suspended and soft-deleted items. */
export function refuseResting(context: FlowContext, item: ProtectedItem, what: string): void {
  if (item.standing === 'softDeleted') throw softDeleted(what, item, keptUntil(context, item));
  if (item.standing === 'stopped' || item.standing === 'suspended') throw stopped(what, item);
}

/** A state that is odd, yet no obstacle, becomes a warning. */
export function warnOfState(context: FlowContext, { protectionState }: ProtectedItem, what: string): void {
  context.warnings.push(`The state of ${what} is ${protectionState || 'not given'}.`);
}

/**
 * Lets an item pass that can be backed up or protected anew; a state that is odd, yet no obstacle, becomes a warning.
 *
 * @throws FlowEnded for stopped, suspended and soft-deleted items.
 */
export function checkStanding(context: FlowContext, item: ProtectedItem, what: string): void {
  refuseResting(context, item, what);
  if (item.standing === 'error' || item.standing === 'unknown') warnOfState(context, item, what);
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
export function* putPolicy(
  context: FlowContext,
  changed: ChangedItem,
  policyId: string,
): Flow<ProtectedItem> {
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

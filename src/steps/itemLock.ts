import { createHash } from 'node:crypto';
import { idKey } from '../arm/resourceId.ts';
import type { StoredRow } from '../storage/table.ts';
import type { AnyStep } from './step.ts';
import { readStep, type StepInHand } from './stepInHand.ts';
import { itemOf, type StepState } from './stepRow.ts';
import type { StepServices } from './stepServices.ts';
import { later } from './timings.ts';

/*
 * Why of two steps for one item one has something in flight.
 *
 * L1  A request leaves only after its attempt's own write of the lock: seen before the claim, written after it under the
 *     ETag that was seen.
 * L2  Take two writes of the lock that follow each other, by X and then by Y. Y saw the lock as X wrote it, and X's row
 *     after that: X was claimed before it wrote, so Y saw X in flight and stopped, or saw X's attempt ended.
 * L3  An X that has ended and comes again must write the lock anew, over its own too: then Y's ETag is old, or X's is.
 * L4  A lock past `until` is not looked behind: its holder's deadline has passed by then, and it sends nothing any more.
 */

const rowKey = 'lock';
/** A holder that never settled stops counting this long after its own deadline. */
const graceSeconds = 3600;

const partitionOf = (itemId: string): string =>
  createHash('sha256').update(idKey(itemId), 'utf8').digest('hex').slice(0, 40);

const isMine = (lock: StoredRow, { runId, stepId }: StepState): boolean =>
  lock['runId'] === runId && lock['stepId'] === stepId;

/** The step that a lock points to; undefined once the lock is past its time. */
async function holderOf(services: StepServices, lock: StoredRow): Promise<StepState | undefined> {
  if (new Date(String(lock['until'])) < services.clock()) return undefined;
  return (await readStep(services, { runId: String(lock['runId']), stepId: String(lock['stepId']) }))?.step;
}

/** A lock holds as long as the step it names has something in flight. */
const isInFlight = ({ state, resume }: StepState): boolean =>
  state === 'claimed' || state === 'checking' || (state === 'waiting' && resume === 'poll');

/** The lock of an item as it was read; `row` is absent for one that was never taken. */
export interface SeenLock {
  readonly itemId: string;
  readonly row: StoredRow | undefined;
  /** End of the last send window of another step that had the item before, ISO 8601 UTC. */
  readonly otherSentBy?: string;
}

/** Reads the lock of an item before a step is claimed; `busy` when another step has something in flight for it. */
export async function seeItem(
  services: StepServices,
  step: StepState,
  itemId: string,
): Promise<SeenLock | 'busy'> {
  const row = await services.items.read(partitionOf(itemId), rowKey);
  const holder = row && !isMine(row, step) ? await holderOf(services, row) : undefined;
  if (holder && isInFlight(holder)) return 'busy';
  return { itemId, row, ...(holder?.sendBy === undefined ? {} : { otherSentBy: holder.sendBy }) };
}

/**
 * End of the send window of another step that has the item now, though this one is in doubt: this one's worker died between
 * claim and lock. What shows in a list may be the other's.
 */
export async function otherSentBy(
  services: StepServices,
  { held, definition }: StepInHand,
): Promise<string | undefined> {
  const itemId = itemOf(held.step, definition);
  const row = itemId === undefined ? undefined : await services.items.read(partitionOf(itemId), rowKey);
  const other = row && !isMine(row, held.step) ? (await holderOf(services, row))?.sendBy : undefined;
  return [held.step.otherSentBy, other]
    .filter((instant) => instant !== undefined)
    .sort()
    .at(-1);
}

/**
 * Takes the item for a step that has been claimed. Always writes, also over its own lock: of two steps that saw it
 * free, the second meets a changed ETag; one that sees it later meets a claimed holder.
 */
export async function takeItem(
  services: StepServices,
  step: StepState,
  definition: AnyStep,
  { itemId, row: seen }: SeenLock,
): Promise<'taken' | 'busy'> {
  const until = later(services.clock(), definition.giveUpAfterSeconds + graceSeconds).toISOString();
  const { runId, stepId } = step;
  const row = { partitionKey: partitionOf(itemId), rowKey, itemId, runId, stepId, until };
  const written = seen ? await services.items.replace(row, seen.etag) : await services.items.insert(row);
  return written.kind === 'written' ? 'taken' : 'busy';
}

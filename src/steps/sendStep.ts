import { createHash } from 'node:crypto';
import type { ArmCall, ArmReply, Failure } from '../arm/call.ts';
import { idKey } from '../arm/resourceId.ts';
import type { StoredRow } from '../storage/table.ts';
import { applySendAnswer } from './applySendAnswer.ts';
import { isUrlRefused, readAllPages, reserve, sendCall, type Exchange } from './exchange.ts';
import { holdBack, settle } from './settle.ts';
import { awaitSlot } from './slots.ts';
import type { SendObstacle, AnyStep } from './step.ts';
import {
  changeStep,
  describedCall,
  preconditionOf,
  withRequests,
  readStep,
  type Progress,
  type StepInHand,
} from './stepInHand.ts';
import { attemptIdOf, itemOf, type StepState } from './stepRow.ts';
import type { StepServices } from './stepServices.ts';
import { later, leaseSeconds, sendMarginSeconds, sendWindowSeconds } from './timings.ts';

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
interface SeenLock {
  readonly itemId: string;
  readonly row: StoredRow | undefined;
  /** End of the last send window of another step that had the item before, ISO 8601 UTC. */
  readonly otherSentBy?: string;
}

/** Reads the lock of an item before a step is claimed; `busy` when another step has something in flight for it. */
async function seeItem(services: StepServices, step: StepState, itemId: string): Promise<SeenLock | 'busy'> {
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
async function takeItem(
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

/** Seconds until an item that another run works on is asked for again. */
const itemBusySeconds = 61;

const itemBusy = (services: StepServices, work: StepInHand): Promise<Progress> =>
  holdBack(services, work, {
    seconds: itemBusySeconds,
    reason: 'Another run is at work on this item.',
    resume: 'send',
  });

/** Claims a step and sends its call: at most once per claim, within the claim's window. */
export async function sendStep(services: StepServices, work: StepInHand): Promise<Progress> {
  const call = describedCall(work.definition, work.held.step.input);
  if (!call) return settle(services, work, { kind: 'failed', failure: notDescribed(work) });
  const paced = await awaitSlot(services, work, call, 'send');
  if (paced) return paced;
  const itemId = itemOf(work.held.step, work.definition);
  const lock = itemId === undefined ? undefined : await seeItem(services, work.held.step, itemId);
  if (lock === 'busy') return itemBusy(services, work);
  const claimed = await claim(services, work, lock?.otherSentBy);
  if (!claimed) return 'lost';
  const stopped = await reasonNotToSend(services, claimed, call, lock);
  if (stopped) return stopped();
  const asked = preconditionOf(claimed);
  const checked = asked ? await precondition(services, claimed, asked) : { work: claimed, only: {} };
  if (typeof checked === 'function') return checked();
  if (isTooLate(services, claimed)) return tooLate(services, checked.work);
  const sentAt = services.clock();
  const exchange = await exchangeOf(services, checked.work, {
    ...(callToSend(claimed) ?? call),
    ...checked.only,
  });
  if (exchange === 'refused')
    return settle(services, checked.work, { kind: 'failed', failure: notDescribed(claimed) });
  const counted = withRequests(checked.work, exchange.requests, exchange.answer);
  return applySendAnswer(services, counted, call, exchange.answer, sentAt);
}

const isTooLate = (services: StepServices, { held }: StepInHand): boolean =>
  services.clock() > later(held.step.sendBy ?? held.step.firstAt, -sendMarginSeconds);

const tooLate = (services: StepServices, work: StepInHand): Promise<Progress> =>
  holdBack(services, work, { seconds: 1, reason: 'The attempt came too late to be sent.', resume: 'send' });

/** The work with what was read counted, and the entity tag that its call is bound to. */
interface Checked {
  readonly work: StepInHand;
  readonly only: Pick<ArmCall, 'ifMatch'>;
}

const isAnswer = (status: number): boolean => (status >= 200 && status < 300) || status === 404;

/** Seconds until what could not be read before the send is read again. */
const unreadSeconds = 61;

/** Reads what the step may only act on as it is; a function says how the attempt ends instead, with nothing sent. */
async function precondition(
  services: StepServices,
  work: StepInHand,
  asked: NonNullable<ReturnType<typeof preconditionOf>>,
): Promise<Checked | (() => Promise<Progress>)> {
  const replies: ArmReply[] = [];
  let counted = work;
  for (const { call, pages } of asked.reads) {
    await reserve(services, call);
    const { step } = work.held;
    const deadlineAt = later(step.sendBy ?? step.firstAt, -sendMarginSeconds);
    const options = { clientRequestId: services.newId(), deadlineAt };
    const { answer, requests } = await (pages ? readAllPages : sendCall)(services, call, options);
    counted = withRequests(counted, requests);
    if (answer.kind !== 'reply' || !isAnswer(answer.reply.status)) {
      const said = answer.kind === 'reply' ? `HTTP ${answer.reply.status}` : answer.reason;
      const reason = `What it is about could not be read just before: ${said}.`;
      return () => holdBack(services, counted, { seconds: unreadSeconds, reason, resume: 'send' });
    }
    replies.push(answer.reply);
  }
  const seen = asked.read(replies);
  if (seen.kind === 'refused')
    return () => settle(services, counted, { kind: 'refused', failure: seen.failure });
  return { work: counted, only: seen.ifMatch === undefined ? {} : { ifMatch: seen.ifMatch } };
}

const notDescribed = ({ held }: StepInHand): Failure => ({
  code: 'StepNotDescribed',
  message: `${held.step.name} cannot be asked for with this input.`,
  class: 'ours',
});

/** The call of this very attempt: what it says may count from its sending. */
function callToSend({ held, definition }: StepInHand): ArmCall | undefined {
  const { lastClaimAt, input } = held.step;
  return lastClaimAt === undefined ? undefined : describedCall(definition, input, { claimedAt: lastClaimAt });
}

/** The conditional write that grants an attempt: from here to its window's end bytes may leave. */
async function claim(
  services: StepServices,
  { held, definition }: StepInHand,
  otherSentBy = held.step.otherSentBy,
): Promise<StepInHand | undefined> {
  const now = services.clock();
  const claimed = await changeStep(services, held, {
    state: 'claimed',
    resume: undefined,
    attempt: held.step.attempt + 1,
    owner: services.newId(),
    firstClaimAt: held.step.firstClaimAt ?? now.toISOString(),
    lastClaimAt: now.toISOString(),
    sendBy: later(now, sendWindowSeconds).toISOString(),
    until: later(now, leaseSeconds).toISOString(),
    notBefore: undefined,
    slotAt: undefined,
    emptyLookAt: undefined,
    joinForeign: undefined,
    otherSentBy,
  });
  return claimed && { held: claimed, definition };
}

/** What keeps a claimed attempt from leaving. */
async function reasonNotToSend(
  services: StepServices,
  work: StepInHand,
  call: ArmCall,
  lock: SeenLock | undefined,
): Promise<(() => Promise<Progress>) | undefined> {
  const { step } = work.held;
  if (!work.definition.goesOnAfterCancel && (await services.isCancelRequested(step.runId))) {
    return () => settle(services, work, { kind: 'cancelled' });
  }
  const obstacle = await services.obstacleTo(call, step);
  if (obstacle) return () => heedObstacle(services, work, obstacle);
  if (lock && (await takeItem(services, step, work.definition, lock)) === 'busy') {
    return () => itemBusy(services, work);
  }
  return isTooLate(services, work) ? () => tooLate(services, work) : undefined;
}

/** Seconds until what is in the way for now is asked about again. */
const obstacleSeconds = 61;

function heedObstacle(services: StepServices, work: StepInHand, obstacle: SendObstacle): Promise<Progress> {
  if (obstacle.kind === 'refused')
    return settle(services, work, { kind: 'refused', failure: obstacle.failure });
  return holdBack(services, work, { seconds: obstacleSeconds, reason: obstacle.reason, resume: 'send' });
}

/** `refused`: the described URL is none that may be used; nothing has been sent. */
async function exchangeOf(
  services: StepServices,
  { held, definition }: StepInHand,
  call: ArmCall,
): Promise<Exchange | 'refused'> {
  const { step } = held;
  const clientRequestId = attemptIdOf(step, step.attempt);
  // A list has no effect to bound: it may take as long as its lease.
  const end = definition.pages
    ? later(step.until ?? step.firstAt, -sendMarginSeconds)
    : new Date(step.sendBy ?? step.firstAt);
  const options = { clientRequestId, deadlineAt: end };
  try {
    return await (definition.pages ? readAllPages : sendCall)(services, call, options);
  } catch (error) {
    if (isUrlRefused(error)) return 'refused';
    throw error;
  }
}

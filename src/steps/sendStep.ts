import type { ArmCall, ArmReply, Failure } from '../arm/call.ts';
import { applySendAnswer } from './applySendAnswer.ts';
import { isUrlRefused, readAllPages, reserve, sendCall, type Exchange } from './exchange.ts';
import { seeItem, takeItem, type SeenLock } from './itemLock.ts';
import { holdBack, settle } from './settle.ts';
import { awaitSlot } from './slots.ts';
import type { SendObstacle } from './step.ts';
import {
  changeStep,
  describedCall,
  preconditionOf,
  withRequests,
  type Progress,
  type StepInHand,
} from './stepInHand.ts';
import { attemptIdOf, itemOf } from './stepRow.ts';
import type { StepServices } from './stepServices.ts';
import { later, leaseSeconds, sendMarginSeconds, sendWindowSeconds } from './timings.ts';

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

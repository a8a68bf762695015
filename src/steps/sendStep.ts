import type { ArmAnswer, ArmCall, ArmReply, Failure } from '../arm/call.ts';
import { readAcceptance } from '../arm/longRunning.ts';
import { readFailure } from '../arm/outcomes.ts';
import { throttleSeconds } from '../arm/retryAfter.ts';
import { awaitSlot } from './awaitSlot.ts';
import { isUrlRefused, readAllPages, sendCall, type Exchange } from './exchange.ts';
import { changeStep } from './heldStep.ts';
import { itemOf, seeItem, takeItem, type SeenLock } from './itemLock.ts';
import { applyReading, inDoubt, refuse, retryLater } from './refuse.ts';
import { holdBack, settle, tellToWait } from './settle.ts';
import { attemptIdOf, type PollPlace } from './stepRow.ts';
import type { StepServices } from './stepServices.ts';
import { later, leaseSeconds, sendMarginSeconds, sendWindowSeconds } from './timings.ts';
import { pollSeconds } from './waits.ts';
import { callOf, readingOf, withRequests, type Progress, type Work } from './work.ts';

/** Seconds until an item that another run works on is asked for again. */
const itemBusySeconds = 61;

const itemBusy = (services: StepServices, work: Work): Promise<Progress> =>
  holdBack(services, work, {
    seconds: itemBusySeconds,
    reason: 'Another run is at work on this item.',
    resume: 'send',
  });

/** Claims a step and sends its call: at most once per claim, within the claim's window. */
export async function sendStep(services: StepServices, work: Work): Promise<Progress> {
  const call = described(work);
  if (!call) return settle(services, work, { kind: 'failed', failure: notDescribed(work) });
  const paced = await awaitSlot(services, work, call, 'send');
  if (paced) return paced;
  const itemId = itemOf(work.held.step, work.definition);
  const lock = itemId === undefined ? undefined : await seeItem(services, work.held.step, itemId);
  if (lock === 'busy') return itemBusy(services, work);
  const claimed = await claim(services, work);
  if (!claimed) return 'lost';
  const stopped = await reasonNotToSend(services, claimed, call, lock);
  if (stopped) return stopped();
  const sentAt = services.clock();
  const exchange = await exchangeOf(services, claimed, call);
  if (exchange === 'refused')
    return settle(services, claimed, { kind: 'failed', failure: notDescribed(claimed) });
  return afterSend(services, withRequests(claimed, exchange.requests), call, exchange.answer, sentAt);
}

function described(work: Work): ArmCall | undefined {
  try {
    return callOf(work);
  } catch {
    return undefined;
  }
}

const notDescribed = ({ held }: Work): Failure => ({
  code: 'StepNotDescribed',
  message: `${held.step.name} cannot be asked for with this input.`,
  class: 'ours',
});

/** The conditional write that grants an attempt: from here to its window's end bytes may leave. */
async function claim(services: StepServices, { held, definition }: Work): Promise<Work | undefined> {
  const now = services.clock();
  const claimed = await changeStep(services, held, {
    state: 'claimed',
    resume: undefined,
    attempt: held.step.attempt + 1,
    owner: services.newId(),
    firstClaimAt: held.step.firstClaimAt ?? now.toISOString(),
    sendBy: later(now, sendWindowSeconds).toISOString(),
    until: later(now, leaseSeconds).toISOString(),
    notBefore: undefined,
    slotAt: undefined,
    emptyLookAt: undefined,
    joinForeign: undefined,
  });
  return claimed && { held: claimed, definition };
}

/** What keeps a claimed attempt from leaving. */
async function reasonNotToSend(
  services: StepServices,
  work: Work,
  call: ArmCall,
  lock: SeenLock | undefined,
): Promise<(() => Promise<Progress>) | undefined> {
  const { step } = work.held;
  if (services.isAllowed && !(await services.isAllowed(call))) {
    return () => settle(services, work, { kind: 'refused', failure: notAllowed });
  }
  if (!work.definition.goesOnAfterCancel && (await services.isCancelRequested(step.runId))) {
    return () => settle(services, work, { kind: 'cancelled' });
  }
  if (lock && (await takeItem(services, step, work.definition, lock)) === 'busy') {
    return () => itemBusy(services, work);
  }
  if (services.clock() > later(step.sendBy ?? step.firstAt, -sendMarginSeconds)) {
    const reason = 'The attempt came too late to be sent.';
    return () => holdBack(services, work, { seconds: 1, reason, resume: 'send' });
  }
  return undefined;
}

const notAllowed: Failure = {
  code: 'TargetNotAllowed',
  message: "The target is not on the allow-list of this deployment's plan.",
  advice: 'Add the vault to safety.vaults; deleting also needs safety.deleteBackups.',
  class: 'ours',
};

/** `refused`: the described URL is none that may be used; nothing has been sent. */
async function exchangeOf(
  services: StepServices,
  { held, definition }: Work,
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

const unanswered = (reason: string): Failure => ({ code: 'NoAnswer', message: reason, class: 'transient' });

function afterSend(
  services: StepServices,
  work: Work,
  call: ArmCall,
  answer: ArmAnswer,
  sentAt: Date,
): Promise<Progress> {
  switch (answer.kind) {
    case 'notSent':
      return retryLater(services, work, unanswered(answer.reason));
    case 'doubtful':
      return inDoubt(services, work, unanswered(answer.reason));
    case 'reply':
      return afterReply(services, work, call, answer.reply, sentAt);
  }
}

function afterReply(
  services: StepServices,
  work: Work,
  call: ArmCall,
  reply: ArmReply,
  sentAt: Date,
): Promise<Progress> {
  const { status } = reply;
  if (status >= 200 && status < 300) return afterSuccess(services, work, call, reply, sentAt);
  const failure = readFailure(reply, call.method);
  if (status === 429) return throttled(services, work, reply, failure);
  if (status === 401) return retryLater(services, work, failure);
  if (status === 408 || status >= 500) return inDoubt(services, work, { ...failure, class: 'transient' });
  return refuse(services, work, failure, status);
}

function throttled(services: StepServices, work: Work, reply: ArmReply, failure: Failure): Promise<Progress> {
  const seconds = throttleSeconds(reply, services.clock());
  return holdBack(services, work, { seconds, reason: failure.message, resume: 'send', failure });
}

function afterSuccess(
  services: StepServices,
  work: Work,
  call: ArmCall,
  reply: ArmReply,
  sentAt: Date,
): Promise<Progress> {
  const { definition, held } = work;
  const { longRunning } = definition;
  const acceptance = longRunning
    ? readAcceptance(reply, longRunning.follow, services.clock())
    : ({ kind: 'finished' } as const);
  const attemptId = attemptIdOf(held.step, held.step.attempt);
  const sent = { attemptId, sentAt: sentAt.toISOString() };
  switch (acceptance.kind) {
    case 'lost':
      return inDoubt(services, work, acceptance.failure);
    case 'finished':
      return finished(services, work, reply);
    case 'running': {
      const { pollUrl, which, operationId } = acceptance;
      const place: PollPlace = {
        ...{ url: pollUrl, which, action: call.action, path: call.path, ...sent },
        ...(operationId === undefined ? {} : { operationId }),
      };
      return accepted(services, work, reply, place, acceptance.waitSeconds);
    }
  }
}

function finished(services: StepServices, work: Work, reply: ArmReply): Promise<Progress> {
  const reading = readingOf(services, work, reply);
  if (reading === undefined || (reading.kind === 'waiting' && work.definition.repeat !== 'safe')) {
    return inDoubt(services, work, unanswered('The reply could not be read.'));
  }
  return applyReading(services, work, reading, 'send');
}

/** The service has accepted the work: the poll URL goes into the row, and the flow sleeps until the first poll. */
async function accepted(
  services: StepServices,
  work: Work,
  reply: ArmReply,
  poll: PollPlace,
  askedSeconds: number | undefined,
): Promise<Progress> {
  const { longRunning } = work.definition;
  const seconds = askedSeconds ?? longRunning?.defaultWaitSeconds ?? 60;
  const waitSeconds = pollSeconds(seconds, services.minimumPollSeconds);
  const facts = { poll, waitSeconds, operationStatus: 'InProgress' };
  if (!longRunning?.endsAtAcceptance) return tellToWait(services, work, { ...facts, resume: 'poll' });
  const held = { ...work.held, step: { ...work.held.step, ...facts } };
  const reading = readingOf(services, { ...work, held }, reply, { waitSeconds, place: poll });
  if (reading === undefined) return inDoubt(services, work, unanswered('The acceptance could not be read.'));
  return applyReading(services, { ...work, held }, reading, 'poll');
}

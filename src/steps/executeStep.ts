import type { ArmAnswer, ArmCall } from '../arm/call.ts';
import { applyPollAnswer, unfollowable, withoutUrl } from './applyPollAnswer.ts';
import { checkStep } from './checkStep.ts';
import { isUrlRefused, laneOf, learn, sendCall } from './exchange.ts';
import { lookAfter } from './guardSteps.ts';
import { nextMove, type Move } from './nextMove.ts';
import { sendStep } from './sendStep.ts';
import { holdBack, sendCopy, settle } from './settle.ts';
import { awaitSlot } from './slots.ts';
import type { GuardMessage, StepMessage } from './step.ts';
import {
  changeStep,
  followedStepId,
  readStep,
  unsignedCall,
  withRequests,
  type Progress,
  type StepInHand,
} from './stepInHand.ts';
import type { PollPlace, StepState } from './stepRow.ts';
import type { StepServices } from './stepServices.ts';
import { raiseStanding } from './raiseStep.ts';
import { later, leaseSeconds, secondsUntil, sendMarginSeconds } from './timings.ts';

/** Where this poll goes: the signed URL as sent, or the operation's unsigned path. */
type Place =
  | { readonly kind: 'url'; readonly url: string; readonly poll: PollPlace }
  | {
      readonly kind: 'unsigned';
      readonly call: NonNullable<ReturnType<typeof unsignedCall>>;
      readonly poll: PollPlace;
    };

function placeOf(work: StepInHand): Place | undefined {
  const { poll } = work.held.step;
  if (!poll) return undefined;
  if (poll.url !== undefined) return { kind: 'url', url: poll.url, poll };
  const call = unsignedCall(work, poll.operationId);
  return call && { kind: 'unsigned', call, poll };
}

/**
 * A step that follows another's operation begins where that one was accepted.
 *
 * @returns undefined when there is nothing to poll: the step's own description is the fallback.
 */
async function beginFollowing(services: StepServices, work: StepInHand): Promise<Progress | undefined> {
  const stepId = followedStepId(work);
  // A step with a place of its own has followed already, as far as that went.
  if (stepId === undefined || work.held.step.poll) return undefined;
  const followed = await readStep(services, { runId: work.held.step.runId, stepId });
  const poll = followed?.step.poll;
  if (!poll) return undefined;
  const waitSeconds = followed.step.waitSeconds ?? work.definition.longRunning?.defaultWaitSeconds ?? 60;
  const copied = { state: 'waiting', resume: 'poll', poll, waitSeconds } as const;
  const held = await changeStep(services, work.held, copied);
  if (!held) return 'lost';
  const first = later(poll.sentAt, waitSeconds);
  const seconds = secondsUntil(first, services.clock());
  if (seconds === 0) return pollStep(services, { ...work, held });
  const reason = 'The service has asked for a pause before the first poll.';
  return holdBack(services, { ...work, held }, { seconds, reason, resume: 'poll' });
}

/** Polls an accepted operation once: at most one poll is in flight, because a lease keeps others away. */
async function pollStep(services: StepServices, work: StepInHand): Promise<Progress> {
  const place = placeOf(work);
  if (!place) return unfollowable(services, work);
  const paced = await awaitSlot(services, work, callAt(work, place), 'poll');
  if (paced) return paced;
  const now = services.clock();
  const until = later(now, leaseSeconds / 2).toISOString();
  const leased = { until, owner: services.newId(), slotAt: undefined };
  const held = await changeStep(services, work.held, leased);
  if (!held) return 'lost';
  const answer = await pollAt(services, place, later(until, -sendMarginSeconds));
  if (answer === 'refused') return withoutUrl(services, { ...work, held });
  const polled = withRequests({ ...work, held }, 1, answer);
  return applyPollAnswer(services, polled, place.poll, answer);
}

/** A poll draws on the budget of its own action where the step knows it. */
function callAt(work: StepInHand, place: Place): ArmCall {
  const { action, path, operationId } = place.poll;
  return unsignedCall(work, operationId) ?? { action, path, method: 'GET', apiVersion: '' };
}

async function pollAt(
  services: StepServices,
  place: Place,
  deadlineAt: Date,
): Promise<ArmAnswer | 'refused'> {
  const options = { clientRequestId: services.newId(), deadlineAt };
  if (place.kind === 'unsigned') return (await sendCall(services, place.call, options)).answer;
  const { action, path } = place.poll;
  try {
    const answer = await services.arm.followUrl(place.url, { kind: 'poll', action, path }, options);
    await learn(services, laneOf({ action, path, method: 'GET' }), answer);
    return answer;
  } catch (error) {
    if (!isUrlRefused(error)) throw error;
    services.log({ alert: 'refusedUrl' }, `A poll URL was refused: ${error.message}`, { action });
    return 'refused';
  }
}

/*
 * How one step happens once.
 *
 * This file owns the way from one delivery of a message to one move of the step's row. It promises the flow an answer to
 * every ask, or silence that the flow's own deadline ends; and it promises the service at most one applied request.
 *
 *         order            claim              202                    read
 *   (none) ──► ordered ──────────► claimed ─────────► waiting ─────────────► settled
 *                 ▲                   │ no answer         │ poll, poll …        ▲
 *                 │  absent twice     ▼                   ▼                     │
 *                 └────────────── checking ◄──── operation lost ── found ───────┘
 *
 * I1  Bytes leave only under a claim, which is a conditional write, and only inside its window (`sendBy`).
 * I2  After a claim whose attempt has no known end, nothing is sent until a look has found the effect absent twice, the
 *     second time at least the settle time after `sendBy`. A step that may be repeated is excepted.
 * I3  Every write is conditional on the row as it was read; a lost answer is settled by reading, never by assuming.
 * I4  A message orders nothing: what is done follows from the row alone, so duplicates and reordering change nothing. Of
 *     several messages of one step that wait, those that the row has moved on from are not sent again.
 * I5  A settled step never changes; any delivery raises its outcome again.
 * I6  Of two steps for one item, one has something in flight: the lock points to a step row and holds while that is so.
 * I7  The row is written before the message is sent or the event is raised: a crash in between costs time, not the step.
 * I8  A poll URL is read from the row and sent to the URL gate; it goes nowhere else.
 */

/** Moves of one delivery at most: each means that another worker has moved the row. */
const mostMoves = 5;

/** A message as the queue hands it out. */
export interface Delivery {
  /** How often this message has been handed out; absent where that is not known. */
  readonly times?: number;
}

/**
 * Whether another message of the step goes on in this one's place: whoever has changed the row since this one was sent
 * has sent its own, or has its own brought back. A message that was brought back may be the only one there is.
 */
const isOvertaken = ({ writer }: StepMessage, { times }: Delivery, step: StepState): boolean =>
  times === 1 && writer !== undefined && writer !== step.writer;

/**
 * Carries out one delivery of a message; returning acknowledges it, throwing asks for redelivery.
 *
 * @throws Error when storage fails or the flow is not there yet.
 */
export async function executeStep(
  services: StepServices,
  message: StepMessage | GuardMessage,
  delivery: Delivery = {},
): Promise<void> {
  if ('guard' in message) return lookAfter(services, message);
  for (let moves = 0; moves < mostMoves; moves++) {
    const held = await readStep(services, message);
    if (!held) {
      services.log({ alert: 'strangeMessage' }, 'A message names a step that was never ordered.', {
        runId: message.runId,
        stepId: message.stepId,
      });
      return;
    }
    const definition = services.catalogue.get(held.step.name);
    if (!definition) return unknownStep(services, { held });
    const decision = nextMove(held.step, definition, services.clock());
    if (decision.kind === 'postpone' && isOvertaken(message, delivery, held.step)) return;
    if ((await carryOut(services, { held, definition }, decision)) === 'moved') return;
  }
  await sendCopy(services, { runId: message.runId, stepId: message.stepId }, 1);
}

async function unknownStep(services: StepServices, { held }: Pick<StepInHand, 'held'>): Promise<void> {
  if (held.step.state === 'settled') return raiseStanding(services, held.step);
  const failure = { code: 'StepUnknown', message: `There is no step named ${held.step.name}.` };
  const inDoubt = held.step.state === 'claimed' || held.step.state === 'checking';
  await settle(services, { held }, { kind: inDoubt ? 'unknown' : 'failed', failure });
}

async function carryOut(services: StepServices, work: StepInHand, decision: Move): Promise<Progress> {
  const { step } = work.held;
  switch (decision.kind) {
    case 'answer':
      await raiseStanding(services, step);
      return 'moved';
    case 'postpone':
      await sendCopy(services, step, secondsUntil(decision.until, services.clock()));
      return 'moved';
    case 'send':
      return (await beginFollowing(services, work)) ?? sendStep(services, work);
    case 'poll':
      return pollStep(services, work);
    case 'check':
      return checkStep(services, work);
    case 'giveUp':
      return giveUp(services, work);
  }
}

function giveUp(services: StepServices, work: StepInHand): Promise<Progress> {
  const { name, lastFailure } = work.held.step;
  const message = `${name} did not end within ${work.definition.giveUpAfterSeconds} s.`;
  const failure = lastFailure
    ? { ...lastFailure, message: `${message} ${lastFailure.message}` }
    : { code: 'StepTimedOut', message };
  return settle(services, work, { kind: 'timedOut', failure });
}

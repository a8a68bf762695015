import type { ArmAnswer, ArmCall, ArmReply, Failure } from '../arm/call.ts';
import { readPoll, type PollReading } from '../arm/longRunning.ts';
import { readFailure } from '../arm/outcomes.ts';
import { throttleSeconds } from '../arm/retryAfter.ts';
import { awaitSlot } from './awaitSlot.ts';
import { isUrlRefused, laneOf, learn, sendCall } from './exchange.ts';
import { changeStep, readStep } from './heldStep.ts';
import { applyReading, inDoubt, refuse, refuseForGood, retryLater } from './refuse.ts';
import { holdBack, settle, tellToWait } from './settle.ts';
import type { PollPlace } from './stepRow.ts';
import type { StepServices } from './stepServices.ts';
import { later, leaseSeconds, mostAttempts, secondsUntil, sendMarginSeconds } from './timings.ts';
import { pollBackOffSeconds, pollSeconds } from './waits.ts';
import {
  followedStepId,
  lookOf,
  readingOf,
  unsignedCall,
  withRequests,
  type Progress,
  type Work,
} from './work.ts';

/** Where this poll goes: the signed URL as sent, or the operation's unsigned path. */
type Place =
  | { readonly kind: 'url'; readonly url: string; readonly poll: PollPlace }
  | {
      readonly kind: 'unsigned';
      readonly call: NonNullable<ReturnType<typeof unsignedCall>>;
      readonly poll: PollPlace;
    };

function placeOf(work: Work): Place | undefined {
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
export async function beginFollowing(services: StepServices, work: Work): Promise<Progress | undefined> {
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
export async function pollStep(services: StepServices, work: Work): Promise<Progress> {
  const place = placeOf(work);
  if (!place) return unfollowable(services, work, nothingToPoll);
  const paced = await awaitSlot(services, work, callAt(work, place), 'poll');
  if (paced) return paced;
  const now = services.clock();
  const until = later(now, leaseSeconds / 2).toISOString();
  const leased = { until, owner: services.newId(), slotAt: undefined };
  const held = await changeStep(services, work.held, leased);
  if (!held) return 'lost';
  const answer = await pollAt(services, place, later(until, -sendMarginSeconds));
  const polled = withRequests({ ...work, held }, answer === 'refused' ? 0 : 1);
  if (answer === 'refused') return withoutUrl(services, polled, nothingToPoll);
  return afterPoll(services, polled, place.poll, answer);
}

const nothingToPoll: Failure = {
  code: 'OperationLost',
  message: 'The operation that the service accepted cannot be read any more.',
  class: 'transient',
};

/** A poll draws on the budget of its own action where the step knows it. */
function callAt(work: Work, place: Place): ArmCall {
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
    services.log('alert', `A poll URL was refused: ${error.message}`, { action });
    return 'refused';
  }
}

function afterPoll(
  services: StepServices,
  work: Work,
  poll: PollPlace,
  answer: ArmAnswer,
): Promise<Progress> {
  if (answer.kind !== 'reply') {
    // Nothing was learnt about the operation: a network that is down does not use up its patience.
    const failure: Failure = { code: 'NoAnswer', message: answer.reason, class: 'transient' };
    return pollAgain(services, work, failure, work.held.step.failures?.poll ?? 1);
  }
  const { reply } = answer;
  if (reply.status === 429) return throttled(services, work, reply);
  const reading = readPoll(reply, poll.which, services.clock());
  switch (reading.kind) {
    case 'running':
      return stillRunning(services, work, poll, reading);
    case 'unreadable':
      return unreadable(services, work, reading.failure);
    case 'failed':
      return ended(services, work, reading);
    case 'succeeded':
      return succeeded(services, work, poll, reply, reading.status ?? 'Succeeded');
  }
}

function throttled(services: StepServices, work: Work, reply: ArmReply): Promise<Progress> {
  const failure = readFailure(reply);
  const seconds = throttleSeconds(reply, services.clock());
  return holdBack(services, work, { seconds, reason: failure.message, resume: 'poll', failure });
}

function stillRunning(
  services: StepServices,
  work: Work,
  poll: PollPlace,
  reading: Extract<PollReading, { kind: 'running' }>,
): Promise<Progress> {
  const { definition, held } = work;
  const seconds =
    reading.waitSeconds ?? held.step.waitSeconds ?? definition.longRunning?.defaultWaitSeconds ?? 60;
  return tellToWait(services, work, {
    resume: 'poll',
    waitSeconds: pollSeconds(seconds, services.minimumPollSeconds),
    operationStatus: reading.status ?? 'InProgress',
    ...(reading.nextUrl === undefined ? {} : { poll: { ...poll, url: reading.nextUrl } }),
  });
}

function succeeded(
  services: StepServices,
  work: Work,
  place: PollPlace,
  reply: ArmReply,
  operationStatus: string,
): Promise<Progress> {
  const held = { ...work.held, step: { ...work.held.step, operationStatus } };
  const reading = readingOf(services, { ...work, held }, reply, { place });
  if (reading === undefined) {
    const failure = { code: 'UnreadableReply', message: 'The result of the operation could not be read.' };
    return unreadable(services, { ...work, held }, { ...failure, class: 'transient' });
  }
  return applyReading(services, { ...work, held }, reading, 'poll');
}

/** An operation that ended badly was applied as far as it went: it is not sent again except where that is harmless and may help. */
function ended(
  services: StepServices,
  work: Work,
  { status, failure }: Extract<PollReading, { kind: 'failed' }>,
): Promise<Progress> {
  const held = { ...work.held, step: { ...work.held.step, operationStatus: status ?? 'Failed' } };
  const now = { ...work, held };
  const sentHere = held.step.attempt > 0 && !lookOf(work);
  const again = sentHere && (failure.class === 'adopt' || failure.class === 'hours');
  const onceMore = sentHere && failure.class === 'transient' && held.step.attempt === 1;
  if (again || onceMore) return refuse(services, now, failure, 200);
  return refuseForGood(services, now, failure);
}

async function unreadable(services: StepServices, work: Work, failure: Failure): Promise<Progress> {
  const times = (work.held.step.failures?.poll ?? 0) + 1;
  if (times <= mostAttempts) return pollAgain(services, work, failure, times);
  return withoutUrl(services, work, failure);
}

function pollAgain(services: StepServices, work: Work, failure: Failure, times: number): Promise<Progress> {
  const seconds = pollBackOffSeconds(times, services.minimumPollSeconds);
  const failures = { ...work.held.step.failures, poll: times };
  return holdBack(services, work, { seconds, reason: failure.message, resume: 'poll', failure, failures });
}

/** The unsigned path has fewer tries: what ails the operation ails both. */
const unsignedHeadStart = 2;

/** The signed URL has had its chances: the unsigned path is next, then the list or the resource decides. */
async function withoutUrl(services: StepServices, work: Work, failure: Failure): Promise<Progress> {
  const { poll } = work.held.step;
  if (!poll?.url || !unsignedCall(work, poll.operationId)) return unfollowable(services, work, failure);
  const { url: _url, ...unsigned } = poll;
  const which = work.definition.longRunning?.follow ?? poll.which;
  const step = { ...work.held.step, poll: { ...unsigned, which } };
  const next = { ...work, held: { ...work.held, step } };
  const [seconds, failures] = [services.minimumPollSeconds, { poll: unsignedHeadStart }];
  return holdBack(services, next, { seconds, reason: failure.message, resume: 'poll', failure, failures });
}

function unfollowable(services: StepServices, work: Work, failure: Failure): Promise<Progress> {
  if (lookOf(work)) return inDoubt(services, work, failure);
  // A step that only followed has its own description left to try.
  if (work.held.step.attempt === 0) return retryLater(services, work, failure);
  return settle(services, work, {
    kind: 'refused',
    failure: { ...failure, class: failure.class ?? 'transient' },
  });
}

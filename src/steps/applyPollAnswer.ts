import type { ArmAnswer, ArmReply, Failure } from '../arm/call.ts';
import { readPoll, type PollReading } from '../arm/longRunning.ts';
import { readFailure, throttleSeconds } from '../arm/outcomes.ts';
import { applyReading, inDoubt, refuse, refuseForGood, retryLater } from './refuse.ts';
import { holdBack, settle, raiseWait } from './settle.ts';
import type { PollPlace } from './stepRow.ts';
import type { StepServices } from './stepServices.ts';
import { mostAttempts, pollBackOffSeconds, pollSeconds } from './timings.ts';
import { lookOf, readingOf, unsignedCall, type Progress, type StepInHand } from './stepInHand.ts';

const nothingToPoll: Failure = {
  code: 'OperationLost',
  message: 'The operation that the service accepted cannot be read any more.',
  class: 'transient',
};

/** What follows from the answer to one poll of an accepted operation. */
export function applyPollAnswer(
  services: StepServices,
  work: StepInHand,
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

function throttled(services: StepServices, work: StepInHand, reply: ArmReply): Promise<Progress> {
  const failure = readFailure(reply);
  const seconds = throttleSeconds(reply, services.clock());
  return holdBack(services, work, { seconds, reason: failure.message, resume: 'poll', failure });
}

function stillRunning(
  services: StepServices,
  work: StepInHand,
  poll: PollPlace,
  reading: Extract<PollReading, { kind: 'running' }>,
): Promise<Progress> {
  const { definition, held } = work;
  const seconds =
    reading.waitSeconds ?? held.step.waitSeconds ?? definition.longRunning?.defaultWaitSeconds ?? 60;
  return raiseWait(services, work, {
    resume: 'poll',
    waitSeconds: pollSeconds(seconds, services.minimumPollSeconds),
    operationStatus: reading.status ?? 'InProgress',
    ...(reading.nextUrl === undefined ? {} : { poll: { ...poll, url: reading.nextUrl } }),
  });
}

function succeeded(
  services: StepServices,
  work: StepInHand,
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
  work: StepInHand,
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

async function unreadable(services: StepServices, work: StepInHand, failure: Failure): Promise<Progress> {
  const times = (work.held.step.failures?.poll ?? 0) + 1;
  if (times <= mostAttempts) return pollAgain(services, work, failure, times);
  return withoutUrl(services, work, failure);
}

function pollAgain(
  services: StepServices,
  work: StepInHand,
  failure: Failure,
  times: number,
): Promise<Progress> {
  const seconds = pollBackOffSeconds(times, services.minimumPollSeconds);
  const failures = { ...work.held.step.failures, poll: times };
  return holdBack(services, work, { seconds, reason: failure.message, resume: 'poll', failure, failures });
}

/** The unsigned path has fewer tries: what ails the operation ails both. */
const unsignedHeadStart = 2;

/** The signed URL has had its chances: the unsigned path is next, then the list or the resource decides. */
export async function withoutUrl(
  services: StepServices,
  work: StepInHand,
  failure = nothingToPoll,
): Promise<Progress> {
  const { poll } = work.held.step;
  if (!poll?.url || !unsignedCall(work, poll.operationId)) return unfollowable(services, work, failure);
  const { url: _url, ...unsigned } = poll;
  const which = work.definition.longRunning?.follow ?? poll.which;
  const step = { ...work.held.step, poll: { ...unsigned, which } };
  const next = { ...work, held: { ...work.held, step } };
  const [seconds, failures] = [services.minimumPollSeconds, { poll: unsignedHeadStart }];
  return holdBack(services, next, { seconds, reason: failure.message, resume: 'poll', failure, failures });
}

/** There is nothing to poll: the list, the step's own description, or an end. */
export function unfollowable(
  services: StepServices,
  work: StepInHand,
  failure = nothingToPoll,
): Promise<Progress> {
  if (lookOf(work)) return inDoubt(services, work, failure);
  // A step that only followed has its own description left to try.
  if (work.held.step.attempt === 0) return retryLater(services, work, failure);
  return settle(services, work, {
    kind: 'refused',
    failure: { ...failure, class: failure.class ?? 'transient' },
  });
}

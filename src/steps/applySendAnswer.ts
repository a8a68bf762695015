import type { ArmAnswer, ArmCall, ArmReply, Failure } from '../arm/call.ts';
import { readAcceptance } from '../arm/longRunning.ts';
import { readFailure, throttleSeconds } from '../arm/outcomes.ts';
import { applyReading, inDoubt, refuse, retryLater } from './refuse.ts';
import { holdBack, raiseWait } from './settle.ts';
import { attemptIdOf, type PollPlace } from './stepRow.ts';
import type { StepServices } from './stepServices.ts';
import { pollSeconds } from './timings.ts';
import { readingOf, type Progress, type StepInHand } from './stepInHand.ts';

const unanswered = (reason: string): Failure => ({ code: 'NoAnswer', message: reason, class: 'transient' });

/** What follows from the answer to a step's own call, as the state table says. */
export function applySendAnswer(
  services: StepServices,
  work: StepInHand,
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
  work: StepInHand,
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

function throttled(
  services: StepServices,
  work: StepInHand,
  reply: ArmReply,
  failure: Failure,
): Promise<Progress> {
  const seconds = throttleSeconds(reply, services.clock());
  const { runId, stepId, name } = work.held.step;
  services.log('info', 'throttled', { runId, stepId, name, code: failure.code, seconds });
  return holdBack(services, work, { seconds, reason: failure.message, resume: 'send', failure });
}

function afterSuccess(
  services: StepServices,
  work: StepInHand,
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

function finished(services: StepServices, work: StepInHand, reply: ArmReply): Promise<Progress> {
  const reading = readingOf(services, work, reply);
  if (reading === undefined || (reading.kind === 'waiting' && work.definition.repeat !== 'safe')) {
    return inDoubt(services, work, unanswered('The reply could not be read.'));
  }
  return applyReading(services, work, reading, 'send');
}

/** The service has accepted the work: the poll URL goes into the row, and the flow sleeps until the first poll. */
async function accepted(
  services: StepServices,
  work: StepInHand,
  reply: ArmReply,
  poll: PollPlace,
  askedSeconds: number | undefined,
): Promise<Progress> {
  const { longRunning } = work.definition;
  const seconds = askedSeconds ?? longRunning?.defaultWaitSeconds ?? 60;
  const waitSeconds = pollSeconds(seconds, services.minimumPollSeconds);
  const facts = { poll, waitSeconds, operationStatus: 'InProgress' };
  if (!longRunning?.endsAtAcceptance) return raiseWait(services, work, { ...facts, resume: 'poll' });
  const held = { ...work.held, step: { ...work.held.step, ...facts } };
  const reading = readingOf(services, { ...work, held }, reply, { waitSeconds, place: poll });
  if (reading === undefined) return inDoubt(services, work, unanswered('The acceptance could not be read.'));
  return applyReading(services, { ...work, held }, reading, 'poll');
}

import type { ArmAnswer, ArmCall } from '../arm/call.ts';
import { afterPoll, unfollowable, withoutUrl } from './afterPoll.ts';
import { awaitSlot } from './awaitSlot.ts';
import { isUrlRefused, laneOf, learn, sendCall } from './exchange.ts';
import { changeStep, readStep } from './heldStep.ts';
import { holdBack } from './settle.ts';
import type { PollPlace } from './stepRow.ts';
import type { StepServices } from './stepServices.ts';
import { later, leaseSeconds, secondsUntil, sendMarginSeconds } from './timings.ts';
import { followedStepId, unsignedCall, withRequests, type Progress, type Work } from './work.ts';

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
  if (!place) return unfollowable(services, work);
  const paced = await awaitSlot(services, work, callAt(work, place), 'poll');
  if (paced) return paced;
  const now = services.clock();
  const until = later(now, leaseSeconds / 2).toISOString();
  const leased = { until, owner: services.newId(), slotAt: undefined };
  const held = await changeStep(services, work.held, leased);
  if (!held) return 'lost';
  const answer = await pollAt(services, place, later(until, -sendMarginSeconds));
  const polled = withRequests({ ...work, held }, answer === 'refused' ? 0 : 1);
  if (answer === 'refused') return withoutUrl(services, polled);
  return afterPoll(services, polled, place.poll, answer);
}

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

import type { Failure, Json } from '../arm/call.ts';
import type { StepReading } from './step.ts';
import { attemptIdOf, type FailureCounts } from './stepRow.ts';
import type { StepServices } from './stepServices.ts';
import { holdBack, lapse, settle, settleDone, raiseWait } from './settle.ts';
import { backOffSeconds, busySeconds, later, mostAttempts, parkSeconds, pollSeconds } from './timings.ts';
import { callOf, expectedRefusal, lookOf, type Progress, type StepInHand } from './stepInHand.ts';

/** Seconds after the service has said that something runs already, until it is looked for in the list. */
const lookAfterBusySeconds = 10;
/** Seconds after an answer was lost until its effect is first looked for. */
const lookAfterDoubtSeconds = 30;
/** A service that stays busy this often is not waited for any longer. */
const mostBusy = 30;

const counted = (work: StepInHand, kind: keyof FailureCounts): FailureCounts => {
  const failures = work.held.step.failures ?? {};
  return { ...failures, [kind]: (failures[kind] ?? 0) + 1 };
};

/** Sends again later what is known not to have been applied, or is harmless to repeat. Reads go on until the deadline. */
export async function retryLater(
  services: StepServices,
  work: StepInHand,
  failure: Failure,
): Promise<Progress> {
  const failures = counted(work, 'transient');
  const times = failures.transient ?? 1;
  if (times >= mostAttempts && callOf(work).method !== 'GET') {
    return settle(services, work, { kind: 'failed', failure });
  }
  const seconds = backOffSeconds(times, attemptIdOf(work.held.step, work.held.step.attempt));
  return holdBack(services, work, { seconds, reason: failure.message, resume: 'send', failure, failures });
}

/** A write whose answer says nothing about its effect: looked for before anything is sent again. */
export function inDoubt(services: StepServices, work: StepInHand, failure: Failure): Promise<Progress> {
  if (!lookOf(work)) return retryLater(services, work, failure);
  const failures = counted(work, 'doubtful');
  const lookAt = later(services.clock(), lookAfterDoubtSeconds);
  return lapse(services, work, lookAt, { failures, lastFailure: failure, reason: failure.message });
}

/** Something is in progress already: ours or another's, the list tells. Steps that may be repeated wait for its end. */
function busy(services: StepServices, work: StepInHand, failure: Failure): Promise<Progress> {
  const failures = counted(work, 'busy');
  const times = failures.busy ?? 1;
  if (lookOf(work)) {
    if (times > mostAttempts) return settle(services, work, { kind: 'refused', failure });
    const lookAt = later(services.clock(), lookAfterBusySeconds);
    const change = { failures, lastFailure: failure, reason: failure.message, joinForeign: true };
    return lapse(services, work, lookAt, change);
  }
  if (times > mostBusy) return settle(services, work, { kind: 'refused', failure });
  const seconds = busySeconds(times);
  return holdBack(services, work, { seconds, reason: failure.message, resume: 'send', failure, failures });
}

/** What a reading asks for; `resume` says what comes after a wait. */
export function applyReading(
  services: StepServices,
  work: StepInHand,
  reading: StepReading<Json>,
  resume: 'send' | 'poll',
): Promise<Progress> {
  switch (reading.kind) {
    case 'done':
      return settleDone(services, work, reading.result);
    case 'refused':
      return settle(services, work, { kind: 'refused', failure: reading.failure });
    case 'waiting': {
      const waitSeconds = pollSeconds(reading.waitSeconds, services.minimumPollSeconds);
      return raiseWait(services, work, {
        waitSeconds,
        resume,
        ...(reading.detail ? { detail: reading.detail } : {}),
      });
    }
  }
}

/** A final "no" to the request itself, known not to have been applied: the step's own reading of it, else its class decides. */
export function refuse(
  services: StepServices,
  work: StepInHand,
  failure: Failure,
  status: number,
): Promise<Progress> {
  const expected = expectedRefusal(work, failure, status);
  if (expected) return applyReading(services, work, expected, 'send');
  switch (failure.class) {
    case 'transient':
      return retryLater(services, work, failure);
    case 'adopt':
      return busy(services, work, failure);
    case 'hours': {
      const seconds = parkSeconds(failure, services.clock());
      return holdBack(services, work, { seconds, reason: failure.message, resume: 'send', failure });
    }
    default:
      return settle(services, work, { kind: 'refused', failure });
  }
}

/** An operation that ended badly: the step's own reading of it, else refused whatever the class. */
export function refuseForGood(services: StepServices, work: StepInHand, failure: Failure): Promise<Progress> {
  const expected = expectedRefusal(work, failure, 200);
  const mayWait = expected?.kind === 'waiting' && lookOf(work) !== undefined;
  if (expected && !mayWait) return applyReading(services, work, expected, 'send');
  return settle(services, work, { kind: 'refused', failure });
}

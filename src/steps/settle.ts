import type { Failure, Json } from '../arm/call.ts';
import { plainWords } from '../arm/words.ts';
import { orderAudit } from './auditOrder.ts';
import { raiseStanding, fitsRow, raiseEnd } from './raiseStep.ts';
import { giveUpAt } from './nextMove.ts';
import { changeStep, type Progress, type StepInHand } from './stepInHand.ts';
import type { StepMessage, StepOutcome } from './step.ts';
import { attemptIdOf, type FailureCounts, type StepState } from './stepRow.ts';
import type { StepServices } from './stepServices.ts';
import { later, longestQueueSeconds, longestSlotSeconds, secondsUntil } from './timings.ts';

/** Sends the step's message again, visible after whole seconds. */
export async function sendCopy(
  services: Pick<StepServices, 'queue'>,
  { runId, stepId, writer }: StepMessage,
  delaySeconds: number,
): Promise<void> {
  const text = JSON.stringify({ runId, stepId, writer });
  await services.queue.send(text, Math.max(0, Math.ceil(delaySeconds)));
}

const freed = { until: undefined, owner: undefined, slotAt: undefined } as const;

const tooLarge = (name: string): StepOutcome => ({
  kind: 'failed',
  failure: { code: 'ResultTooLarge', message: `${name}: the result is over 24 KiB.`, class: 'ours' },
});

/** A person is to look: at a step nobody knows the end of, and at a request that the service finds wrong in itself. */
function alertOf(services: StepServices, { runId, stepId, name }: StepState, outcome: StepOutcome): void {
  if (outcome.kind !== 'unknown' && outcome.kind !== 'refused') return;
  const { code, message } = outcome.failure;
  if (outcome.kind === 'unknown')
    services.log({ alert: 'unknownEnding' }, `${name} ended unknown: ${message}`, { runId, stepId });
  else if (outcome.failure.class === 'ours')
    services.log({ alert: 'wrongRequest' }, `${name} was refused as wrong in itself: ${code}: ${message}`, {
      runId,
      stepId,
    });
}

/** The one line of a step: the ids under which a person finds it here and Azure's support there. */
function logStep(services: StepServices, step: StepState, outcome: StepOutcome): void {
  const { runId, stepId, name, attempt, asks, requests, correlationId, armRequestId } = step;
  services.log('info', 'step ended', {
    ...{ runId, stepId, name, outcome: outcome.kind },
    ...('failure' in outcome ? { code: outcome.failure.code } : {}),
    ...{ seconds: secondsUntil(step.settledAt ?? step.firstAt, new Date(step.firstAt)) },
    ...{ attempts: attempt, asks, requests },
    ...(attempt > 0 ? { clientRequestId: attemptIdOf(step, attempt) } : {}),
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(armRequestId === undefined ? {} : { armRequestId }),
  });
}

/** Writes the final outcome of a step and tells the flow. */
export async function settle(
  services: StepServices,
  { held }: Pick<StepInHand, 'held'>,
  outcome: StepOutcome,
): Promise<Progress> {
  const plain = plainWords(outcome as Json) as StepOutcome;
  const kept = fitsRow(plain) ? plain : tooLarge(held.step.name);
  // Before the end is written: a crash in between orders it again.
  await orderAudit(services, held.step);
  const settledAt = services.clock().toISOString();
  const now = { state: 'settled', outcome: kept, settledAt, ...freed } as const;
  const settled = await changeStep(services, held, { ...now, resume: undefined, reason: undefined });
  if (!settled) return 'lost';
  alertOf(services, settled.step, kept);
  logStep(services, settled.step, kept);
  await raiseEnd(services, settled.step);
  return 'moved';
}

/** Settles with a result that was read from a reply, or from an earlier attempt's effect. */
export const settleDone = (
  services: StepServices,
  work: Pick<StepInHand, 'held'>,
  result: Json,
  how?: 'adopted' | 'joined',
): Promise<Progress> => settle(services, work, { kind: 'done', result, ...(how ? { how } : {}) });

/** Why and how long a step is held back. */
export interface HoldBack {
  readonly seconds: number;
  readonly reason: string;
  readonly resume: 'send' | 'poll';
  readonly failure?: Failure;
  readonly failures?: FailureCounts | undefined;
  /** The pacer's ticket: the step keeps its place, and asks once more whether it has come. */
  readonly slotAt?: Date;
}

/** A step that would be held back beyond its deadline ends now: parked by the service it is refused, else timed out. */
function beyondDeadline(step: StepState, hold: HoldBack): StepOutcome {
  const failure = hold.failure ?? step.lastFailure ?? { code: 'StepTimedOut', message: hold.reason };
  return { kind: failure.class === 'hours' ? 'refused' : 'timedOut', failure };
}

/**
 * Holds a step back: a short wait is a delayed message, a long one is told to the flow, which has a durable timer.
 * Nothing is in flight: known not applied, or a poll to be repeated.
 */
export async function holdBack(services: StepServices, work: StepInHand, hold: HoldBack): Promise<Progress> {
  const { held, definition } = work;
  const now = services.clock();
  const notBefore = later(now, hold.seconds);
  if (notBefore > giveUpAt(held.step, definition)) {
    return settle(services, work, beyondDeadline(held.step, hold));
  }
  const long = hold.seconds > (hold.slotAt ? longestSlotSeconds : longestQueueSeconds);
  const changed = await changeStep(services, held, {
    ...freed,
    state: long || hold.resume === 'poll' ? 'waiting' : 'ordered',
    resume: hold.resume,
    notBefore: notBefore.toISOString(),
    toldAsk: long ? held.step.ask : undefined,
    reason: hold.reason,
    ...(hold.failure ? { lastFailure: hold.failure } : {}),
    ...(hold.failures ? { failures: hold.failures } : {}),
    ...(hold.slotAt ? { slotAt: hold.slotAt.toISOString() } : {}),
  });
  if (!changed) return 'lost';
  await (long ? raiseStanding(services, changed.step) : sendCopy(services, changed.step, hold.seconds));
  return 'moved';
}

/** Characters of a text that a step tells while it waits. */
const longestDetail = 500;

/** Tells the flow to look again later at work that goes well. */
export async function raiseWait(
  services: StepServices,
  { held }: StepInHand,
  waiting: Partial<StepState> & { readonly waitSeconds: number; readonly resume: 'send' | 'poll' },
): Promise<Progress> {
  const detail = waiting.detail && plainWords(waiting.detail, longestDetail);
  const changed = await changeStep(services, held, {
    ...freed,
    failures: undefined,
    lastFailure: undefined,
    reason: undefined,
    ...waiting,
    ...(detail ? { detail } : {}),
    state: 'waiting',
    toldAsk: held.step.ask,
    notBefore: later(services.clock(), waiting.waitSeconds).toISOString(),
  });
  if (!changed) return 'lost';
  await raiseStanding(services, changed.step);
  return 'moved';
}

/** Gives the lease back while something may have been applied; the next look comes after some seconds. */
export async function lapse(
  services: StepServices,
  { held }: Pick<StepInHand, 'held'>,
  lookAgainAt: Date,
  change: Partial<StepState> = {},
): Promise<Progress> {
  const changed = await changeStep(services, held, {
    ...freed,
    state: 'checking',
    notBefore: lookAgainAt.toISOString(),
    ...change,
  });
  if (!changed) return 'lost';
  await sendCopy(services, changed.step, secondsUntil(lookAgainAt, services.clock()));
  return 'moved';
}

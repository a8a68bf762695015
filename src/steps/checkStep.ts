import type { ArmAnswer, ArmReply, Failure, Json } from '../arm/call.ts';
import { giveUpAt } from './nextMove.ts';
import { mayBeCut, readAllPages, slotFor, ticketOf, type Exchange } from './exchange.ts';
import { changeStep, lookOf, withRequests, type Progress, type StepInHand } from './stepInHand.ts';
import { otherSentBy } from './itemLock.ts';
import { sendStep } from './sendStep.ts';
import { lapse, settle, settleDone } from './settle.ts';
import type { EarlierEffect } from './step.ts';
import { attemptsOf, settledAt } from './stepRow.ts';
import type { StepServices } from './stepServices.ts';
import { betweenLooksSeconds, later, leaseSeconds, mostAttempts, sendMarginSeconds } from './timings.ts';

/** Seconds between looks while the settle time runs. */
const nextLookSeconds = 120;
/** Seconds until a list that could not be read is read again. */
const unreadableSeconds = 60;

/** Looks for what an earlier attempt has done, before anything is sent again. */
export async function checkStep(services: StepServices, work: StepInHand): Promise<Progress> {
  const look = lookOf(work);
  if (!look) throw new Error(`${work.held.step.name} may be sent twice and is not looked for.`);
  const { step } = work.held;
  const call = look.describeLook(step.input as never, attemptsOf(step, services.clock()));
  const others = await otherSentBy(services, work);
  const slot = await slotFor(services, call, work.held.step.slotAt);
  if (slot.kind === 'wait') {
    const slotAt = ticketOf(slot);
    return lapse(services, work, slot.until, slotAt ? { slotAt: slotAt.toISOString() } : {});
  }
  const now = services.clock();
  const until = later(now, leaseSeconds);
  const owner = services.newId();
  const leased = { state: 'checking', until: until.toISOString(), owner, slotAt: undefined } as const;
  const lease = { ...leased, otherSentBy: others };
  const held = await changeStep(services, work.held, lease);
  if (!held) return 'lost';
  const options = { clientRequestId: services.newId(), deadlineAt: later(until, -sendMarginSeconds) };
  const exchange = await readAllPages(services, call, options);
  return afterLook(
    services,
    withRequests({ ...work, held }, exchange.requests, exchange.answer),
    exchange,
    now,
  );
}

function afterLook(
  services: StepServices,
  work: StepInHand,
  exchange: Exchange,
  lookedAt: Date,
): Promise<Progress> {
  const effect = effectIn(services, work, exchange.answer, lookedAt);
  switch (effect?.kind) {
    case undefined:
      return unreadable(services, work);
    case 'ours':
      return settleDone(services, work, effect.result, 'adopted');
    case 'foreign':
      return settleDone(services, work, effect.result, 'joined');
    case 'unproven':
      return settle(services, work, { kind: 'refused', failure: { ...effect.failure, class: 'adopt' } });
    case 'ambiguous':
      return settle(services, work, { kind: 'unknown', failure: effect.failure });
    case 'absent':
      return mayBeCut(exchange) ? unreadable(services, work) : absent(services, work, lookedAt);
  }
}

/** A resource that is not there is an answer; a list that could not be read to its end is none. */
const isReadable = ({ status }: ArmReply): boolean => (status >= 200 && status < 300) || status === 404;

function effectIn(
  services: StepServices,
  work: StepInHand,
  answer: ArmAnswer,
  lookedAt: Date,
): EarlierEffect<Json> | undefined {
  if (answer.kind !== 'reply' || !isReadable(answer.reply)) return undefined;
  const { step } = work.held;
  try {
    return lookOf(work)?.findEarlier(answer.reply, step.input as never, attemptsOf(step, lookedAt));
  } catch (error) {
    services.log('warning', `${step.name} cannot read a list: ${String(error)}`, { runId: step.runId });
    return undefined;
  }
}

const isOverdue = (services: StepServices, { held, definition }: StepInHand): boolean =>
  services.clock() > giveUpAt(held.step, definition);

function unreadable(services: StepServices, work: StepInHand): Promise<Progress> {
  if (!isOverdue(services, work)) return lapse(services, work, later(services.clock(), unreadableSeconds));
  const message = 'Whether the request was carried out could not be learnt in time: a person must look.';
  return settle(services, work, { kind: 'unknown', failure: { code: 'EffectUnknown', message } });
}

/** Absence is believed after two empty looks, a minute apart, the second a settle time after the last send window. */
async function absent(services: StepServices, work: StepInHand, lookedAt: Date): Promise<Progress> {
  const { step } = work.held;
  const first = step.emptyLookAt;
  const settled = settledAt(step);
  const apart = first !== undefined && lookedAt >= later(first, betweenLooksSeconds);
  if (apart && lookedAt >= settled) return notApplied(services, work);
  const wanted = later(lookedAt, first === undefined ? betweenLooksSeconds : nextLookSeconds);
  const next = lookedAt < settled && wanted > settled ? latest(settled, first ?? lookedAt) : wanted;
  return lapse(services, work, next, { emptyLookAt: first ?? lookedAt.toISOString() });
}

const latest = (settled: Date, firstLook: Date | string): Date => {
  const apart = later(firstLook, betweenLooksSeconds);
  return settled > apart ? settled : apart;
};

/** The last attempt is known not to have been applied: the step may be sent again. */
async function notApplied(services: StepServices, work: StepInHand): Promise<Progress> {
  const { step } = work.held;
  const failure: Failure = step.lastFailure ?? {
    code: 'NotApplied',
    message: 'The request was sent and had no effect.',
  };
  if (isOverdue(services, work)) return settle(services, work, { kind: 'timedOut', failure });
  if ((step.failures?.doubtful ?? 0) >= mostAttempts)
    return settle(services, work, { kind: 'failed', failure });
  const free = { state: 'ordered', until: undefined, owner: undefined, notBefore: undefined } as const;
  const freed = await changeStep(services, work.held, { ...free, emptyLookAt: undefined });
  return freed ? sendStep(services, { ...work, held: freed }) : 'lost';
}

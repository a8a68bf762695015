import { guardStep } from './guardSteps.ts';
import { outcomeNow } from './raiseStep.ts';
import { firstSlot, slotReason, type FirstSlot } from './slots.ts';
import { readStep, type StoredStep } from './stepInHand.ts';
import { sendCopy } from './settle.ts';
import type { StepOrder, StepOutcome } from './step.ts';
import { rowOfStep, type StepState } from './stepRow.ts';
import type { StepServices } from './stepServices.ts';
import { later, longestQueueSeconds, longestSlotSeconds } from './timings.ts';

/** Each try meets at least one other writer that has succeeded. */
const mostTries = 10;

function ordered(order: StepOrder, now: Date): StepState {
  const { runId, stepId, stepName, input, generation, ask } = order;
  return {
    ...{ runId, stepId, name: stepName, input, generation, ask },
    ...jobEventOf(order),
    ...{ asks: 1, state: 'ordered', attempt: 0, requests: 0 },
    firstAt: now.toISOString(),
    changedAt: now.toISOString(),
  };
}

const jobEventOf = ({ jobEvent }: StepOrder) => (jobEvent === undefined ? {} : { jobEvent });

/** What is known without a message: an end, a wait that lies far ahead, or that the order is not for this row. */
function knownOutcome(step: StepState, order: StepOrder, now: Date): StepOutcome | undefined {
  if (step.name !== order.stepName) return anotherStep(step, order);
  if (order.generation < step.generation) return { kind: 'cancelled' };
  if (step.state === 'settled') return outcomeNow(step, now);
  const farAhead = new Date(step.notBefore ?? 0) > later(now, longestQueueSeconds);
  return step.state === 'waiting' && farAhead ? outcomeNow(step, now) : undefined;
}

const anotherStep = ({ name }: StepState, { stepId, stepName }: StepOrder): StepOutcome => ({
  kind: 'failed',
  failure: {
    code: 'StepMismatch',
    message: `Step ${stepId} was ordered as ${name} before and is ordered as ${stepName} now.`,
    class: 'ours',
  },
});

const isNewer = (step: StepState, { generation, ask }: StepOrder): boolean =>
  generation > step.generation || (generation === step.generation && ask > step.ask);

/** Records who is to be answered; the executor's own columns stay as they are, its writes go on. */
async function recordAsk(
  services: StepServices,
  { step, etag }: StoredStep,
  order: StepOrder,
): Promise<boolean> {
  if (!isNewer(step, order)) return true;
  const { generation, ask } = order;
  const told = generation === step.generation ? step.toldAsk : undefined;
  const { toldAsk: _toldAsk, ...kept } = step;
  const asked: StepState = {
    ...kept,
    ...(told === undefined ? {} : { toldAsk: told }),
    ...{ generation, ask, asks: step.asks + 1 },
    ...jobEventOf(order),
  };
  return (await services.steps.replace(rowOfStep(asked), etag)).kind === 'written';
}

/** The row of a first order: it has its slot already, and its message sleeps until then. */
function placed(order: StepOrder, now: Date, slot: FirstSlot): StepState {
  const step = ordered(order, now);
  if (slot.seconds === 0) return { ...step, ...slotOf(slot) };
  const notBefore = later(now, slot.seconds).toISOString();
  const held: StepState = { ...step, ...slotOf(slot), notBefore, reason: slotReason, resume: 'send' };
  // Too long for the queue: the flow sleeps, and orders the step again.
  return slot.seconds > longestSlotSeconds ? { ...held, state: 'waiting', toldAsk: order.ask } : held;
}

const slotOf = ({ slotAt }: FirstSlot) => (slotAt === undefined ? {} : { slotAt });

/** What one try has come to; undefined when another writer was faster. */
type Tried = { readonly outcome: StepOutcome | undefined } | undefined;

async function insert(services: StepServices, order: StepOrder): Promise<Tried> {
  const slot = await firstSlot(services, order);
  const now = services.clock();
  const step = placed(order, now, slot);
  if ((await services.steps.insert(rowOfStep(step))).kind === 'conflict') return undefined;
  if (step.state === 'waiting') return { outcome: outcomeNow(step, now) };
  await sendCopy(services, step, slot.seconds);
  if (services.catalogue.get(step.name)?.watch) await guardStep(services, step, slot.seconds);
  return { outcome: undefined };
}

async function orderAgain(services: StepServices, held: StoredStep, order: StepOrder): Promise<Tried> {
  const known = knownOutcome(held.step, order, services.clock());
  if (known) {
    // A step that is parked for a day is asked for by the flow that is there, not by one that is lost.
    const isLater = order.generation > held.step.generation && held.step.state === 'waiting';
    return isLater && !(await recordAsk(services, held, order)) ? undefined : { outcome: known };
  }
  if (!(await recordAsk(services, held, order))) return undefined;
  await sendCopy(services, { runId: order.runId, stepId: order.stepId }, 0);
  return { outcome: undefined };
}

/**
 * Writes the ledger row of a step if absent, records the ask, then sends the message. Idempotent.
 *
 * @returns the outcome when it is known without a message (settled, or a wait that lies far ahead); undefined when the
 * event `step-<ask>` will tell.
 */
export async function orderStep(services: StepServices, order: StepOrder): Promise<StepOutcome | undefined> {
  for (let tries = 0; tries < mostTries; tries++) {
    const isNew = order.isNew === true && tries === 0;
    const held = isNew ? undefined : await readStep(services, order);
    const tried = await (held ? orderAgain(services, held, order) : insert(services, order));
    if (tried) return tried.outcome;
  }
  throw new Error(`Step ${order.runId}/${order.stepId} is being changed too often to be ordered.`);
}

import { giveUpAt } from './nextMove.ts';
import { readStep, type StoredStep } from './stepInHand.ts';
import { sendCopy, settle } from './settle.ts';
import type { GuardMessage, StepMessage } from './step.ts';
import type { StepServices } from './stepServices.ts';
import { later, secondsUntil, settleSeconds } from './timings.ts';

/** Seconds until a message that the queue has given up is tried again. */
const retrySeconds = 60;

const isInstant = (text: string): boolean => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text);

/**
 * Reads a message of the queue; undefined for anything that this app has not sent.
 *
 * @param message its text, or the value that the trigger has made of it: it parses what is JSON.
 */
export function readStepMessage(message: unknown): StepMessage | GuardMessage | undefined {
  try {
    const value: unknown = typeof message === 'string' ? JSON.parse(message) : message;
    const fields = value as Partial<Record<keyof StepMessage | keyof GuardMessage, unknown>>;
    const { runId, stepId, writer, guard } = fields;
    if (typeof guard === 'string') return isInstant(guard) ? { guard } : undefined;
    if (typeof runId !== 'string' || typeof stepId !== 'string') return undefined;
    if (!/^[0-9a-f]{40}$/.test(runId) || !/^\d{1,6}$/.test(stepId)) return undefined;
    return { runId, stepId, ...(typeof writer === 'string' ? { writer } : {}) };
  } catch {
    return undefined;
  }
}

/**
 * Handles a message that the queue has given up: never just fails the step, because something may have been sent.
 *
 * A step that was never claimed fails; any other is tried again until well after its deadline, then ends unknown.
 */
export async function reconcilePoisonedStep(services: StepServices, given: unknown): Promise<void> {
  const message = readStepMessage(given);
  if (!message) return services.log({ alert: 'strangeMessage' }, 'A poisoned message is none of ours.', {});
  if ('guard' in message)
    return services.log({ alert: 'poisonQueue' }, 'A look after steps was given up by the queue.', {
      at: message.guard,
    });
  services.log({ alert: 'poisonQueue' }, 'The message of a step was given up by the queue.', {
    runId: message.runId,
    stepId: message.stepId,
  });
  const held = await readStep(services, message);
  if (!held || held.step.state === 'settled') return;
  await (held.step.state === 'ordered' ? fail(services, held) : tryAgain(services, held));
}

const poisoned = {
  code: 'StepPoisoned',
  message: 'The step could not be carried out: its message failed five times.',
};

const fail = (services: StepServices, held: StoredStep) =>
  settle(services, { held }, { kind: 'failed', failure: held.step.lastFailure ?? poisoned });

async function tryAgain(services: StepServices, held: StoredStep): Promise<void> {
  const { step } = held;
  const definition = services.catalogue.get(step.name);
  const now = services.clock();
  const end = definition ? later(giveUpAt(step, definition), settleSeconds * 2) : later(step.firstAt, 0);
  if (now > end) {
    const kind = step.state === 'waiting' ? 'timedOut' : 'unknown';
    await settle(services, { held }, { kind, failure: step.lastFailure ?? poisoned });
    return;
  }
  await sendCopy(services, step, Math.max(retrySeconds, secondsUntil(step.until ?? now, now)));
}

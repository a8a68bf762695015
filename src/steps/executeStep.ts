import { answer } from './answer.ts';
import { checkStep } from './checkStep.ts';
import { decide, type Decision } from './decide.ts';
import { readStep } from './heldStep.ts';
import { beginFollowing, pollStep } from './pollStep.ts';
import { sendStep } from './sendStep.ts';
import { sendCopy, settle } from './settle.ts';
import type { StepMessage } from './step.ts';
import type { StepServices } from './stepServices.ts';
import { secondsUntil } from './timings.ts';
import type { Progress, Work } from './work.ts';

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
 * I4  A message orders nothing: what is done follows from the row alone, so duplicates and reordering change nothing.
 * I5  A settled step never changes; any delivery raises its outcome again.
 * I6  Of two steps for one item, one has something in flight: the lock points to a step row and holds while that is so.
 * I7  The row is written before the message is sent or the event is raised: a crash in between costs time, not the step.
 * I8  A poll URL is read from the row and sent to the URL gate; it goes nowhere else.
 */

/** Moves of one delivery at most: each means that another worker has moved the row. */
const mostMoves = 5;

/**
 * Carries out one delivery of a step's message; returning acknowledges it, throwing asks for redelivery.
 *
 * @throws Error when storage fails or the flow is not there yet.
 */
export async function executeStep(services: StepServices, message: StepMessage): Promise<void> {
  for (let moves = 0; moves < mostMoves; moves++) {
    const held = await readStep(services, message);
    if (!held) {
      services.log('alert', 'A message names a step that was never ordered.', { ...message });
      return;
    }
    const definition = services.catalogue.get(held.step.name);
    if (!definition) return unknownStep(services, { held });
    const decision = decide(held.step, definition, services.clock());
    if ((await carryOut(services, { held, definition }, decision)) === 'moved') return;
  }
  await sendCopy(services, message, 1);
}

async function unknownStep(services: StepServices, { held }: Pick<Work, 'held'>): Promise<void> {
  if (held.step.state === 'settled') return answer(services, held.step);
  const failure = { code: 'StepUnknown', message: `There is no step named ${held.step.name}.` };
  const inDoubt = held.step.state === 'claimed' || held.step.state === 'checking';
  await settle(services, { held }, { kind: inDoubt ? 'unknown' : 'failed', failure });
}

async function carryOut(services: StepServices, work: Work, decision: Decision): Promise<Progress> {
  const { step } = work.held;
  switch (decision.kind) {
    case 'answer':
      await answer(services, step);
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

function giveUp(services: StepServices, work: Work): Promise<Progress> {
  const { name, lastFailure } = work.held.step;
  const message = `${name} did not end within ${work.definition.giveUpAfterSeconds} s.`;
  const failure = lastFailure
    ? { ...lastFailure, message: `${message} ${lastFailure.message}` }
    : { code: 'StepTimedOut', message };
  return settle(services, work, { kind: 'timedOut', failure });
}

import type { AnyStep } from './step.ts';
import type { StepState } from './stepRow.ts';
import { later, longestQueueSeconds } from './timings.ts';

/** What one delivery of a step's message should do. */
export type Move =
  /** Raise what is known: the outcome, or how long to wait. */
  | { readonly kind: 'answer' }
  /** Come back later. */
  | { readonly kind: 'postpone'; readonly until: Date }
  | { readonly kind: 'send' }
  | { readonly kind: 'poll' }
  /** Look for an earlier effect: something may have been applied. */
  | { readonly kind: 'check' }
  | { readonly kind: 'giveUp' };

const ahead = (instant: string | undefined, now: Date): Date | undefined =>
  instant !== undefined && new Date(instant) > now ? new Date(instant) : undefined;

/** When a step has been tried for long enough. */
export const giveUpAt = (step: StepState, definition: AnyStep): Date =>
  later(step.firstAt, definition.giveUpAfterSeconds);

function nextMoveOfWaiting(step: StepState, now: Date): Move {
  const told = step.toldAsk === step.ask;
  const early = ahead(step.notBefore, now);
  if (told) return { kind: 'answer' };
  if (early && early > later(now, longestQueueSeconds)) return { kind: 'answer' };
  if (early) return { kind: 'postpone', until: early };
  return { kind: step.resume ?? 'send' };
}

/** What the state table says about a delivery: pure, the claim that follows is what makes it true. */
export function nextMove(step: StepState, definition: AnyStep, now: Date): Move {
  if (step.state === 'settled') return { kind: 'answer' };
  const leased = ahead(step.until, now);
  if (leased) return { kind: 'postpone', until: leased };
  const overdue = now > giveUpAt(step, definition);
  const inDoubt = step.state === 'claimed' || step.state === 'checking';
  if (inDoubt && definition.repeat !== 'safe') {
    const early = overdue ? undefined : ahead(step.notBefore, now);
    return early ? { kind: 'postpone', until: early } : { kind: 'check' };
  }
  if (overdue) return { kind: 'giveUp' };
  if (step.state === 'waiting') return nextMoveOfWaiting(step, now);
  const early = ahead(step.notBefore, now);
  return early ? { kind: 'postpone', until: early } : { kind: 'send' };
}

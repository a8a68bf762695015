import type { Failure } from '../arm/call.ts';
import type { StepOutcome } from '../steps/step.ts';

/** The outcomes that end a run unless its flow catches them. */
export type BadOutcome = Exclude<StepOutcome, { kind: 'done' } | { kind: 'waiting' }>;

/** A step that did not end `done`. Lives inside one replay; what crosses a boundary is its `outcome`. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
  readonly stepName: string;
  readonly outcome: BadOutcome;

  constructor(stepName: string, outcome: BadOutcome) {
    super(
      outcome.kind === 'cancelled' ? `${stepName}: cancelled` : `${stepName}: ${outcome.failure.message}`,
    );
    this.stepName = stepName;
    this.outcome = outcome;
  }
}

/** An ending that a flow has decided by itself: nothing to do (`skipped`) or nothing that may be done (`failed`). */
export class FlowEnded extends Error {
  override readonly name = 'FlowEnded';
  readonly status: 'failed' | 'skipped';
  readonly failure: Failure;

  constructor(status: 'failed' | 'skipped', failure: Failure) {
    super(failure.message);
    this.status = status;
    this.failure = failure;
  }
}

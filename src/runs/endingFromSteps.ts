import type { StepOutcome, StepSummary } from '../steps/step.ts';
import type { RunEnding } from './run.ts';

const statuses: Readonly<Record<Exclude<StepOutcome['kind'], 'done' | 'waiting'>, RunEnding['status']>> = {
  refused: 'failed',
  failed: 'failed',
  timedOut: 'timedOut',
  unknown: 'unknown',
  cancelled: 'cancelled',
};

/**
 * The ending of a run whose flow ended without writing one, as far as its last step tells.
 *
 * A step that went well, or has not ended, leaves the ending unknown: what the flow made of it cannot be told.
 */
export function endingFromSteps(steps: readonly StepSummary[], reason: string): RunEnding {
  const outcome = steps.at(-1)?.outcome;
  if (outcome && 'failure' in outcome) {
    return { status: statuses[outcome.kind], error: outcome.failure, warnings: [reason] };
  }
  if (outcome?.kind === 'cancelled') {
    return { status: 'cancelled', error: { code: 'RunCancelled', message: reason }, warnings: [] };
  }
  const error = {
    code: 'FlowEndedWithoutRecord',
    message: reason,
    advice: 'Look at the vault, then close the run.',
  };
  return { status: 'unknown', error, warnings: [] };
}

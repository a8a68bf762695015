import { FlowEnded, StepFailed } from './stepFailed.ts';

/**
 * Tells a refusal under multi-user authorisation from others: a person decides there, so nothing is retried.
 *
 * @returns what to throw instead; any other error as it came.
 */
export function guarded(error: unknown): unknown {
  const refused =
    error instanceof StepFailed && error.outcome.kind === 'refused' ? error.outcome.failure : undefined;
  if (!refused || !/resource\s?guard/i.test(`${refused.code} ${refused.message}`)) return error;
  return new FlowEnded('failed', {
    ...refused,
    advice: 'A Resource Guard protects this vault: have the operation approved there first.',
  });
}

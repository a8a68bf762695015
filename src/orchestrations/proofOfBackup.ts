import type { Flow, FlowContext } from './flow.ts';
import { StepFailed } from './stepFailed.ts';
import { sleep } from './takeStep.ts';

/** Looks twice, a beat apart: the list may lag behind the job. */
function* lookTwice<P>(
  context: FlowContext,
  waitSeconds: number,
  look: () => Flow<P | null | undefined>,
): Flow<P | undefined> {
  const first = yield* look();
  if (first) return first;
  yield* sleep(context, waitSeconds);
  return (yield* look()) ?? undefined;
}

/**
 * The recovery point that a job has made: the proof that the backup exists.
 *
 * A list that shows none or cannot be read leaves a warning, because the backup itself has ended well.
 *
 * @param waitSeconds the service's beat, between the two looks.
 */
export function* proofOfBackup<P>(
  context: FlowContext,
  waitSeconds: number,
  look: () => Flow<P | null | undefined>,
): Flow<P | undefined> {
  try {
    const point = yield* lookTwice(context, waitSeconds, look);
    if (!point) context.warnings.push('The list of recovery points shows none in the span of the job.');
    return point;
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    context.warnings.push(`The recovery points could not be read: ${error.message}`);
    return undefined;
  }
}

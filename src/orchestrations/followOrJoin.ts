import type { Flow, FlowContext } from './flow.ts';
import { StepFailed } from './stepFailed.ts';

/** The service started no job because one of the same item runs: recorded as the end of an operation, too. */
const isInProgress = (error: unknown): boolean =>
  error instanceof StepFailed &&
  error.outcome.kind !== 'cancelled' &&
  error.outcome.failure.class === 'adopt';

/** Follows the backup that was started, or the one that stood in its way: its handle then says `joined`. */
export function* followOrJoin<H extends { readonly operationId?: string; readonly joined?: true }, E>(
  context: FlowContext,
  handle: H,
  follow: (context: FlowContext, handle: H) => Flow<E>,
): Flow<{ readonly handle: H; readonly ending: E }> {
  try {
    return { handle, ending: yield* follow(context, handle) };
  } catch (error) {
    if (!isInProgress(error)) throw error;
    const { operationId: _, ...rest } = handle;
    const joined = { ...rest, joined: true } as H;
    return { handle: joined, ending: yield* follow(context, joined) };
  }
}

import type { RunBeginning, RunInput } from './run.ts';
import type { RunServices } from './runServices.ts';

/** First activity of a flow: hands it the request, or tells it that it is stale. Idempotent. */
export async function beginRun(_services: RunServices, _input: RunInput): Promise<RunBeginning> {
  throw new Error('beginRun is not built yet');
}

import type { RunFinish } from './run.ts';
import type { RunServices } from './runServices.ts';

/** Last activity of a flow: writes the ending. Idempotent; `ignored` for a stale generation or a run that has its ending. */
export async function finishRun(_services: RunServices, _finish: RunFinish): Promise<'written' | 'ignored'> {
  throw new Error('finishRun is not built yet');
}

import { changeRun } from './changeRun.ts';
import type { RunGeneration } from './run.ts';
import type { StoredRun } from './runRow.ts';
import type { RunServices } from './runServices.ts';

/**
 * Notes that the flow of a run has been started. Harmless to repeat; a run that has ended meanwhile is left alone.
 *
 * @param known the run as it was written a moment ago: saves reading it.
 */
export async function noteStarted(
  services: RunServices,
  { runId, generation }: RunGeneration,
  known?: StoredRun,
): Promise<void> {
  const begunAt = services.clock().toISOString();
  const begin = (run: StoredRun['run']) =>
    run.generation === generation && run.status === 'accepted'
      ? ({ ...run, status: 'running', begunAt } as const)
      : undefined;
  await changeRun(services, runId, begin, known);
}

import { instanceIdOf } from './runId.ts';
import { findRun, hasEnded, type RunState } from './runRow.ts';
import type { RunServices } from './runServices.ts';

/** Starts the flow of a run's present generation if it has none: starting an ended instance would run it again. */
export async function startFlow(
  services: RunServices,
  run: Pick<RunState, 'id' | 'generation'>,
): Promise<void> {
  const instanceId = instanceIdOf(run.id, run.generation);
  if ((await services.flows.status(instanceId)) !== undefined) return;
  await services.flows.start(services.orchestration, instanceId, {
    runId: run.id,
    generation: run.generation,
  });
}

/** Starts the flow of a run that has none; harmless to repeat. An ended run is left alone. */
export async function startRun(services: RunServices, runId: string): Promise<void> {
  const stored = await findRun(services, runId);
  if (stored && !hasEnded(stored.run.status)) await startFlow(services, stored.run);
}

import type { Json } from '../arm/call.ts';
import type { Acceptance } from './acceptRun.ts';
import { changeRun } from './changeRun.ts';
import type { RunGeneration, RunInput } from './run.ts';
import { instanceIdOf } from './runId.ts';
import { findRun, hasEnded, type RunState, type StoredRun } from './runRow.ts';
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

const inputOf = ({ id, generation, request, facts }: RunState): RunInput => ({
  runId: id,
  ...{ generation, request, facts },
});

/** A flow whose start cannot be noted is noted by the watchdog: the run goes on. */
async function start(services: RunServices, run: RunState, known?: StoredRun): Promise<void> {
  const input = inputOf(run);
  const instanceId = instanceIdOf(run.id, run.generation);
  await services.flows.start(services.orchestration, instanceId, input as unknown as Json);
  await noteStarted(services, input, known);
}

/** Starts the flow of a run's present generation if it has none: starting an ended instance would run it again. */
export async function startFlow(services: RunServices, run: RunState): Promise<void> {
  const known = await services.flows.status(instanceIdOf(run.id, run.generation));
  if (known === undefined) await start(services, run);
}

/** Starts the flow of a run that has none; harmless to repeat. An ended run is left alone. */
export async function startRun(services: RunServices, runId: string): Promise<void> {
  const stored = await findRun(services, runId);
  if (stored && !hasEnded(stored.run.status)) await startFlow(services, stored.run);
}

/**
 * Starts the flow of a request that was accepted; harmless to repeat.
 *
 * The run that this call has made has no flow. Should another call start it at this moment and it be over already, the
 * second flow meets a ledger in which every step is settled, and a run that has its ending.
 */
export async function startAccepted(services: RunServices, { run, stored }: Acceptance): Promise<void> {
  if (stored) await start(services, stored.run, stored);
  else await startRun(services, run.id);
}

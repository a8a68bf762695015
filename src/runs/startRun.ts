import type { Acceptance } from './acceptRun.ts';
import { instanceIdOf } from './runId.ts';
import { findRun, hasEnded, type RunState } from './runRow.ts';
import type { RunServices } from './runServices.ts';

type Flow = Pick<RunState, 'id' | 'generation'>;

const start = (services: RunServices, { id, generation }: Flow) =>
  services.flows.start(services.orchestration, instanceIdOf(id, generation), { runId: id, generation });

/** Starts the flow of a run's present generation if it has none: starting an ended instance would run it again. */
export async function startFlow(services: RunServices, run: Flow): Promise<void> {
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
 * second start finds its run ended and does nothing.
 */
export async function startAccepted(services: RunServices, { kind, run }: Acceptance): Promise<void> {
  if (kind === 'accepted') await start(services, run);
  else await startRun(services, run.id);
}

import type { RunServices } from './runServices.ts';

/** Starts the flow of a run that has none; harmless to repeat. An ended run is left alone. */
export async function startRun(_services: RunServices, _runId: string): Promise<void> {
  throw new Error('startRun is not built yet');
}

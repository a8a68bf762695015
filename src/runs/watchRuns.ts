import type { RunServices } from './runServices.ts';

/** What the watchdog has found and done about one run. */
export interface RunAlert {
  readonly kind: 'started' | 'nextGeneration' | 'finishedFromSteps' | 'reminded' | 'stuck' | 'unknown';
  readonly runId: string;
  readonly message: string;
}

/** Compares the records with their flows and steps, and mends what it can. Called every five minutes; harmless to repeat. */
export async function watchRuns(_services: RunServices): Promise<readonly RunAlert[]> {
  throw new Error('watchRuns is not built yet');
}

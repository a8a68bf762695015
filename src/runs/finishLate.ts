import type { JobEnding } from '../arm/backupJob.ts';
import type { JsonObject } from '../arm/call.ts';
import { finishRun } from './finishRun.ts';
import type { RunEnding, RunGeneration } from './run.ts';
import type { RunServices } from './runServices.ts';

const lateNote =
  'The job ended after this run had stopped following it: its recovery point was not looked up.';

/** Turns a run that ended `timedOut` into the ending its job has had since; any other run is left as it is. */
export function finishLate(
  services: RunServices,
  run: RunGeneration,
  told: JsonObject,
): Promise<'written' | 'ignored'> {
  const { job, ended, failure, warnings } = told as unknown as JobEnding;
  const ending: RunEnding = {
    status: ended,
    job,
    ...(failure && { error: failure }),
    warnings: [...warnings, lateNote],
  };
  return finishRun(services, { ...run, ending });
}

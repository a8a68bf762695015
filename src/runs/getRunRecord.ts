import type { RunRecord } from './run.ts';
import { recordOf } from './runRecord.ts';
import { findRun, hasEnded } from './runRow.ts';
import type { RunServices } from './runServices.ts';

/** The record with its steps; undefined when there is no such run. */
export async function getRunRecord(services: RunServices, runId: string): Promise<RunRecord | undefined> {
  const stored = await findRun(services, runId);
  if (!stored) return undefined;
  const steps = await services.listSteps(runId);
  const { run } = stored;
  const batch = await services.describeBatch?.(run);
  const seen = run.job || hasEnded(run.status) ? undefined : await services.seenJob?.(runId, steps);
  return { ...recordOf(run, steps, seen), ...batch };
}

import type { RunRecord } from './run.ts';
import { recordOf } from './runRecord.ts';
import { findRun } from './runRow.ts';
import type { RunServices } from './runServices.ts';

/** The record with its steps; undefined when there is no such run. */
export async function getRunRecord(services: RunServices, runId: string): Promise<RunRecord | undefined> {
  const stored = await findRun(services, runId);
  return stored && recordOf(stored.run, await services.listSteps(runId));
}

import type { RunRecord } from './run.ts';
import type { RunServices } from './runServices.ts';

/** The record with its steps; undefined when there is no such run. */
export async function getRunRecord(_services: RunServices, _runId: string): Promise<RunRecord | undefined> {
  throw new Error('getRunRecord is not built yet');
}

import type { Table } from '../storage/table.ts';
import type { StepSummary } from './step.ts';

/** The steps of a run in the order in which its flow took them; never holds a poll URL. */
export async function listSteps(_steps: Table, _runId: string): Promise<readonly StepSummary[]> {
  throw new Error('listSteps is not built yet');
}

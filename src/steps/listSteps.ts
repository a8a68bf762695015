import type { Table } from '../storage/table.ts';
import type { StepSummary } from './step.ts';
import { stepOfRow, type StepState } from './stepRow.ts';

function dueAt({ changedAt, until, notBefore }: StepState): string {
  return (
    [changedAt, until, notBefore]
      .filter((instant) => instant !== undefined)
      .sort()
      .at(-1) ?? changedAt
  );
}

function summaryOf(step: StepState): StepSummary {
  const { stepId, name, state, asks, requests } = step;
  return {
    ...{ stepId, name, state, asks, requests, startedAt: step.firstAt, dueAt: dueAt(step) },
    ...(step.outcome ? { outcome: step.outcome } : {}),
    ...(step.settledAt === undefined ? {} : { endedAt: step.settledAt }),
    ...(step.operationStatus === undefined ? {} : { operationStatus: step.operationStatus }),
    ...(step.detail ? { detail: step.detail } : {}),
    ...(step.reason === undefined ? {} : { reason: step.reason }),
  };
}

/** The steps of a run in the order in which its flow took them; never holds a poll URL. */
export async function listSteps(steps: Table, runId: string): Promise<readonly StepSummary[]> {
  const { rows } = await steps.page(runId);
  return rows.map((row) => summaryOf(stepOfRow(row)));
}

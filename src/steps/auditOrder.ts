import type { Table } from '../storage/table.ts';
import type { StepCatalogue } from './step.ts';
import { attemptsOf, itemOf, type StepState } from './stepRow.ts';
import { later, settleSeconds } from './timings.ts';

/** A step that was sent more than once and starts a job: what to look for in the vault's list. */
export interface AuditOrder {
  readonly runId: string;
  readonly stepId: string;
  /** ARM id, within its vault. */
  readonly itemId: string;
  /** Lower case: the ids that a job of the step may carry. */
  readonly attemptIds: readonly string[];
  /** The next two ISO 8601 UTC; a job that was late to show is listed by then. */
  readonly firstClaimAt: string;
  readonly dueAt: string;
}

/** No run has this id. */
const partitionKey = 'audit';
const mostAtOnce = 50;

/** Has a step that ends now looked at later, if it may have been applied twice. Harmless to repeat. */
export async function orderAudit(
  {
    steps,
    catalogue,
    clock,
  }: { readonly steps: Table; readonly catalogue: StepCatalogue; readonly clock: () => Date },
  step: StepState,
): Promise<void> {
  const definition = catalogue.get(step.name);
  if (step.attempt < 2 || !definition?.watch) return;
  const itemId = itemOf(step, definition);
  if (itemId === undefined) return;
  const { attemptIds, firstClaimAt } = attemptsOf(step, clock());
  await steps.put({
    ...{ partitionKey, rowKey: `${step.runId}-${step.stepId}`, itemId, firstClaimAt },
    attemptIds: attemptIds.join(' ').toLowerCase(),
    dueAt: later(clock(), settleSeconds * 2).toISOString(),
  });
}

/** Audits whose time has come, at most fifty. */
export async function dueAudits(steps: Table, now: Date): Promise<readonly AuditOrder[]> {
  const { rows } = await steps.page(partitionKey);
  return rows
    .filter(({ dueAt }) => String(dueAt) <= now.toISOString())
    .slice(0, mostAtOnce)
    .map(({ rowKey, itemId, attemptIds, firstClaimAt, dueAt }) => {
      const [runId = '', stepId = ''] = rowKey.split('-');
      const ids = String(attemptIds).split(' ');
      return {
        runId,
        stepId,
        itemId: String(itemId),
        attemptIds: ids,
        firstClaimAt: String(firstClaimAt),
        dueAt: String(dueAt),
      };
    });
}

/** The audit is over. */
export const endAudit = (steps: Table, { runId, stepId }: AuditOrder): Promise<void> =>
  steps.remove(partitionKey, `${runId}-${stepId}`);

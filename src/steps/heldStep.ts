import type { StoredRow } from '../storage/table.ts';
import { rowOfStep, stepOfRow, type StepState } from './stepRow.ts';
import type { StepServices } from './stepServices.ts';

/** A step as this invocation last read or wrote it. */
export interface HeldStep {
  readonly step: StepState;
  readonly etag: string;
}

/** Columns to set; undefined clears one. */
export type StepChange = Partial<{ [K in keyof StepState]: StepState[K] | undefined }>;

/** The step of a message or order; undefined when no order has written it. */
export async function readStep(
  services: Pick<StepServices, 'steps'>,
  { runId, stepId }: { readonly runId: string; readonly stepId: string },
): Promise<HeldStep | undefined> {
  const row = await services.steps.read(runId, stepId);
  return row && held(row);
}

const held = (row: StoredRow): HeldStep => ({ step: stepOfRow(row), etag: row.etag });

/** Only asks may have been recorded: the flow's own columns are taken over, everything else is still as it was. */
const withAsk = (step: StepState, { generation, ask, asks, jobEvent }: StepState): StepState => ({
  ...step,
  ...{ generation, ask, asks },
  ...(jobEvent === undefined ? {} : { jobEvent }),
});

/**
 * Writes a change to a step under its ETag.
 *
 * A conflict or a lost answer is settled by reading again: our own write is recognised by its writer, an ask recorded
 * meanwhile is taken over and the change written again.
 *
 * @returns the step as it is now; undefined when another worker has changed it, which then is the owner.
 */
export async function changeStep(
  services: StepServices,
  { step, etag }: HeldStep,
  change: StepChange,
  triesLeft = 10,
): Promise<HeldStep | undefined> {
  if (triesLeft === 0) throw new Error(`Step ${step.runId}/${step.stepId} could not be written.`);
  const changedAt = services.clock().toISOString();
  const next = { ...step, ...change, changedAt, writer: services.newId() } as StepState;
  const written = await attempt(services, next, etag);
  if (written !== undefined) return { step: next, etag: written };
  const fresh = await readStep(services, step);
  if (fresh?.step.writer === next.writer) return fresh;
  if (!fresh || fresh.step.writer !== step.writer) return undefined;
  return changeStep(services, { step: withAsk(step, fresh.step), etag: fresh.etag }, change, triesLeft - 1);
}

/** The new ETag; undefined when the row must be read again to know. */
async function attempt(services: StepServices, next: StepState, etag: string): Promise<string | undefined> {
  try {
    const written = await services.steps.replace(rowOfStep(next), etag);
    return written.kind === 'written' ? written.etag : undefined;
  } catch (error) {
    services.log('warning', `The ledger's answer was lost: ${String(error)}`, {
      runId: next.runId,
      stepId: next.stepId,
    });
    return undefined;
  }
}

import { changeRun } from './changeRun.ts';
import { findRun, hasEnded } from './runRow.ts';
import type { RunServices } from './runServices.ts';

/** Asks a run to stop; `ended` when it has its ending. No write is sent after this, except those that cancel the job. */
export async function requestCancel(
  services: RunServices,
  runId: string,
): Promise<'requested' | 'ended' | 'missing'> {
  const now = services.clock().toISOString();
  const answer = await changeRun(services, runId, (run) =>
    hasEnded(run.status) || run.cancelRequestedAt !== undefined
      ? undefined
      : { ...run, cancelRequestedAt: now },
  );
  if (!answer) return 'missing';
  return hasEnded(answer.run.status) ? 'ended' : 'requested';
}

/** Whether a run has been asked to stop. A run that nobody has accepted sends nothing either. */
export async function isCancelRequested(
  services: Pick<RunServices, 'runs'>,
  runId: string,
): Promise<boolean> {
  const stored = await findRun(services, runId);
  return !stored || stored.run.cancelRequestedAt !== undefined;
}

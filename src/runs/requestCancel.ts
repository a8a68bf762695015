import type { RunServices } from './runServices.ts';

/** Asks a run to stop; `ended` when it has its ending. No step is sent after this, except those that cancel the job. */
export async function requestCancel(
  _services: RunServices,
  _runId: string,
): Promise<'requested' | 'ended' | 'missing'> {
  throw new Error('requestCancel is not built yet');
}

/** Whether a run has been asked to stop. */
export async function isCancelRequested(
  _services: Pick<RunServices, 'runs'>,
  _runId: string,
): Promise<boolean> {
  throw new Error('isCancelRequested is not built yet');
}

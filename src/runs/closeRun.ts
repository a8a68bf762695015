import type { Json } from '../arm/call.ts';
import { changeRun } from './changeRun.ts';
import type { RunState } from './runRow.ts';
import type { RunServices } from './runServices.ts';

function closed(run: RunState, reason: string, closedAt: string): RunState {
  const was: Json = run.error ? { code: run.error.code, message: run.error.message } : null;
  return {
    ...run,
    status: 'failed',
    error: { code: 'ClosedByPerson', message: reason },
    result: { closedAt, was, ...(run.result === undefined ? {} : { result: run.result }) },
  };
}

/** A person closes a run that ended `unknown`: it becomes `failed` with the reason; any other run is left as it is. */
export async function closeRun(
  services: RunServices,
  runId: string,
  reason: string,
): Promise<'closed' | 'notUnknown' | 'missing'> {
  const now = services.clock().toISOString();
  const answer = await changeRun(services, runId, (run) =>
    run.status === 'unknown' ? closed(run, reason, now) : undefined,
  );
  if (!answer) return 'missing';
  return answer.changed ? 'closed' : 'notUnknown';
}

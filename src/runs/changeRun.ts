import type { Json } from '../arm/call.ts';
import { movedOn } from './runIndex.ts';
import { findRun, hasEnded, rowOfRun, runPartition, type RunState, type StoredRun } from './runRow.ts';
import type { RunServices } from './runServices.ts';

/** Each try meets at least one other writer that has succeeded. */
const mostTries = 20;

/**
 * Changes a run under its ETag, and with it its place in the lists by status. `change` is asked again after a conflict, and
 * answers undefined to leave the run as it is.
 *
 * @param known the run as it was read or written a moment ago: the first try does not read it.
 * @returns the run as it is now and whether this call changed it; undefined when there is no such run.
 */
export async function changeRun(
  services: RunServices,
  runId: string,
  change: (run: RunState) => RunState | undefined,
  known?: StoredRun,
): Promise<{ readonly run: RunState; readonly changed: boolean } | undefined> {
  for (let tries = 0; tries < mostTries; tries++) {
    // An answer to several changes may leave the ETag out.
    const stored = tries === 0 && known?.etag ? known : await findRun(services, runId);
    if (!stored) return undefined;
    const next = change(stored.run);
    if (!next) return { run: stored.run, changed: false };
    if (await write(services, stored.run, next, stored.etag)) return { run: next, changed: true };
  }
  throw new Error(`Run ${runId} was changed by others ${mostTries} times in a row.`);
}

async function write(services: RunServices, run: RunState, next: RunState, etag: string): Promise<boolean> {
  const changes = [{ kind: 'replace', row: rowOfRun(next), etag } as const, ...movedOn(run, next)];
  return (await services.runs.writeTogether(runPartition, changes)).kind === 'written';
}

function closed(run: RunState, reason: string, closedAt: string, caller: string | undefined): RunState {
  const was: Json = run.error ? { code: run.error.code, message: run.error.message } : null;
  return {
    ...run,
    status: 'failed',
    closedAt,
    ...(caller === undefined ? {} : { closedBy: caller }),
    error: { code: 'ClosedByPerson', message: reason },
    result: { closedAt, was, ...(run.result === undefined ? {} : { result: run.result }) },
  };
}

/** A person closes a run that ended `unknown`: it becomes `failed` with the reason; any other run is left as it is. */
export async function closeRun(
  services: RunServices,
  runId: string,
  reason: string,
  caller?: string,
): Promise<'closed' | 'notUnknown' | 'missing'> {
  const now = services.clock().toISOString();
  const answer = await changeRun(services, runId, (run) =>
    run.status === 'unknown' ? closed(run, reason, now, caller) : undefined,
  );
  if (!answer) return 'missing';
  return answer.changed ? 'closed' : 'notUnknown';
}

/** Asks a run to stop, the first who asks is noted; `ended` when it has its ending. No write is sent after this, except those that cancel the job. */
export async function requestCancel(
  services: RunServices,
  runId: string,
  caller?: string,
): Promise<'requested' | 'ended' | 'missing'> {
  const now = services.clock().toISOString();
  const answer = await changeRun(services, runId, (run) =>
    hasEnded(run.status) || run.cancelRequestedAt !== undefined
      ? undefined
      : { ...run, cancelRequestedAt: now, ...(caller === undefined ? {} : { cancelRequestedBy: caller }) },
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

import { movedOn } from './runIndex.ts';
import { findRun, rowOfRun, runPartition, type RunState, type StoredRun } from './runRow.ts';
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

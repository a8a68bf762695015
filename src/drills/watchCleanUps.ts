import { acceptRun, startAccepted } from '../runs/acceptRun.ts';
import type { CleanUpRequest } from '../runs/request.ts';
import type { RequestedBy } from '../runs/run.ts';
import { findRun, hasEnded, runIdOf } from '../runs/runRow.ts';
import {
  changeCleanUp,
  listCleanUps,
  type CleanUpRow,
  type CleanUpServices,
  type HeldCleanUp,
} from './cleanUpRow.ts';

/** A clean-up that has failed so often is told to a person, and tried on. */
const patientAttempts = 2;
const firstPauseMs = 5 * 60_000;
const longestPauseMs = 6 * 3_600_000;

/** Whether a run still has a flow that works: it cleans up by itself. */
async function goesOn({ runs }: CleanUpServices, runId: string | undefined): Promise<boolean> {
  const run = runId === undefined ? undefined : (await findRun(runs, runId))?.run;
  return run !== undefined && !hasEnded(run.status);
}

const pauseMs = (attempts: number): number => Math.min(firstPauseMs * 2 ** (attempts - 1), longestPauseMs);

function notify({ alert }: CleanUpServices, { run, attempts, left }: CleanUpRow): void {
  if (attempts < patientAttempts || left.length === 0) return;
  const what = left.map(({ id, reason }) => `${id} (${reason})`).join(', ');
  alert(`A restore drill has left something: ${what}.`, run);
}

/** The row first: a crash in between costs one attempt, and two watchdogs begin one. */
async function begin(services: CleanUpServices, held: HeldCleanUp): Promise<void> {
  const { row } = held;
  const attempts = row.attempts + 1;
  const requestedBy: RequestedBy = { source: 'schedule', key: `clean-up/${row.run}/${attempts}` };
  const nextAt = new Date(services.clock().getTime() + pauseMs(attempts)).toISOString();
  const cleanUpRun = runIdOf(requestedBy);
  if (!(await changeCleanUp(services.drillCleanUps, held, { attempts, cleanUpRun, nextAt }))) return;
  const request: CleanUpRequest = { kind: 'cleanUp', run: row.run, things: row.things };
  await startAccepted(services.runs, await acceptRun(services.runs, request, requestedBy));
}

async function watch(services: CleanUpServices, held: HeldCleanUp): Promise<void> {
  const { row } = held;
  if (row.nextAt > services.clock().toISOString()) return;
  if ((await goesOn(services, row.run)) || (await goesOn(services, row.cleanUpRun))) return;
  notify(services, row);
  await begin(services, held);
}

/**
 * Works every clean-up whose drill works it no more, each attempt a run of its own, until the rows are gone. Called by the
 * watchdog; harmless to repeat.
 */
export async function watchCleanUps(services: CleanUpServices): Promise<void> {
  const ended = await Promise.allSettled(
    (await listCleanUps(services.drillCleanUps)).map((held) => watch(services, held)),
  );
  const failed = ended.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  if (failed.length > 0) throw new AggregateError(failed, `${failed.length} clean-ups could not be watched.`);
}

import type { RunStatus } from './run.ts';
import { createdAtOf, listPage, runIdIn, type ListPage } from './runIndex.ts';
import { findRun, type RunState } from './runRow.ts';
import type { RunServices } from './runServices.ts';
import {
  isOlder,
  startPatienceMs,
  stepPatienceMs,
  watchAccepted,
  watchRunning,
  type RunAlert,
} from './watchFlow.ts';

/** Younger runs are not looked at: nothing about them could be overdue, and each look costs storage operations. */
const patienceMs: Partial<Record<RunStatus, number>> = { accepted: startPatienceMs, running: stepPatienceMs };
/** A run whose job is watched is not looked at again for this long. */
const quietMs = 60 * 60_000;
/** Runs looked at together. */
const atOnce = 10;

/**
 * Compares the records with their flows and steps, and mends what it can. Called every five minutes; harmless to repeat.
 *
 * @returns one alert for each run that needed something, at most one per run.
 */
export async function watchRuns(services: RunServices): Promise<readonly RunAlert[]> {
  forgetQuiet(services);
  // Unknown ones first: what becomes unknown now is reported once, by what made it so.
  const unknown = await watchEach(services, 'unknown', watchUnknown);
  const running = await watchEach(services, 'running', watchRunning);
  const accepted = await watchEach(services, 'accepted', watchAccepted);
  return [...unknown, ...running, ...accepted];
}

type Watch = (services: RunServices, run: RunState) => Promise<RunAlert | undefined>;

async function watchEach(services: RunServices, status: RunStatus, watch: Watch): Promise<RunAlert[]> {
  const alerts: RunAlert[] = [];
  const listKeys = await listKeysOf(services, status);
  const patience = patienceMs[status];
  const old = patience ? listKeys.filter((key) => isOlder(services, createdAtOf(key), patience)) : listKeys;
  const ids = old.map(runIdIn).filter((runId) => !isQuiet(services, runId));
  for (let begin = 0; begin < ids.length; begin += atOnce) {
    const watched = ids.slice(begin, begin + atOnce).map(async (runId) => {
      if (status === 'running' && (await waitsForJob(services, runId))) return undefined;
      const run = (await findRun(services, runId))?.run;
      return run?.status === status ? watchOne(services, run, watch) : undefined;
    });
    alerts.push(...(await Promise.all(watched)).filter((alert) => alert !== undefined));
  }
  return alerts;
}

/** Runs whose quiet is over, those that have ended meanwhile included. */
function forgetQuiet({ quietUntil, clock }: RunServices): void {
  const now = clock().getTime();
  for (const [runId, until] of quietUntil ?? []) if (until <= now) quietUntil?.delete(runId);
}

/** Whether a run is known to wait for its job: looking at each of thousands every time would cost more than the jobs. */
const isQuiet = ({ quietUntil }: RunServices, runId: string): boolean => quietUntil?.has(runId) ?? false;

/** A run whose job is watched has nothing to do before that ends: its vault's tracker has a watchdog of its own. */
async function waitsForJob(services: RunServices, runId: string): Promise<boolean> {
  if (!(await services.isWatched?.(runId))) return false;
  services.quietUntil?.set(runId, services.clock().getTime() + quietMs);
  return true;
}

/** One run that cannot be watched keeps no other from it. */
async function watchOne(services: RunServices, run: RunState, watch: Watch): Promise<RunAlert | undefined> {
  try {
    return await watch(services, run);
  } catch (error) {
    return { kind: 'stuck', runId: run.id, message: `The run could not be watched: ${String(error)}` };
  }
}

// Read before anything is changed: a run that moves to another list would shift the pages.
async function listKeysOf(services: RunServices, status: RunStatus): Promise<readonly string[]> {
  const listKeys: string[] = [];
  let continuation: string | undefined;
  do {
    const page: ListPage = await listPage(services.runs, { status }, continuation ? { continuation } : {});
    listKeys.push(...page.listKeys);
    continuation = page.continuation;
  } while (continuation !== undefined);
  return listKeys;
}

const watchUnknown: Watch = (_services, run) =>
  Promise.resolve({
    kind: 'unknown',
    runId: run.id,
    message: `A person must look and close it: ${run.error?.message ?? 'no reason recorded'}`,
  });

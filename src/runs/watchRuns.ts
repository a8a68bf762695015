import { beginRun } from './beginRun.ts';
import { changeRun } from './changeRun.ts';
import { endingFromSteps } from './endingFromSteps.ts';
import { finishRun } from './finishRun.ts';
import { isPlanRequest } from './planRequest.ts';
import type { RunStatus } from './run.ts';
import { instanceIdOf } from './runId.ts';
import { createdAtOf, listPage, runIdIn, type ListPage } from './runIndex.ts';
import { findRun, type RunState } from './runRow.ts';
import type { RunServices } from './runServices.ts';
import { startFlow } from './startRun.ts';

/** What the watchdog has found and done about one run. */
export interface RunAlert {
  readonly kind: 'started' | 'nextGeneration' | 'finishedFromSteps' | 'reminded' | 'stuck' | 'unknown';
  readonly runId: string;
  readonly message: string;
}

const minuteMs = 60_000;
/** A trigger that accepted a run starts its flow within this time, or has died. */
const startPatienceMs = 2 * minuteMs;
/** A flow that is still pending after this time will not run any more. */
const pendingPatienceMs = 15 * minuteMs;
/** A step that should have moved this long ago is reminded of. */
const stepPatienceMs = 10 * minuteMs;
/** A flow that shows no progress for this long is a person's business. */
const flowPatienceMs = 60 * minuteMs;
/** A run whose job is watched is not looked at again for this long. */
const quietMs = 60 * minuteMs;
/** Generations after which a flow that keeps failing is not started again. */
const mostGenerations = 3;
/** Younger runs are not looked at: nothing about them could be overdue, and each look costs storage operations. */
const patienceMs: Partial<Record<RunStatus, number>> = { accepted: startPatienceMs, running: stepPatienceMs };
/** Runs looked at together. */
const atOnce = 10;

const isOlder = (services: RunServices, instant: string, patienceMs: number): boolean =>
  services.clock().getTime() - Date.parse(instant) > patienceMs;

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

async function watchAccepted(services: RunServices, run: RunState): Promise<RunAlert | undefined> {
  if (!isOlder(services, run.generationAt, startPatienceMs)) return undefined;
  const status = await services.flows.status(instanceIdOf(run.id, run.generation));
  if (status === undefined) {
    await startFlow(services, run);
    return { kind: 'started', runId: run.id, message: 'The run had been accepted and not started.' };
  }
  if (status === 'running') {
    await beginRun(services, { runId: run.id, generation: run.generation });
    return undefined;
  }
  return status === 'pending'
    ? whilePending(services, run)
    : anew(services, run, `The flow ${status} before it began.`);
}

const whilePending: Watch = (services, run) =>
  isOlder(services, run.generationAt, pendingPatienceMs)
    ? anew(services, run, 'The flow was pending for over 15 minutes.')
    : Promise.resolve(undefined);

async function watchRunning(services: RunServices, run: RunState): Promise<RunAlert | undefined> {
  const status = await services.flows.status(instanceIdOf(run.id, run.generation));
  switch (status) {
    case 'running':
      // What the plan decides waits for other runs, which are watched themselves.
      return isPlanRequest(run.request) ? watchLongest(services, run) : watchSteps(services, run);
    case 'pending':
      return whilePending(services, run);
    case undefined:
      return anew(services, run, 'The platform has lost the flow.');
    case 'failed':
      return anew(services, run, 'The flow failed.');
    case 'completed':
    case 'terminated':
      return finishFromSteps(services, run, `The flow ${status} without writing its ending.`);
  }
}

/** Starts the next generation: it replays nothing, and its steps meet the ledger. */
async function anew(services: RunServices, run: RunState, reason: string): Promise<RunAlert | undefined> {
  if (run.generation >= mostGenerations) return finishFromSteps(services, run, reason);
  const generationAt = services.clock().toISOString();
  const answer = await changeRun(services, run.id, (now) =>
    now.generation === run.generation && now.status === run.status
      ? { ...now, generation: now.generation + 1, generationAt }
      : undefined,
  );
  if (!answer?.changed) return undefined;
  await startFlow(services, answer.run);
  const message = `${reason} Generation ${answer.run.generation} goes on.`;
  return { kind: 'nextGeneration', runId: run.id, message };
}

async function finishFromSteps(
  services: RunServices,
  run: RunState,
  reason: string,
): Promise<RunAlert | undefined> {
  const ending = endingFromSteps(await services.listSteps(run.id), reason);
  const finish = { runId: run.id, generation: run.generation, ending };
  if ((await finishRun(services, finish)) === 'ignored') return undefined;
  return { kind: 'finishedFromSteps', runId: run.id, message: `${reason} Its steps say ${ending.status}.` };
}

/** No batch lasts longer: its children give up by themselves. */
const longestBatchMs = 50 * 60 * minuteMs;

const watchLongest: Watch = (services, run) => {
  const since = run.begunAt ?? run.generationAt;
  if (!isOlder(services, since, longestBatchMs)) return Promise.resolve(undefined);
  return Promise.resolve({ kind: 'stuck', runId: run.id, message: `Running since ${since}.` });
};

async function watchSteps(services: RunServices, run: RunState): Promise<RunAlert | undefined> {
  const steps = await services.listSteps(run.id);
  const lastMove =
    steps
      .map(({ dueAt }) => dueAt)
      .sort()
      .at(-1) ??
    run.begunAt ??
    run.generationAt;
  const waiting = steps.filter(
    (step) => step.state !== 'settled' && isOlder(services, step.dueAt, stepPatienceMs),
  );
  await Promise.all(waiting.map(({ stepId }) => services.remindStep(run.id, stepId)));
  if (waiting.length === 0 && (await services.isWatched?.(run.id, steps))) {
    services.quietUntil?.set(run.id, services.clock().getTime() + quietMs);
    return undefined;
  }
  if (isOlder(services, lastMove, flowPatienceMs)) {
    return { kind: 'stuck', runId: run.id, message: `Nothing has moved since ${lastMove}.` };
  }
  if (waiting.length === 0) return undefined;
  const names = waiting.map(({ name }) => name).join(', ');
  return { kind: 'reminded', runId: run.id, message: `Steps overdue: ${names}.` };
}

const watchUnknown: Watch = (_services, run) =>
  Promise.resolve({
    kind: 'unknown',
    runId: run.id,
    message: `A person must look and close it: ${run.error?.message ?? 'no reason recorded'}`,
  });

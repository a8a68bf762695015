import type { Json } from '../arm/call.ts';
import { changeRun } from './changeRun.ts';
import {
  shownKind,
  type AcceptedRequest,
  type RequestedBy,
  type RunRecord,
  type RunGeneration,
  type RunInput,
} from './run.ts';
import { listedAnew } from './runIndex.ts';
import { recordOf } from './runRecord.ts';
import {
  placeOfRun,
  rowOfRun,
  runPartition,
  digestOf,
  runIdOf,
  findRun,
  hasEnded,
  instanceIdOf,
  type RunState,
  type StoredRun,
} from './runRow.ts';
import type { RunServices } from './runServices.ts';

/** What became of a request: a new run, the run it has made before, or a key that belongs to another body. */
export interface Acceptance {
  readonly kind: 'accepted' | 'repeated' | 'keyReused';
  /** Without its steps. */
  readonly run: RunRecord;
  /** The row that was written: of an accepted one alone. */
  readonly stored?: StoredRun;
}

/** Part of a batch: its id, and the item that tells this run from the others of the same key. */
export interface BatchPart {
  readonly batch: string;
  readonly item: string;
  /** Instance that wants to know when this run has ended. */
  readonly shard?: string;
}

function factsOf(services: RunServices, acceptedAt: string) {
  const { mayDeleteBackups, mayDrill, minimumPollSeconds: beatSeconds } = services;
  const drills = mayDrill ? { mayDrill } : {};
  return { acceptedAt, mayDeleteBackups, ...drills, ...(beatSeconds === undefined ? {} : { beatSeconds }) };
}

function newRun(
  services: RunServices,
  request: AcceptedRequest,
  requestedBy: RequestedBy,
  part: BatchPart | undefined,
): RunState {
  const now = services.clock().toISOString();
  return {
    id: runIdOf(requestedBy, part?.item),
    kind: shownKind(request),
    status: 'accepted',
    request,
    requestedBy,
    digest: digestOf(request as unknown as Json),
    createdAt: now,
    generation: 1,
    generationAt: now,
    facts: factsOf(services, now),
    warnings: [],
    ...part,
  };
}

const repetition = (existing: RunState, wanted: RunState): Acceptance => ({
  kind: existing.digest === wanted.digest ? 'repeated' : 'keyReused',
  run: recordOf(existing, []),
});

/** Each try meets another call that has succeeded. */
const mostTries = 5;

async function insert(services: RunServices, run: RunState): Promise<Acceptance | undefined> {
  const inserted = await services.runs.writeTogether(runPartition, [
    { kind: 'insert', row: rowOfRun(run) },
    ...listedAnew(run),
  ]);
  if (inserted.kind !== 'written') return undefined;
  const stored = { run, etag: inserted.etags[0] ?? '' };
  return { kind: 'accepted', run: recordOf(run, []), stored };
}

/** Inserts the run if its key is new. The flow is not started: call `startRun` afterwards, also for a repeated one. */
export async function acceptRun(
  services: RunServices,
  request: AcceptedRequest,
  requestedBy: RequestedBy,
  part?: BatchPart,
): Promise<Acceptance> {
  const wanted = newRun(services, request, requestedBy, part);
  let accepted = await insert(services, wanted);
  for (let tries = 0; !accepted && tries < mostTries; tries++) {
    const { id, found, before } = await placeOfRun(services, requestedBy, part?.item);
    if (found) return repetition(found.run, wanted);
    // The record of the key's last run was removed: this is another run, and says so.
    accepted = await insert(services, { ...wanted, ...before, id });
  }
  if (!accepted) throw new Error(`Run ${wanted.id} was there and is gone.`);
  return accepted;
}

/**
 * Records that the flow of a run has been started. Harmless to repeat; a run that has ended meanwhile is left alone.
 *
 * @param known the run as it was written a moment ago: saves reading it.
 */
export async function recordStarted(
  services: RunServices,
  { runId, generation }: RunGeneration,
  known?: StoredRun,
): Promise<void> {
  const begunAt = services.clock().toISOString();
  const begin = (run: StoredRun['run']) =>
    run.generation === generation && run.status === 'accepted'
      ? ({ ...run, status: 'running', begunAt } as const)
      : undefined;
  await changeRun(services, runId, begin, known);
}

const inputOf = ({ id, generation, request, facts }: RunState): RunInput => ({
  runId: id,
  ...{ generation, request, facts },
});

/**
 * The first step is ordered before the flow starts: a starter that dies in between leaves a step whose flow the watchdog
 * starts. A flow whose start cannot be recorded is recorded by the watchdog: the run goes on.
 */
async function start(services: RunServices, run: RunState, known?: StoredRun): Promise<void> {
  const isOrdered = run.generation === 1 && (await services.orderFirst?.(inputOf(run))) === true;
  const input: RunInput = { ...inputOf(run), ...(isOrdered ? { isOrdered } : {}) };
  const instanceId = instanceIdOf(run.id, run.generation);
  await services.flows.start(services.orchestration, instanceId, input as unknown as Json);
  await recordStarted(services, input, known);
}

/** Starts the flow of a run's present generation if it has none: starting an ended instance would run it again. */
export async function startFlow(services: RunServices, run: RunState): Promise<void> {
  const known = await services.flows.status(instanceIdOf(run.id, run.generation));
  if (known === undefined) await start(services, run);
}

/** Starts the flow of a run that has none; harmless to repeat. An ended run is left alone. */
export async function startRun(services: RunServices, runId: string): Promise<void> {
  const stored = await findRun(services, runId);
  if (stored && !hasEnded(stored.run.status)) await startFlow(services, stored.run);
}

/**
 * Starts the flow of a request that was accepted; harmless to repeat.
 *
 * The run that this call has made has no flow. Should another call start it at this moment and it be over already, the
 * second flow meets a ledger in which every step is settled, and a run that has its ending; whose first step was ordered for
 * it waits until that step's deadline before it looks.
 */
export async function startAccepted(services: RunServices, { run, stored }: Acceptance): Promise<void> {
  if (stored) await start(services, stored.run, stored);
  else await startRun(services, run.id);
}

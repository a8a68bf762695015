import type { Json, JsonObject } from '../arm/call.ts';
import type { StepSummary } from '../steps/step.ts';
import { targetOf, type DoneBy, type JobState, type RunRecord, type StepReport } from './run.ts';
import { findRun, hasEnded, type RunState } from './runRow.ts';
import type { RunServices } from './runServices.ts';

const sentenceOf = (detail: JsonObject): string =>
  Object.entries(detail)
    .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join(', ');

function detailOf({ outcome, detail, reason }: StepSummary): string | undefined {
  if (outcome && 'failure' in outcome) return `${outcome.failure.code}: ${outcome.failure.message}`;
  if (outcome?.kind === 'done') return outcome.how;
  if (reason !== undefined) return reason;
  return detail && sentenceOf(detail);
}

/** A step as the record shows it: `done`, `refused` … once it has ended, else the ledger's state. */
function reportOf(step: StepSummary): StepReport {
  const detail = detailOf(step);
  return {
    name: step.name,
    status: step.outcome?.kind ?? step.state,
    startedAt: step.startedAt,
    ...(step.endedAt === undefined ? {} : { endedAt: step.endedAt }),
    asks: step.asks,
    ...(detail ? { detail } : {}),
  };
}

const text = (value: Json | undefined): value is string => typeof value === 'string';

/** A job still followed, from what its step last told. */
function jobIn({ detail }: StepSummary): JobState | undefined {
  const { id, status, progress, startedAt, endedAt } = detail ?? {};
  if (!text(id) || !text(status)) return undefined;
  return {
    id,
    status,
    ...(text(progress) ? { progress } : {}),
    ...(text(startedAt) ? { startedAt } : {}),
    ...(text(endedAt) ? { endedAt } : {}),
  };
}

const hasOwnEnd = (status: string): boolean => /^(succeeded|failed|cancell?ed)$/i.test(status);

/** As last polled. A job that is known has been begun: its operation has done its work, polled or not. */
function operationIn(
  steps: readonly StepSummary[],
  hasJob: boolean,
): { readonly status: string } | undefined {
  const status = steps.findLast((step) => step.operationStatus !== undefined)?.operationStatus;
  if (status === undefined) return undefined;
  return { status: hasJob && !hasOwnEnd(status) ? 'Succeeded' : status };
}

function whenPresent<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const present = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** What a run waits for; undefined while the app itself has to act, and at the end. */
export function waitsFor(
  { status }: Pick<RunState, 'status'>,
  steps: readonly StepSummary[],
): RunRecord['waitsFor'] {
  if (status !== 'running' || steps.length === 0) return undefined;
  const open = steps.findLast(({ state }) => state !== 'settled');
  if (open?.parked) return 'limit';
  // With every step settled the job is followed.
  const isWithService = open === undefined || (open.state === 'waiting' && open.reason === undefined);
  return isWithService ? 'service' : undefined;
}

const errorOf = ({ error }: RunState): RunRecord['error'] =>
  error && {
    code: error.code,
    message: error.message,
    ...whenPresent({ advice: error.advice, correlationId: error.correlationId }),
  };

const doneBy = (at: string | undefined, caller: string | undefined): DoneBy | undefined =>
  at === undefined ? undefined : { ...whenPresent({ caller }), at };

/** Who asks again with an old key learns that it is another run. */
const keyWarning = ({ keyUsedUntil }: RunState): readonly string[] =>
  keyUsedUntil === undefined
    ? []
    : [
        `The key was used before, by a run that ended ${keyUsedUntil} and whose record was removed: this is a new run.`,
      ];

/** The record of a run and its steps, in the shape that callers see. `seen` is the job of a run that waits for it. */
export function recordOf(run: RunState, steps: readonly StepSummary[], seen?: JobState): RunRecord {
  const followed = run.job ?? seen;
  return {
    id: run.id,
    kind: run.kind,
    status: run.status,
    ...whenPresent({ target: targetOf(run.request) }),
    requestedBy: run.requestedBy,
    ...whenPresent({
      cancelRequestedBy: doneBy(run.cancelRequestedAt, run.cancelRequestedBy),
      closedBy: doneBy(run.closedAt, run.closedBy),
    }),
    createdAt: run.createdAt,
    ...whenPresent({ endedAt: run.endedAt, batch: run.batch }),
    generation: run.generation,
    ...whenPresent({ waitsFor: waitsFor(run, steps) }),
    steps: steps.map(reportOf),
    ...whenPresent({
      operation: operationIn(steps, followed !== undefined),
      job: followed ?? steps.map(jobIn).findLast((job) => job !== undefined),
      recoveryPoint: run.recoveryPoint,
      result: run.result,
      error: errorOf(run),
    }),
    warnings: [...keyWarning(run), ...run.warnings],
    ...run.report,
  };
}

/** The record with its steps; undefined when there is no such run. */
export async function getRunRecord(services: RunServices, runId: string): Promise<RunRecord | undefined> {
  const stored = await findRun(services, runId);
  if (!stored) return undefined;
  const steps = await services.listSteps(runId);
  const { run } = stored;
  const batch = await services.describeBatch?.(run);
  const seen = run.job || hasEnded(run.status) ? undefined : await services.seenJob?.(runId, steps);
  return { ...recordOf(run, steps, seen), ...batch };
}

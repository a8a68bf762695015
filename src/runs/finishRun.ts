import type { JobEnding } from '../arm/backupJob.ts';
import type { JsonObject } from '../arm/call.ts';
import { plainText } from '../arm/words.ts';
import type { StepOutcome, StepSummary } from '../steps/step.ts';
import { changeRun } from './changeRun.ts';
import type { RunEnding, RunFinish, RunGeneration } from './run.ts';
import { recordOf } from './runRecord.ts';
import { endingMembers, hasEnded, type RunState } from './runRow.ts';
import type { RunServices } from './runServices.ts';

const statuses: Readonly<Record<Exclude<StepOutcome['kind'], 'done' | 'waiting'>, RunEnding['status']>> = {
  refused: 'failed',
  failed: 'failed',
  timedOut: 'timedOut',
  unknown: 'unknown',
  cancelled: 'cancelled',
};

/**
 * The ending of a run whose flow ended without writing one, as far as its last step tells.
 *
 * A step that went well, or has not ended, leaves the ending unknown: what the flow made of it cannot be told.
 */
export function endingFromSteps(steps: readonly StepSummary[], reason: string): RunEnding {
  const outcome = steps.at(-1)?.outcome;
  if (outcome && 'failure' in outcome) {
    return { status: statuses[outcome.kind], error: outcome.failure, warnings: [reason] };
  }
  if (outcome?.kind === 'cancelled') {
    return { status: 'cancelled', error: { code: 'RunCancelled', message: reason }, warnings: [] };
  }
  const error = {
    code: 'FlowEndedWithoutRecord',
    message: reason,
    advice: 'Look at the vault, then close the run.',
  };
  return { status: 'unknown', error, warnings: [] };
}

function mayEnd(run: RunState, { generation, ending }: RunFinish): boolean {
  if (run.generation !== generation) return false;
  return !hasEnded(run.status) || (run.status === 'timedOut' && ending.status !== 'timedOut');
}

const mostWarnings = 30;
const longestResult = 16_000;

/** An ending as its row can hold it: what is left out is said. */
function bounded(ending: RunEnding): RunEnding {
  const { warnings, result } = ending;
  const left = warnings.length - mostWarnings;
  const few = left > 0 ? [...warnings.slice(0, mostWarnings), `${left} more warnings.`] : warnings;
  const isLong = result !== undefined && JSON.stringify(result).length > longestResult;
  return {
    ...ending,
    warnings: few.map((one) => plainText(one, 800)),
    ...(isLong ? { result: { leftOut: 'The result was too long for the record.' } } : {}),
  };
}

/** The run with its ending; what an earlier `timedOut` said of the error is dropped. */
function ended({ error: _error, ...run }: RunState, finish: RunFinish, now: Date): RunState {
  return { ...run, ...endingMembers(bounded(finish.ending)), endedAt: now.toISOString() };
}

/** Told also when the ending was there already: the activity may have died between the two. */
async function notify(services: RunServices, run: RunState, { generation }: RunFinish): Promise<void> {
  if (run.generation !== generation || !hasEnded(run.status)) return;
  if (run.shard !== undefined) await services.wakeShard?.(run.shard);
  await services.notify?.(recordOf(run, []));
}

/** Last activity of a flow: writes the ending and has it told. Idempotent; `ignored` for a stale generation or a run that has its ending. */
export async function finishRun(services: RunServices, finish: RunFinish): Promise<'written' | 'ignored'> {
  const answer = await changeRun(services, finish.runId, (run) =>
    mayEnd(run, finish) ? ended(run, finish, services.clock()) : undefined,
  );
  if (answer) await notify(services, answer.run, finish);
  return answer?.changed ? 'written' : 'ignored';
}

const lateWarning =
  'The job ended after this run had stopped following it: its recovery point was not looked up.';

/** Turns a run that ended `timedOut` into the ending its job has had since; any other run is left as it is. */
export function finishLate(
  services: RunServices,
  run: RunGeneration,
  told: JsonObject,
): Promise<'written' | 'ignored'> {
  const { job, ended, failure, warnings } = told as unknown as JobEnding;
  const ending: RunEnding = {
    status: ended,
    job,
    ...(failure && { error: failure }),
    warnings: [...warnings, lateWarning],
  };
  return finishRun(services, { ...run, ending });
}

import { changeRun } from './changeRun.ts';
import type { RunFinish } from './run.ts';
import { recordOf } from './runRecord.ts';
import { endingMembers, hasEnded, type RunState } from './runRow.ts';
import type { RunServices } from './runServices.ts';

function mayEnd(run: RunState, { generation, ending }: RunFinish): boolean {
  if (run.generation !== generation) return false;
  return !hasEnded(run.status) || (run.status === 'timedOut' && ending.status !== 'timedOut');
}

/** The run with its ending; what an earlier `timedOut` said of the error is dropped. */
function ended({ error: _error, ...run }: RunState, finish: RunFinish, now: Date): RunState {
  return { ...run, ...endingMembers(finish.ending), endedAt: now.toISOString() };
}

/** Told also when the ending was there already: the activity may have died between the two. */
async function announce(services: RunServices, run: RunState, { generation }: RunFinish): Promise<void> {
  if (run.generation === generation && hasEnded(run.status)) await services.announce?.(recordOf(run, []));
}

/** Last activity of a flow: writes the ending and has it told. Idempotent; `ignored` for a stale generation or a run that has its ending. */
export async function finishRun(services: RunServices, finish: RunFinish): Promise<'written' | 'ignored'> {
  const answer = await changeRun(services, finish.runId, (run) =>
    mayEnd(run, finish) ? ended(run, finish, services.clock()) : undefined,
  );
  if (answer) await announce(services, answer.run, finish);
  return answer?.changed ? 'written' : 'ignored';
}

import { changeRun } from './changeRun.ts';
import type { RunBeginning, RunFacts, RunInput } from './run.ts';
import { hasEnded, type RunState } from './runRow.ts';
import type { RunServices } from './runServices.ts';

const isStale = (run: RunState, { generation }: RunInput): boolean =>
  run.generation !== generation || hasEnded(run.status);

function begun(services: RunServices, run: RunState): RunState {
  const { mayDeleteBackups, minimumPollSeconds: beatSeconds } = services;
  const facts: RunFacts = {
    acceptedAt: run.createdAt,
    mayDeleteBackups,
    ...(beatSeconds === undefined ? {} : { beatSeconds }),
  };
  return { ...run, status: 'running', begunAt: services.clock().toISOString(), facts: run.facts ?? facts };
}

/**
 * First activity of a flow: hands it the request, or tells it that it is stale. Idempotent.
 *
 * The facts are fixed by the first generation that begins: a later one branches as the first did.
 */
export async function beginRun(services: RunServices, input: RunInput): Promise<RunBeginning> {
  const answer = await changeRun(services, input.runId, (run) =>
    isStale(run, input) || (run.status === 'running' && run.facts) ? undefined : begun(services, run),
  );
  if (!answer || isStale(answer.run, input)) return { kind: 'stale' };
  const { request, facts } = answer.run;
  return facts ? { kind: 'begun', request, facts } : { kind: 'stale' };
}

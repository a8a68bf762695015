import { describe, expect, test } from 'vitest';
import type { Durable, Flow, FlowContext, FlowEnding } from '../../src/orchestrations/flow.ts';
import { recoveryServicesFlows } from '../../src/orchestrations/flows.ts';
import { carryRun, type FlowTable } from '../../src/orchestrations/run.ts';
import { FlowEnded, StepFailed, type BadOutcome } from '../../src/orchestrations/refusals.ts';
import type { RunRequest } from '../../src/runs/request.ts';
import type { RunEnding, RunFinish } from '../../src/runs/run.ts';
import { playFlow } from '../support/playFlow.ts';
import { shareTarget } from '../support/shareWorld.ts';

const input = { runId: 'b'.repeat(40), generation: 3 };
const request: RunRequest = { kind: 'backUp', target: shareTarget('docs') };

/** Carries a run whose flow is the given one, and returns what it was finished with. */
async function finish(
  flow: (context: FlowContext) => Flow<FlowEnding>,
  differs: { request?: RunRequest; table?: FlowTable } = {},
) {
  const finished: RunFinish[] = [];
  const facts = { acceptedAt: '2026-08-22T02:00:00Z', mayDeleteBackups: false };
  const given = { ...input, request: differs.request ?? request, facts };
  const table = differs.table ?? { fileShare: { backUp: flow } };
  const { value } = await playFlow((df: Durable) => carryRun(df, given, table), {
    now: () => 0,
    advanceTo: () => undefined,
    nextEvent: () => undefined,
    activity: (_name, finish) => {
      finished.push(finish as RunFinish);
      return Promise.resolve(null);
    },
  });
  return { finished, value };
}

const endingOf = async (flow: (context: FlowContext) => Flow<FlowEnding>): Promise<RunEnding | undefined> =>
  (await finish(flow)).finished[0]?.ending;

function* throwing(error: Error): Flow<FlowEnding> {
  throw error;
}

test('a run is finished once, with its own id and generation, and with the warnings of its steps', async () => {
  const { finished } = await finish(function* (context) {
    context.warnings.push('careful');
    return { status: 'completed', result: { a: 1 } };
  });
  expect(finished).toEqual([
    { ...input, ending: { status: 'completed', result: { a: 1 }, warnings: ['careful'] } },
  ]);
});

describe('a step that did not end well decides the status of the run', () => {
  const failure = { code: 'Code', message: 'words', class: 'user' as const };
  test.each<[BadOutcome, string]>([
    [{ kind: 'refused', failure }, 'failed'],
    [{ kind: 'failed', failure }, 'failed'],
    [{ kind: 'timedOut', failure }, 'timedOut'],
    [{ kind: 'unknown', failure }, 'unknown'],
  ])('$0.kind: $1', async (outcome, status) => {
    const ending = await endingOf(() => throwing(new StepFailed('recoveryServices.protectItem', outcome)));
    expect(ending).toMatchObject({
      status,
      error: { code: 'Code', message: 'recoveryServices.protectItem: words', class: 'user' },
    });
  });

  test('cancelled: cancelled, and before which step', async () => {
    const ending = await endingOf(() => throwing(new StepFailed('test.look', { kind: 'cancelled' })));
    expect(ending).toMatchObject({
      status: 'cancelled',
      error: { message: expect.stringContaining('test.look') },
    });
  });
});

test.each(['failed', 'skipped'] as const)('a flow may end %s by itself, with a reason', async (status) => {
  const failure = { code: 'Reason', message: 'words', advice: 'do this' };
  expect(await endingOf(() => throwing(new FlowEnded(status, failure)))).toEqual({
    status,
    error: failure,
    warnings: [],
  });
});

test('a mistake in a flow still ends the run', async () => {
  const ending = await endingOf(() => throwing(new TypeError('undefined is not a function')));
  expect(ending).toMatchObject({
    status: 'failed',
    error: { code: 'FlowBroken', message: 'undefined is not a function' },
  });
});

test('an ending carries the job as far as it is known', async () => {
  const ending = await endingOf(function* (context) {
    context.job = { id: 'j', status: 'InProgress' };
    throw new StepFailed('test.look', {
      kind: 'timedOut',
      failure: { code: 'StepTimedOut', message: 'late' },
    });
  });
  expect(ending).toMatchObject({ status: 'timedOut', job: { id: 'j', status: 'InProgress' } });
});

describe('a request without a flow is refused in words', () => {
  const unknown = (target: RunRequest['target']) =>
    finish(() => throwing(new Error('never begun')), {
      request: { kind: 'backUp', target },
      table: { fileShare: recoveryServicesFlows, disk: {} },
    });

  test('because nobody knows the target', async () => {
    const id =
      '/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/a/providers/Microsoft.Web/sites/b';
    expect((await unknown({ id })).finished[0]?.ending).toMatchObject({
      status: 'failed',
      error: { code: 'TargetNotSupported', message: expect.stringContaining('Microsoft.Web') },
    });
  });

  test('because its service cannot do that', async () => {
    const id =
      '/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/a/providers/Microsoft.Compute/disks/b';
    expect((await unknown({ id })).finished[0]?.ending).toMatchObject({
      error: { code: 'RequestNotSupported', message: expect.stringContaining('backUp') },
    });
  });
});

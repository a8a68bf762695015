import { describe, expect, test } from 'vitest';
import { acceptRun, recordStarted, startAccepted, startRun } from '../../../src/runs/acceptRun.ts';
import { closeRun, isCancelRequested, requestCancel } from '../../../src/runs/changeRun.ts';
import { finishRun } from '../../../src/runs/finishRun.ts';
import { getRunRecord } from '../../../src/runs/runRecord.ts';
import type { RunRequest } from '../../../src/runs/request.ts';
import type { RequestedBy, RunEnding } from '../../../src/runs/run.ts';
import type { StepSummary } from '../../../src/steps/step.ts';
import { runDesk, runRows } from '../../support/runDesk.ts';

const vaultId =
  '/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg/providers/Microsoft.RecoveryServices/vaults/v';
const request: RunRequest = { kind: 'backUp', target: { id: `${vaultId}/items/docs` }, keepFor: 'P30D' };
const requestedBy: RequestedBy = { source: 'http', caller: 'local', key: 'release-2026-47' };
const completed: RunEnding = { status: 'completed', warnings: [], job: { id: 'job-1', status: 'Completed' } };

const accepted = async () => {
  const desk = runDesk();
  const { run } = await acceptRun(desk.services, request, requestedBy);
  return { ...desk, id: run.id };
};

describe('accepting', () => {
  test('a new key makes a run under an id of 40 hex digits', async () => {
    const { services } = runDesk();
    const { kind, run } = await acceptRun(services, request, requestedBy);
    expect(kind).toBe('accepted');
    expect(run).toMatchObject({
      kind: 'backUp',
      status: 'accepted',
      createdAt: '2026-08-22T02:00:00.000Z',
      generation: 1,
      steps: [],
      warnings: [],
    });
    expect(run.id).toMatch(/^[0-9a-f]{40}$/);
  });

  test('the same key with the same body is the same run, in whatever order the body is written', async () => {
    const { services, id, pass } = await accepted();
    pass(5);
    const again = { keepFor: 'P30D', target: request.target, kind: 'backUp' } as RunRequest;
    expect(await acceptRun(services, again, requestedBy)).toMatchObject({ kind: 'repeated', run: { id } });
  });

  test('the same key with another body is refused', async () => {
    const { services } = await accepted();
    const other: RunRequest = { kind: 'backUp', target: request.target, keepFor: 'P31D' };
    expect((await acceptRun(services, other, requestedBy)).kind).toBe('keyReused');
  });

  test('keys of different callers, sources and batch items do not meet', async () => {
    const { services } = runDesk();
    const ids = await Promise.all([
      acceptRun(services, request, requestedBy),
      acceptRun(services, request, { ...requestedBy, caller: 'tenant/other' }),
      acceptRun(services, request, { ...requestedBy, source: 'schedule' }),
      acceptRun(services, request, requestedBy, { batch: 'b1', item: 'docs' }),
      acceptRun(services, request, requestedBy, { batch: 'b1', item: 'photos' }),
    ]);
    expect(new Set(ids.map(({ run }) => run.id)).size).toBe(5);
    expect(ids.map(({ kind }) => kind)).toEqual(Array.from({ length: 5 }, () => 'accepted'));
  });

  test('two callers at once with one key make one run, in each list once', async () => {
    const { services, runs } = runDesk();
    const kinds = await Promise.all([
      acceptRun(services, request, requestedBy),
      acceptRun(services, request, requestedBy),
    ]);
    expect(kinds.map(({ kind }) => kind).sort()).toEqual(['accepted', 'repeated']);
    expect(runRows(runs)).toHaveLength(1);
    expect(runs.rows().filter(({ rowKey }) => rowKey.startsWith('all|'))).toHaveLength(1);
  });
});

describe('starting', () => {
  const facts = { acceptedAt: '2026-08-22T02:00:00.000Z', mayDeleteBackups: false };

  test('the flow is started under run and generation, once, with the request and facts that were accepted', async () => {
    const { services, id, started, pass } = await accepted();
    pass(1);
    const deletes = { ...services, mayDeleteBackups: true };
    await startRun(deletes, id);
    await startRun(deletes, id);
    const input = { runId: id, generation: 1, request, facts };
    expect(started).toEqual([{ instanceId: `${id}-1`, input }]);
    expect((await getRunRecord(services, id))?.status).toBe('running');
  });

  test('the first step of a flow is ordered before it starts, and by the flow itself where that cannot be', async () => {
    const { services, started } = runDesk();
    const asked: unknown[] = [];
    const orderFirst = (isOrdered: boolean) => (input: unknown) => {
      asked.push({ input, started: started.length });
      return Promise.resolve(isOrdered);
    };
    await startAccepted(
      { ...services, orderFirst: orderFirst(true) },
      await acceptRun(services, request, requestedBy),
    );
    const other = { ...requestedBy, key: 'another' };
    await startAccepted(
      { ...services, orderFirst: orderFirst(false) },
      await acceptRun(services, request, other),
    );
    expect(asked).toMatchObject([{ started: 0 }, { started: 1 }]);
    expect(started.map(({ input }) => (input as { isOrdered?: boolean }).isOrdered)).toEqual([
      true,
      undefined,
    ]);
  });

  test('a run that was accepted by this very call is started without a look at storage or platform', async () => {
    const { services, runs, started } = runDesk();
    const acceptance = await acceptRun(services, request, requestedBy);
    const flows = { ...services.flows, status: () => Promise.reject(new Error('asked')) };
    await startAccepted({ ...services, flows }, acceptance);
    expect(started).toHaveLength(1);
    expect(runs.operations).toEqual({ writeTogether: 2 });
    await startAccepted(services, await acceptRun(services, request, requestedBy));
    expect(started).toHaveLength(1);
  });

  test('a run whose first write was repeated after a lost answer is started once, and noted so', async () => {
    const { services, runs, started } = runDesk();
    const twice = { ...runs };
    // The library sends the transaction again, which meets its own first effect.
    twice.writeTogether = async (...write) => {
      await runs.writeTogether(...write);
      return runs.writeTogether(...write);
    };
    const acceptance = await acceptRun({ ...services, runs: twice }, request, requestedBy);
    expect(acceptance.kind).toBe('repeated');
    await startAccepted({ ...services, runs: twice }, acceptance);
    expect(started).toHaveLength(1);
    expect((await getRunRecord(services, acceptance.run.id))?.status).toBe('running');
  });

  test('a run whose ETag storage has left out is read before its start is noted', async () => {
    const { services, id } = await accepted();
    const { stored, ...acceptance } = await acceptRun(services, request, { ...requestedBy, key: 'other' });
    if (stored) await startAccepted(services, { ...acceptance, stored: { ...stored, etag: '' } });
    expect((await getRunRecord(services, acceptance.run.id))?.status).toBe('running');
    expect((await getRunRecord(services, id))?.status).toBe('accepted');
  });

  test('a flow that has ended is not run again', async () => {
    const { services, id, started, flowStatus } = await accepted();
    flowStatus.set(`${id}-1`, 'completed');
    await startRun(services, id);
    expect(started).toEqual([]);
  });

  test('a run that has ended is not begun, though the platform knows no flow of it', async () => {
    const { services, id, started } = await accepted();
    const ending: RunEnding = { status: 'cancelled', warnings: [] };
    await finishRun(services, { runId: id, generation: 1, ending });
    await startRun(services, id);
    expect(started).toEqual([]);
  });

  test.each([0, 2])('a start of generation %i says nothing about the run', async (generation) => {
    const { services, id } = await accepted();
    await recordStarted(services, { runId: id, generation });
    expect((await getRunRecord(services, id))?.status).toBe('accepted');
  });

  test('a flow that was faster than the note of its start keeps its ending', async () => {
    const { services, id } = await accepted();
    await finishRun(services, { runId: id, generation: 1, ending: completed });
    await recordStarted(services, { runId: id, generation: 1 });
    expect((await getRunRecord(services, id))?.status).toBe('completed');
  });

  test('a run that nobody has accepted may send nothing', async () => {
    const { services, id } = await accepted();
    expect(await isCancelRequested(services, id)).toBe(false);
    expect(await isCancelRequested(services, 'f'.repeat(40))).toBe(true);
  });
});

describe('finishing', () => {
  test('the first ending stays', async () => {
    const { services, id, pass } = await accepted();
    expect(await finishRun(services, { runId: id, generation: 1, ending: completed })).toBe('written');
    pass(1);
    const late: RunEnding = { status: 'failed', warnings: [], error: { code: 'Late', message: 'late' } };
    expect(await finishRun(services, { runId: id, generation: 1, ending: late })).toBe('ignored');
    expect(await getRunRecord(services, id)).toMatchObject({
      status: 'completed',
      endedAt: '2026-08-22T02:00:00.000Z',
      job: { id: 'job-1', status: 'Completed' },
    });
  });

  test('a run that timed out may still turn into its real ending', async () => {
    const { services, id } = await accepted();
    const timedOut: RunEnding = {
      status: 'timedOut',
      warnings: [],
      error: { code: 'T', message: 'too long' },
    };
    await finishRun(services, { runId: id, generation: 1, ending: timedOut });
    expect(await finishRun(services, { runId: id, generation: 1, ending: completed })).toBe('written');
    const record = await getRunRecord(services, id);
    expect(record?.status).toBe('completed');
    expect(record?.error).toBeUndefined();
  });

  test('a flow of an older generation cannot end the run', async () => {
    const { services, id } = await accepted();
    expect(await finishRun(services, { runId: id, generation: 0, ending: completed })).toBe('ignored');
  });
});

describe('a person', () => {
  test('cancels a run: steps see it, an ended run says so', async () => {
    const { services, id } = await accepted();
    expect(await isCancelRequested(services, id)).toBe(false);
    expect(await requestCancel(services, id, 'tenant/first')).toBe('requested');
    expect(await requestCancel(services, id, 'tenant/second')).toBe('requested');
    expect((await getRunRecord(services, id))?.cancelRequestedBy).toEqual({
      caller: 'tenant/first',
      at: '2026-08-22T02:00:00.000Z',
    });
    expect(await isCancelRequested(services, id)).toBe(true);
    await finishRun(services, { runId: id, generation: 1, ending: completed });
    expect(await requestCancel(services, id)).toBe('ended');
    expect(await requestCancel(services, 'f'.repeat(40))).toBe('missing');
  });

  test('closes a run that ended unknown, and no other', async () => {
    const { services, id } = await accepted();
    expect(await closeRun(services, id, 'looked: no job')).toBe('notUnknown');
    const unknown: RunEnding = {
      status: 'unknown',
      warnings: [],
      error: { code: 'EffectUnknown', message: '?' },
    };
    await finishRun(services, { runId: id, generation: 1, ending: unknown });
    expect(await closeRun(services, id, 'looked: no job', 'tenant/person')).toBe('closed');
    expect(await getRunRecord(services, id)).toMatchObject({
      status: 'failed',
      error: { code: 'ClosedByPerson', message: 'looked: no job' },
      result: { was: { code: 'EffectUnknown' } },
      closedBy: { caller: 'tenant/person', at: '2026-08-22T02:00:00.000Z' },
    });
  });
});

test('the record shows the steps, the operation and the job as last seen', async () => {
  const { services, id, steps } = await accepted();
  const times = { startedAt: '2026-08-22T02:00:01.000Z', dueAt: '2026-08-22T02:00:02.000Z' };
  steps.set(id, [
    {
      stepId: '01',
      name: 'backUpNow',
      state: 'settled',
      asks: 1,
      requests: 1,
      operationStatus: 'InProgress',
      ...times,
      endedAt: '2026-08-22T02:00:02.000Z',
      outcome: { kind: 'done', result: {}, how: 'adopted' },
    },
    {
      stepId: '02',
      name: 'readJob',
      state: 'waiting',
      asks: 3,
      requests: 3,
      ...times,
      detail: { id: 'job-1', status: 'InProgress', progress: 'Transfer data to vault 40 %' },
    },
  ]);
  expect(await getRunRecord(services, id)).toMatchObject({
    operation: { status: 'InProgress' },
    job: { id: 'job-1', status: 'InProgress', progress: 'Transfer data to vault 40 %' },
    steps: [
      { name: 'backUpNow', status: 'done', asks: 1, endedAt: '2026-08-22T02:00:02.000Z', detail: 'adopted' },
      {
        name: 'readJob',
        status: 'waiting',
        asks: 3,
        detail: 'id: job-1, status: InProgress, progress: Transfer data to vault 40 %',
      },
    ],
  });
});

describe('the operation of a backup whose job the tracker has found', () => {
  const times = { startedAt: '2026-08-22T02:00:01.000Z', dueAt: '2026-08-22T02:00:02.000Z' };
  const accepting = (operationStatus: string) => ({
    ...{ stepId: '01', name: 'backUpNow', state: 'settled', asks: 1, requests: 1, operationStatus, ...times },
    outcome: { kind: 'done', result: {} },
  });
  const recordWith = async (operationStatus: string, ending: Partial<RunEnding>) => {
    const { services, id, steps } = await accepted();
    steps.set(id, [accepting(operationStatus) as StepSummary]);
    await finishRun(services, {
      runId: id,
      generation: 1,
      ending: { status: 'completed', warnings: [], ...ending },
    });
    return (await getRunRecord(services, id))?.operation;
  };

  test('has succeeded: the job that it had to begin is there', async () => {
    const job = { id: 'job-1', status: 'Completed' };
    expect(await recordWith('InProgress', { job })).toEqual({ status: 'Succeeded' });
  });

  test('has succeeded as soon as the job is seen to run', async () => {
    const { services, id, steps } = await accepted();
    steps.set(id, [accepting('InProgress') as StepSummary]);
    const job = { id: 'job-1', status: 'InProgress' };
    const seenJob = () => Promise.resolve(job);
    expect(await getRunRecord({ ...services, seenJob }, id)).toMatchObject({
      job,
      operation: { status: 'Succeeded' },
    });
  });

  test('keeps the word of its own end', async () => {
    const job = { id: 'job-1', status: 'Failed' };
    expect(await recordWith('Failed', { status: 'failed', job })).toEqual({ status: 'Failed' });
  });

  test('stays as last seen while nothing shows a job', async () => {
    expect(await recordWith('InProgress', { status: 'timedOut' })).toEqual({ status: 'InProgress' });
  });
});

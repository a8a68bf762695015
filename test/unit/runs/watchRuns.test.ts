import { expect, test } from 'vitest';
import { acceptRun, recordStarted, startRun } from '../../../src/runs/acceptRun.ts';
import { finishRun } from '../../../src/runs/finishRun.ts';
import { getRunRecord } from '../../../src/runs/runRecord.ts';
import { watchRuns } from '../../../src/runs/watchRuns.ts';
import type { StepOutcome, StepSummary } from '../../../src/steps/step.ts';
import { runDesk } from '../../support/runDesk.ts';

const request = { kind: 'backUp', target: { id: '/subscriptions/s/items/docs' } } as const;

async function acceptedRun() {
  const desk = runDesk();
  const { run } = await acceptRun(desk.services, request, { source: 'http', caller: 'local', key: 'k' });
  const kinds = async () => (await watchRuns(desk.services)).map(({ kind }) => kind);
  return { ...desk, id: run.id, kinds };
}

async function runningRun() {
  const run = await acceptedRun();
  await startRun(run.services, run.id);
  await recordStarted(run.services, { runId: run.id, generation: 1 });
  run.flowStatus.set(`${run.id}-1`, 'running');
  return run;
}

/** Older than a run must be to be looked at. */
async function oldRun() {
  const run = await runningRun();
  run.pass(11);
  return run;
}

const step = (more: Partial<StepSummary>): StepSummary => ({
  ...{ stepId: '01', name: 'backUpNow', state: 'ordered', asks: 1, requests: 0 },
  ...{ startedAt: '2026-08-22T02:00:00.000Z', dueAt: '2026-08-22T02:00:00.000Z' },
  ...more,
});
const settled = (outcome: StepOutcome) => step({ state: 'settled', outcome });

test('a run accepted two minutes ago without a flow is started', async () => {
  const { kinds, started, id, pass } = await acceptedRun();
  expect(await kinds()).toEqual([]);
  pass(3);
  expect(await kinds()).toEqual(['started']);
  expect(started.map(({ instanceId }) => instanceId)).toEqual([`${id}-1`]);
  expect(await kinds()).toEqual([]);
});

test('a flow pending for over 15 minutes is replaced by the next generation, and ends nothing if it runs after all', async () => {
  const { kinds, services, started, id, pass } = await acceptedRun();
  await startRun(services, id);
  pass(14);
  expect(await kinds()).toEqual([]);
  pass(2);
  expect(await kinds()).toEqual(['nextGeneration']);
  expect(started.at(-1)).toMatchObject({ instanceId: `${id}-2`, input: { runId: id, generation: 2 } });
  const ending = { status: 'cancelled', warnings: [] } as const;
  expect(await finishRun(services, { runId: id, generation: 1, ending })).toBe('ignored');
  expect(await finishRun(services, { runId: id, generation: 2, ending })).toBe('written');
});

test('a run whose flow was started by a call that died before it noted so is noted as running', async () => {
  const { kinds, services, flowStatus, id, pass } = await acceptedRun();
  flowStatus.set(`${id}-1`, 'running');
  pass(3);
  expect(await kinds()).toEqual([]);
  expect((await getRunRecord(services, id))?.status).toBe('running');
});

test('a flow that ended before its start was noted is finished from its steps, not started again', async () => {
  const { kinds, services, started, flowStatus, steps, id, pass } = await acceptedRun();
  flowStatus.set(`${id}-1`, 'terminated');
  steps.set(id, [settled({ kind: 'refused', failure })]);
  pass(3);
  expect(await kinds()).toEqual(['finishedFromSteps']);
  expect(await getRunRecord(services, id)).toMatchObject({ status: 'failed', generation: 1 });
  expect(started).toEqual([]);
});

test('a next generation whose row was written without an answer is started all the same', async () => {
  const { kinds, services, flowStatus, started, runs, id } = await oldRun();
  flowStatus.set(`${id}-1`, 'failed');
  const { writeTogether } = runs;
  let lost = 0;
  // The library repeats a write whose answer was lost, and meets its own.
  const table = Object.assign({}, runs, {
    writeTogether: async (...write: Parameters<typeof writeTogether>) => {
      const written = await writeTogether(...write);
      return lost++ === 0 ? ({ kind: 'conflict' } as const) : written;
    },
  });
  Object.assign(services, { runs: table });
  expect(await kinds()).toEqual(['nextGeneration']);
  expect(started.at(-1)).toMatchObject({ instanceId: `${id}-2` });
});

test('a flow that failed goes on in the next generation, twice at most', async () => {
  const { kinds, flowStatus, id, services, steps } = await oldRun();
  steps.set(id, [settled({ kind: 'done', result: null })]);
  for (const generation of [1, 2, 3]) {
    flowStatus.set(`${id}-${generation}`, 'failed');
    expect(await kinds()).toEqual([generation < 3 ? 'nextGeneration' : 'finishedFromSteps']);
  }
  expect(await getRunRecord(services, id)).toMatchObject({ status: 'unknown', generation: 3 });
});

test('a flow that the platform has lost goes on in the next generation', async () => {
  const { kinds, flowStatus, id } = await oldRun();
  flowStatus.delete(`${id}-1`);
  expect(await kinds()).toEqual(['nextGeneration']);
});

const failure = { code: 'UserErrorShareNotFound', message: 'gone' };
test.each([
  [settled({ kind: 'refused', failure }), 'failed'],
  [settled({ kind: 'timedOut', failure }), 'timedOut'],
  [settled({ kind: 'unknown', failure }), 'unknown'],
  [settled({ kind: 'cancelled' }), 'cancelled'],
  [settled({ kind: 'done', result: null }), 'unknown'],
  [step({ state: 'checking' }), 'unknown'],
] as const)(
  'a flow that ended without its record is finished from its last step: %j',
  async (last, status) => {
    const { kinds, flowStatus, id, services, steps } = await oldRun();
    steps.set(id, [last]);
    flowStatus.set(`${id}-1`, 'terminated');
    expect((await kinds())[0]).toBe('finishedFromSteps');
    expect((await getRunRecord(services, id))?.status).toBe(status);
  },
);

test('a run that has begun within the last ten minutes costs the watchdog no read of its own', async () => {
  const { kinds, flowStatus, id, runs, pass } = await runningRun();
  flowStatus.set(`${id}-1`, 'failed');
  const reads = runs.operations['read'];
  pass(10);
  expect(await kinds()).toEqual([]);
  expect(runs.operations['read']).toBe(reads);
  pass(1);
  expect(await kinds()).toEqual(['nextGeneration']);
});

test('a step that should have moved ten minutes ago is reminded of', async () => {
  const { kinds, id, steps, reminded, pass } = await runningRun();
  steps.set(id, [step({})]);
  pass(9);
  expect(await kinds()).toEqual([]);
  pass(2);
  expect(await kinds()).toEqual(['reminded']);
  expect(reminded).toEqual(['01']);
});

test('a step whose job nobody watches is reminded of: its flow hears by the job alone', async () => {
  const { kinds, id, steps, reminded, services, pass } = await runningRun();
  const started = { ...settled({ kind: 'done', result: { attemptId: 'a' } }), startsJob: true } as const;
  steps.set(id, [started]);
  pass(11);
  Object.assign(services, { isWatched: () => Promise.resolve(true) });
  expect(await kinds()).toEqual([]);
  Object.assign(services, { isWatched: () => Promise.resolve(false) });
  expect(await kinds()).toEqual(['reminded']);
  expect(reminded).toEqual(['01']);
  steps.set(id, [started, settled({ kind: 'done', result: null })]);
  expect(await kinds()).toEqual([]);
});

test('a step that waits for an hour as the service asked is left alone', async () => {
  const { kinds, id, steps, reminded, pass } = await runningRun();
  steps.set(id, [step({ state: 'waiting', dueAt: '2026-08-22T03:00:00.000Z' })]);
  pass(59);
  expect(await kinds()).toEqual([]);
  expect(reminded).toEqual([]);
});

test('a flow without any progress for an hour is reported', async () => {
  const { kinds, pass } = await runningRun();
  pass(61);
  expect(await kinds()).toEqual(['stuck']);
});

test('an unknown run is reported until a person closes it', async () => {
  const { kinds, id, services } = await runningRun();
  const ending = { status: 'unknown', warnings: [], error: failure } as const;
  await finishRun(services, { runId: id, generation: 1, ending });
  expect(await kinds()).toEqual(['unknown']);
  expect(await kinds()).toEqual(['unknown']);
});

test('one run that cannot be watched keeps no other from it', async () => {
  const desk = await acceptedRun();
  const other = { source: 'http', caller: 'local', key: 'other' } as const;
  await acceptRun(desk.services, request, other);
  desk.pass(3);
  const flows = {
    ...desk.services.flows,
    status: (instanceId: string) =>
      instanceId.startsWith(desk.id)
        ? Promise.reject(new Error('down'))
        : desk.services.flows.status(instanceId),
  };
  const alerts = await watchRuns({ ...desk.services, flows });
  expect(alerts.map(({ kind }) => kind).sort()).toEqual(['started', 'stuck']);
});

test('what is remembered of runs that wait for their jobs is forgotten in time', async () => {
  const { services, pass } = await acceptedRun();
  const quietUntil = new Map([['e'.repeat(40), Date.parse('2026-08-22T03:00:00Z')]]);
  await watchRuns({ ...services, quietUntil });
  expect(quietUntil.size).toBe(1);
  pass(61);
  await watchRuns({ ...services, quietUntil });
  expect(quietUntil.size).toBe(0);
});

import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../src/arm/call.ts';
import type { TrackerServices } from '../../../src/jobs/trackerServices.ts';
import { changeTracker, readTracker } from '../../../src/jobs/trackerRow.ts';
import { listWatches, rowOfWatch, vaultKeyOf, type Watch } from '../../../src/jobs/watch.ts';
import { cancelWatch, watchJob } from '../../../src/jobs/watchJob.ts';
import { watchTrackers } from '../../../src/jobs/watchTrackers.ts';
import { endingOfRow } from '../../../src/jobs/settleWatch.ts';
import {
  attempt,
  job,
  listOf,
  says,
  trackedVault,
  trackerWorld,
  watchOrder,
  type JobScript,
} from '../../support/trackerWorld.ts';

const vaultKey = vaultKeyOf(trackedVault);
const runId = 'a'.repeat(40);

/** A vault whose list shows one job, and everything that was started, raised and logged. */
function world(script: Partial<JobScript> = {}, differs: Partial<TrackerServices> = {}) {
  const started: (readonly unknown[])[] = [];
  const raised: { instance: string; name: string; payload: Json }[] = [];
  const logged: (readonly unknown[])[] = [];
  const list = () => listOf({ id: job(1), status: 'InProgress', activityId: attempt(1) });
  const stage = trackerWorld({ list, ...script });
  Object.assign(stage.services, {
    start: (...call: readonly unknown[]) => (started.push(call), Promise.resolve('started')),
    raise: (instance: string, name: string, payload: Json) => (
      raised.push({ instance, name, payload }),
      Promise.resolve('raised')
    ),
    log: (...line: readonly unknown[]) => void logged.push(line),
    ...differs,
  });
  const watched = async () => (await listWatches(stage.watches, vaultKey)).map(({ watch }) => watch);
  const tracker = async () => {
    const held = await readTracker(stage.watches, vaultKey);
    if (!held) throw new Error('there is no tracker');
    return held;
  };
  const { services, clock, tick, requests, watches } = stage;
  return { services, clock, tick, requests, watches, started, raised, logged, watched, tracker };
}

describe('a job that is watched', () => {
  test('has its row, and a tracker of its vault that is started once', async () => {
    const { services, started, watched, tracker } = world();
    expect(await watchJob(services, watchOrder())).toBeNull();
    expect(await watchJob(services, watchOrder({ event: 2 }))).toBeNull();
    expect(started).toEqual([['trackJobs', `track-${vaultKey}-1`, { vaultKey, generation: 1 }]]);
    expect((await tracker()).tracker).toEqual({
      ...{ vaultKey, vaultId: trackedVault, service: 'recoveryServices', generation: 1 },
      ...{ subscriptionId: '11111111-2222-4333-8444-555555555555', state: 'live', started: true },
      ...{ pages: 1, mayHurry: true, durations: {}, nextTickAt: '2026-08-22T02:00:00Z' },
    });
    expect(await watched()).toEqual([
      { ...watchOrder(), misses: 0 },
      { ...watchOrder({ event: 2 }), misses: 0 },
    ]);
  });

  test.each([
    ['a minute after its own first look', '2026-08-22T02:02:00.000Z', true],
    ['sooner', '2026-08-22T02:01:59.999Z', false],
  ])('wakes a tracker that sleeps until %s', async (_, nextTickAt, wakes) => {
    const { services, raised, tracker, watches } = world();
    await watchJob(services, watchOrder());
    await changeTracker(watches, await tracker(), { nextTickAt });
    await watchJob(services, watchOrder({ event: 2 }));
    const woken = { instance: `track-${vaultKey}-1`, name: 'job-0', payload: {} };
    expect(raised).toEqual(wakes ? [woken] : []);
    expect((await tracker()).tracker.nextTickAt).toBe(wakes ? '2026-08-22T02:01:00.000Z' : nextTickAt);
  });

  test.each([{ mayHurry: false }, { started: false }])('wakes no tracker that has %j', async (differs) => {
    const { services, raised, tracker, watches } = world();
    await watchJob(services, watchOrder());
    await changeTracker(watches, await tracker(), { nextTickAt: '2026-08-22T05:00:00.000Z', ...differs });
    await watchJob(services, watchOrder({ event: 2 }));
    expect(raised).toEqual([]);
  });

  test('of a vault whose tracker is ending keeps it going; one that has ended gets a new generation', async () => {
    const { services, started, tracker, watches } = world();
    await watchJob(services, watchOrder());
    await changeTracker(watches, await tracker(), { state: 'ending' });
    await watchJob(services, watchOrder({ event: 2 }));
    expect((await tracker()).tracker).toMatchObject({ state: 'live', generation: 1, started: true });
    await changeTracker(watches, await tracker(), { state: 'idle' });
    await watchJob(services, watchOrder({ event: 3, sentAt: '2026-08-22T02:03:00Z' }));
    expect((await tracker()).tracker).toMatchObject({
      ...{ state: 'live', generation: 2, started: true, nextTickAt: '2026-08-22T02:03:00Z' },
    });
    expect(started.map(([, id]) => id)).toEqual([`track-${vaultKey}-1`, `track-${vaultKey}-2`]);
  });

  test('is taken over by a later generation of its run, never given back to an earlier one', async () => {
    const { services, watched } = world();
    await watchJob(services, watchOrder({ generation: 2 }));
    await watchJob(services, watchOrder({ generation: 3 }));
    expect((await watched()).map(({ generation }) => generation)).toEqual([3]);
    await watchJob(services, watchOrder({ generation: 1 }));
    expect((await watched()).map(({ generation }) => generation)).toEqual([3]);
  });

  test('without a time that can be read is watched from now on', async () => {
    const { services, watched } = world();
    await watchJob(services, watchOrder({ sentAt: 'soon' }));
    expect((await watched())[0]?.sentAt).toBe('2026-08-22T02:00:00.000Z');
  });
});

describe('a run that is to stop', () => {
  const stopping = { isCancelRequested: () => Promise.resolve(true) };
  const stopped = (raised: readonly { name: string; payload: Json }[]) =>
    raised.filter(({ name }) => name !== 'job-0').map(({ payload }) => (payload as JsonObject)['outcome']);

  test('before its job is watched is marked; one whose job goes on after it is not asked about', async () => {
    const one = world({}, stopping);
    await watchJob(one.services, watchOrder());
    expect((await one.watched())[0]?.cancelRequested).toBe(true);
    const other = world({}, stopping);
    await watchJob(other.services, watchOrder({ goesOnAfterCancel: true }));
    expect((await other.watched())[0]?.cancelRequested).toBeUndefined();
  });

  test('is told its job at the next look', async () => {
    const { services, raised, tick } = world({}, stopping);
    await watchJob(services, watchOrder());
    await tick();
    expect(stopped(raised)).toEqual([{ kind: 'cancelRequested', jobId: job(1) }]);
    expect(raised[0]?.instance).toBe(`${runId}-1`);
  });

  test('whose job no list shows is looked for twice, and then stops without one', async () => {
    const { services, raised, tick, watched } = world({ list: () => listOf() }, stopping);
    await watchJob(services, watchOrder());
    await tick();
    expect([stopped(raised), (await watched())[0]?.misses]).toEqual([[], 1]);
    await tick();
    expect(stopped(raised)).toEqual([{ kind: 'cancelRequested' }]);
  });

  test('whose job was taken by item and start says so', async () => {
    const { services, raised, tick, watches } = world();
    await watchJob(services, watchOrder());
    const [held] = await listWatches(watches, vaultKey);
    await watches.put(
      rowOfWatch({ ...(held?.watch as Watch), jobId: job(1), isTakenByStart: true, cancelRequested: true }),
    );
    await tick();
    expect(stopped(raised)).toEqual([{ kind: 'cancelRequested', jobId: job(1), isTakenByStart: true }]);
  });

  test('is marked while its job is watched, and its tracker woken; once, and not where all is told', async () => {
    const { services, raised, watched, watches, tracker } = world();
    await watchJob(services, watchOrder());
    const woken = { instance: `track-${vaultKey}-1`, name: 'job-0', payload: {} };
    await cancelWatch(services, trackedVault, 'b'.repeat(40));
    expect(raised).toEqual([]);
    await cancelWatch(services, trackedVault, runId);
    await cancelWatch(services, trackedVault, runId);
    expect([(await watched())[0]?.cancelRequested, raised]).toEqual([true, [woken, woken]]);
    await changeTracker(watches, await tracker(), { state: 'idle' });
    await cancelWatch(services, trackedVault, runId);
    expect(raised).toHaveLength(2);
    await watches.put(rowOfWatch({ ...watchOrder(), misses: 0, outcome: { kind: 'unmatched' } }));
    await changeTracker(watches, await tracker(), { state: 'live' });
    await cancelWatch(services, trackedVault, runId);
    expect((await watched())[0]?.cancelRequested).toBeUndefined();
    expect(raised).toHaveLength(2);
  });
});

describe('what a flow is told', () => {
  const completed = { list: () => listOf({ id: job(1), status: 'Completed', activityId: attempt(1) }) };
  const told = async (started: Json | undefined) => {
    const { services, raised, tick } = world(completed);
    await watchJob(services, watchOrder(started === undefined ? {} : { started }));
    await tick();
    await tick();
    return raised.find(({ name }) => name === 'job-1')?.payload as JsonObject;
  };

  test('has what the step gave that started the job, where the event holds it', async () => {
    expect(await told(undefined)).not.toHaveProperty('started');
    expect(await told({ a: 'b' })).toMatchObject({ event: 1, started: { a: 'b' } });
    expect(await told({ a: '備'.repeat(3000) })).toEqual({
      event: 1,
      outcome: expect.objectContaining({ kind: 'ended' }) as unknown,
    });
  });

  test('is said in the log where the flow is not there, ten times', async () => {
    const { services, logged, tick, watched } = world(completed, { raise: () => Promise.resolve('missing') });
    await watchJob(services, watchOrder());
    await tick();
    for (let ticks = 0; ticks < 12; ticks++) await tick();
    expect(logged).toEqual(
      Array.from({ length: 10 }, (_, at) => [
        ...['warning', 'The flow of a settled job is not there.', { runId, event: 1, untold: at + 1 }],
      ]),
    );
    expect(await watched()).toEqual([]);
  });

  test('is kept in the tracker for the next of the kind: how long its job took', async () => {
    const { services, tracker, tick } = world(completed);
    await watchJob(services, watchOrder());
    await tick();
    await tick();
    expect((await tracker()).tracker.durations).toEqual({ fileShare: [599] });
  });

  test('is told in few words where it does not fit into its row', async () => {
    const warnings = Array.from({ length: 5 }, () => 'x'.repeat(9000));
    const { services, raised, tick } = world({
      list: () => listOf({ id: job(1), status: 'Failed', activityId: attempt(1) }),
      read: () =>
        says(200, {
          name: job(1),
          properties: { status: 'Failed', errorDetails: [{ errorCode: 7, errorString: 'No snapshot.' }] },
        }),
    });
    const readJob = () => ({ kind: 'ended', ending: { warnings }, seen: { id: job(1), status: 'Failed' } });
    const { recoveryServices, dataProtection } = services.jobServices;
    Object.assign(services, {
      jobServices: { recoveryServices: { ...recoveryServices, readJob }, dataProtection },
    });
    await watchJob(services, watchOrder());
    await tick();
    await tick();
    expect(raised.map(({ payload }) => (payload as JsonObject)['outcome'])).toEqual([
      {
        kind: 'failed',
        failure: { code: 'RowRefused', message: 'What the job has come to does not fit into its row.' },
      },
    ]);
  });
});

describe('a job that outlives its run', () => {
  const until = '2026-08-22T02:30:00.000Z';
  const outlived = async (status: string) => {
    const finished: (readonly unknown[])[] = [];
    const stage = world(
      {
        list: () => listOf({ id: job(1), status: 'InProgress', activityId: attempt(1) }),
        read: () => says(200, { name: job(1), properties: { status: shown.status } }),
      },
      { finishLate: (...call) => Promise.resolve(void finished.push(call)) },
    );
    const shown = { status: 'InProgress' };
    await watchJob(stage.services, watchOrder({ giveUpAt: until }));
    const told = () => stage.raised.filter(({ name }) => name === 'job-1');
    while (told().length === 0) await stage.tick();
    shown.status = status;
    return { ...stage, finished, told };
  };

  test('is watched on for a week, and its ending goes into the record', async () => {
    const { clock, watched, told, finished, tick } = await outlived('Completed');
    expect(told().map(({ payload }) => ((payload as JsonObject)['outcome'] as JsonObject)['kind'])).toEqual([
      'timedOut',
    ]);
    const [late] = await watched();
    expect(late).toMatchObject({ jobId: job(1), late: true, goesOnAfterCancel: true });
    expect(late).not.toHaveProperty('outcome');
    expect(Date.parse(late?.giveUpAt ?? '') - clock.now).toBe(7 * 86_400_000);
    while (finished.length === 0) await tick();
    expect(finished).toMatchObject([[runId, 1, { ended: 'completed', job: { id: job(1) } }]]);
    expect([await watched(), told().length]).toEqual([[], 1]);
  });

  test('and the week is given up with a line in the log', async () => {
    const { clock, watched, told, finished, logged, tick } = await outlived('InProgress');
    clock.now += 8 * 86_400_000;
    for (let ticks = 0; ticks < 3 && (await watched()).length > 0; ticks++) await tick();
    expect([await watched(), finished, told().length]).toEqual([[], [], 1]);
    expect(logged).toEqual([['warning', 'A late job was not seen to end.', { runId, event: 1 }]]);
  });
});

describe('a tracker', () => {
  test.each([
    [600_000, 0],
    [600_001, 1],
  ])('that has not ticked for %i ms after it meant to is dead: %i revived', async (ms, revived) => {
    const { services, clock, tracker, logged } = world();
    await watchJob(services, watchOrder());
    clock.now += ms;
    expect(await watchTrackers(services)).toBe(revived);
    expect((await tracker()).tracker.generation).toBe(1 + revived);
    expect(logged).toEqual(
      revived === 0
        ? []
        : [
            [
              ...['warning', 'A job tracker was not there; a new generation goes on.'],
              { vault: vaultKey, generation: 2 },
            ],
          ],
    );
  });

  test('that is idle with nothing to watch is left alone, however long', async () => {
    const { services, clock, tracker, watches } = world();
    await watchJob(services, watchOrder());
    await watches.remove(vaultKey, `${runId}-1`);
    await changeTracker(watches, await tracker(), { state: 'idle' });
    for (let look = 0; look < 24; look++) {
      clock.now += 300_000;
      expect(await watchTrackers(services)).toBe(0);
    }
  });
});

describe('what a row of the list tells of an end', () => {
  const seen = (status: string) => ({ id: 'j', status });
  const unread = { code: 'Busy', message: 'Later.' };
  const missing = 'The details of the job could not be read, its row of the list decides: Busy.';

  test.each([
    ['completed', undefined, [], undefined],
    ['completedWithWarnings', unread, [missing], undefined],
    ['failed', undefined, [], { code: 'JobFailed', message: "The job's status is S." }],
    ['failed', unread, [], { code: 'JobFailed', message: `The job's status is S. ${missing}` }],
    ['cancelled', undefined, [], { code: 'JobCancelled', message: "The job's status is S." }],
  ] as const)('%s, details %j', (ended, without, warnings, failure) => {
    expect(endingOfRow(seen('S'), ended, without)).toEqual({
      ...{ job: seen('S'), ended, warnings },
      ...(failure && { failure }),
    });
  });
});

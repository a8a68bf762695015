import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  changeTracker,
  inBatches,
  listTrackers,
  readTracker,
  rowOfTracker,
  type Tracker,
} from '../../../src/jobs/trackerRow.ts';
import { inPlainWords } from '../../../src/jobs/trackerServices.ts';
import {
  findWatch,
  listWatches,
  rowOfWatch,
  vaultKeyOf,
  vaultOfBackup,
  type Watch,
} from '../../../src/jobs/watch.ts';
import { watchedRuns } from '../../../src/jobs/watchTrackers.ts';
import { memoryTable } from '../../support/memoryStorage.ts';
import { trackedVault, watchOrder } from '../../support/trackerWorld.ts';

const tracker: Tracker = {
  ...{ vaultKey: 'k1', vaultId: trackedVault, service: 'recoveryServices', subscriptionId: 's' },
  ...{ state: 'live', generation: 3, started: true, nextTickAt: '2026-08-22T02:01:00.000Z' },
  ...{ lastListAt: '2026-08-22T02:00:00.000Z', slotAt: '', pages: 2, mayHurry: false },
  durations: { fileShare: [120, 130] },
};
const watch = (differs: Partial<Watch> = {}): Watch => ({ ...watchOrder(), misses: 0, ...differs });

describe('the row of a tracker', () => {
  test('is one per vault, and read as it was written', async () => {
    const table = memoryTable();
    expect(await readTracker(table, 'k1')).toBeUndefined();
    await table.insert(rowOfTracker(tracker));
    await table.insert(rowOfTracker({ ...tracker, vaultKey: 'k2' }));
    expect((await readTracker(table, 'k1'))?.tracker).toEqual(tracker);
    expect((await listTrackers(table)).map(({ tracker: { vaultKey } }) => vaultKey)).toEqual(['k1', 'k2']);
    expect(table.rows()[0]).toMatchObject({ partitionKey: 'trackers', rowKey: 'k1' });
    expect(table.rows()[0]?.['durations']).toBe('{"fileShare":[120,130]}');
  });

  test('is changed by one of two who have read it', async () => {
    const table = memoryTable();
    await table.insert(rowOfTracker(tracker));
    const [one, other] = [await readTracker(table, 'k1'), await readTracker(table, 'k1')];
    if (!one || !other) throw new Error('there is no row');
    const changed = await changeTracker(table, one, { state: 'ending' });
    expect(changed?.tracker).toEqual({ ...tracker, state: 'ending' });
    expect(await changeTracker(table, other, { state: 'idle' })).toBeUndefined();
    expect((await readTracker(table, 'k1'))?.tracker.state).toBe('ending');
    expect(changed && (await changeTracker(table, changed, { state: 'idle' }))).toBeDefined();
  });
});

describe('the row of a watch', () => {
  test('lies with those of its vault, under its run and event, and is read as it was written', async () => {
    const table = memoryTable();
    const whole = watch({
      ...{ jobId: 'j', looked: true, unread: 2, untold: 1, cancelRequested: true },
      seen: { id: 'j', status: 'InProgress', progress: '40 %' },
      outcome: { kind: 'cancelRequested', jobId: 'j' },
      started: { vaultId: trackedVault, nested: [1, { a: null }] },
    });
    await table.insert(rowOfWatch(whole));
    const key = createHash('sha256').update(trackedVault.toLowerCase()).digest('hex').slice(0, 24);
    expect(vaultKeyOf(trackedVault.toUpperCase())).toBe(key);
    expect(table.rows()[0]).toMatchObject({ partitionKey: key, rowKey: `${'a'.repeat(40)}-1` });
    expect((await listWatches(table, key)).map((held) => held.watch)).toEqual([whole]);
  });

  test('of a run is the one of its latest event, counted as a number', async () => {
    const table = memoryTable();
    const other = 'b'.repeat(40);
    for (const [runId, event] of [
      ['a'.repeat(40), 2],
      ['a'.repeat(40), 10],
      ['a'.repeat(40), 9],
      [other, 11],
    ] as const)
      await table.insert(rowOfWatch(watch({ runId, event })));
    expect((await findWatch(table, trackedVault, 'a'.repeat(40)))?.watch.event).toBe(10);
    expect((await findWatch(table, trackedVault, other))?.watch.event).toBe(11);
    expect(await findWatch(table, trackedVault, 'c'.repeat(40))).toBeUndefined();
    expect(await findWatch(table, `${trackedVault}2`, other)).toBeUndefined();
  });
});

test('runs are watched whose vault has a tracker that is not idle', async () => {
  const table = memoryTable();
  for (const [at, state] of (['live', 'ending', 'idle'] as const).entries()) {
    const vaultId = `${trackedVault}${at}`;
    await table.insert(rowOfTracker({ ...tracker, vaultId, vaultKey: vaultKeyOf(vaultId), state }));
    await table.insert(rowOfWatch(watch({ vaultId, runId: `run-${at}` })));
    await table.insert(rowOfWatch(watch({ vaultId, runId: `run-${at}`, event: 2 })));
  }
  expect([...(await watchedRuns(table))].sort()).toEqual(['run-0', 'run-1']);
});

describe('the vault of a run’s backup', () => {
  const done = (result: unknown) => ({ outcome: { kind: 'done', result } });
  const handle = (vaultId: unknown) => done({ attemptId: 'a', vaultId });
  test.each([
    ['is that of the latest step that started one', [handle('/v/1'), done({}), handle('/v/2'), {}], '/v/2'],
    [
      'is none where no step has',
      [done({ vaultId: '/v/1' }), done({ attemptId: 'a' }), done(null)],
      undefined,
    ],
    [
      'is none where a step has failed',
      [{ outcome: { kind: 'failed', result: { attemptId: 'a', vaultId: 'v' } } }],
      undefined,
    ],
    ['is none where it is no text', [handle(7)], undefined],
    ['is none of texts', [done('attemptId vaultId')], undefined],
    ['is none without steps', [], undefined],
  ])('%s', (_, steps, vaultId) => {
    expect(vaultOfBackup(steps as never)).toBe(vaultId);
  });
});

describe('many are done in batches', () => {
  test('so many at once, all of them', async () => {
    let [running, most] = [0, 0];
    const done: number[] = [];
    await inBatches([1, 2, 3, 4, 5, 6, 7], 3, async (one) => {
      most = Math.max(most, ++running);
      await Promise.resolve();
      done.push(one);
      running -= 1;
    });
    expect([most, done.sort()]).toEqual([3, [1, 2, 3, 4, 5, 6, 7]]);
    await inBatches([], 3, () => Promise.reject(new Error('never')));
  });

  test('one that fails keeps no other from it, and the first failure is thrown', async () => {
    const done: number[] = [];
    const act = (one: number) =>
      one % 2 === 0 ? Promise.reject(new Error(`no ${one}`)) : Promise.resolve(void done.push(one));
    await expect(inBatches([1, 2, 3, 4, 5], 2, act)).rejects.toThrow('no 2');
    expect(done).toEqual([1, 3, 5]);
  });
});

test('what a service reads of jobs is kept and told in plain words', () => {
  const told = { jobId: 'j', activityId: 'a', seen: { id: 'j', status: 'sig=secret\n' } };
  const service = inPlainWords({
    readRows: () => [told],
    readJob: () => ({ kind: 'running', seen: told.seen }),
    pointOf: () => ({ call: 'the call', read: () => ({ id: 'p', at: 'sig=secret', tiers: [] }) }),
    listsBySpan: true,
  } as never);
  const reply = { status: 200, headers: {}, body: undefined };
  const seen = { id: 'j', status: 'sig=… ' };
  expect(service.readRows(reply)).toEqual([{ ...told, seen }]);
  expect(service.readJob(reply, 'j')).toEqual({ kind: 'running', seen });
  const point = service.pointOf({} as never, {} as never, new Date());
  expect([point.call, point.read(reply)]).toEqual(['the call', { id: 'p', at: 'sig=…', tiers: [] }]);
  expect(service.listsBySpan).toBe(true);
});

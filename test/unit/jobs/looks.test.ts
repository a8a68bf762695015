import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../src/arm/call.ts';
import type { Pacer, Slot } from '../../../src/pacer/pacer.ts';
import { rowOfTracker, type Tracker } from '../../../src/jobs/trackerRow.ts';
import type { TrackerServices } from '../../../src/jobs/trackerServices.ts';
import { rowOfWatch, vaultKeyOf, type Watch } from '../../../src/jobs/watch.ts';
import { watchJob } from '../../../src/jobs/watchJob.ts';
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

/** A vault with a tracker that has begun, and the watches that a test puts there. */
async function vaultWith(
  watches: readonly Partial<Watch>[],
  script: Partial<JobScript> = {},
  differs: Partial<TrackerServices> = {},
) {
  const world = trackerWorld({ list: () => listOf(), ...script });
  Object.assign(world.services, differs);
  for (const [at, watch] of watches.entries())
    await world.watches.insert(
      rowOfWatch({ ...watchOrder({ event: at + 1, attemptId: attempt(at + 1) }), misses: 0, ...watch }),
    );
  const tracker: Tracker = {
    ...{ vaultKey, vaultId: trackedVault, service: 'recoveryServices', generation: 1, started: true },
    ...{ subscriptionId: '11111111-2222-4333-8444-555555555555', state: 'live', pages: 1 },
    ...{ mayHurry: true, durations: {}, nextTickAt: '2026-08-22T02:00:00Z' },
  };
  await world.watches.insert(rowOfTracker(tracker));
  world.clock.now = Date.parse('2026-08-22T02:01:00Z');
  return world;
}
const endingsOf = ({ told }: { told: readonly { name: string; outcome: object }[] }) =>
  told.map(({ name, outcome }) => [name, (outcome as JsonObject)['kind']]);

describe('a job is recognised', () => {
  const ended = (id: string, activityId?: string) =>
    listOf({ id, status: 'Completed', ...(activityId !== undefined && { activityId }) });

  test('by its id in any case, whole or as the end of an ARM id', async () => {
    const upper = `/subscriptions/s/backupJobs/${job(1).toUpperCase()}`;
    const world = await vaultWith([{ jobId: upper }, { attemptId: attempt(9) }], {
      list: () => ended(job(1)),
    });
    await world.tick();
    expect(endingsOf(world)).toContainEqual(['job-1', 'ended']);
  });

  test('by what it was seen under before; its attempt’s id no longer counts', async () => {
    const seen = { id: job(1), status: 'InProgress' };
    const world = await vaultWith([{ seen }, { attemptId: attempt(9) }], {
      list: () => ended(job(1), attempt(5)),
    });
    await world.tick();
    expect(endingsOf(world)).toContainEqual(['job-1', 'ended']);
  });

  test('by the id of its attempt, in any case', async () => {
    const attemptId = 'ABCDEF00-0000-4000-8000-000000000001';
    const world = await vaultWith([{ attemptId }], { list: () => ended(job(1), attemptId.toLowerCase()) });
    await world.tick();
    expect(endingsOf(world)).toEqual([['job-1', 'ended']]);
  });

  test('never by an attempt without an id', async () => {
    const world = await vaultWith([{ attemptId: '', byItem: true, kind: 'other' }], {
      list: () => ended(job(1)),
    });
    await world.tick();
    expect(world.told).toEqual([]);
  });
});

describe('the jobs that are listed', () => {
  const spanOf = async (watches: readonly Partial<Watch>[]) => {
    const filters: string[] = [];
    const world = await vaultWith(watches, { list: (filter) => (filters.push(filter), listOf()) });
    await world.tick();
    return filters[0] ?? '';
  };

  test('began two minutes before the oldest backup that is watched, or later', async () => {
    expect(await spanOf([{ sentAt: '2026-08-22T01:30:00Z' }, {}])).toContain(
      "startTime eq '2026-08-22 01:28:00 AM'",
    );
  });

  test('began up to a day before, where a job that is not known stood in the way', async () => {
    expect(await spanOf([{ joined: true }, {}])).toContain("startTime eq '2026-08-21 01:58:00 AM'");
    expect(await spanOf([{ joined: true, jobId: job(1) }, {}])).toContain(
      "startTime eq '2026-08-22 01:58:00 AM'",
    );
  });
});

describe('a tick waits', () => {
  test('for no list that is not due, and says how many seconds', async () => {
    const world = await vaultWith([{}]);
    world.clock.now = Date.parse('2026-08-22T02:00:30.500Z');
    expect(await world.tick()).toEqual({
      ...{ inFlight: 1, nextTickAt: '2026-08-22T02:01:00.000Z', waitSeconds: 30 },
    });
    expect(world.requests).toEqual([]);
  });

  test('out what a timer that fires early has left over, and then lists', async () => {
    const paused: number[] = [];
    const world = await vaultWith([{}]);
    const pause = (ms: number) => (paused.push(ms), Promise.resolve(void (world.clock.now += ms)));
    Object.assign(world.services, { pause });
    world.clock.now = Date.parse('2026-08-22T02:00:59.200Z');
    await world.tick();
    expect([paused, world.requests]).toEqual([[800], ['list 02:01:00']]);
  });

  test('its turn with the vaults of its subscription and service that have jobs, and with no others', async () => {
    const world = await vaultWith([{}]);
    const others: readonly Partial<Tracker>[] = [
      { vaultKey: '0'.repeat(24) },
      { vaultKey: '1'.repeat(24), state: 'idle' },
      { vaultKey: '2'.repeat(24), subscriptionId: 'other' },
      { vaultKey: '3'.repeat(24), service: 'dataProtection' },
      { vaultKey: 'g'.repeat(24), state: 'ending' },
    ];
    const [own] = world.watches.rows().filter(({ partitionKey }) => partitionKey === 'trackers');
    for (const other of others)
      await world.watches.put({ ...(own as object), ...other, rowKey: other.vaultKey } as never);
    world.clock.now = Date.parse('2026-08-22T02:00:30Z');
    // Three vaults share 150 reads an hour: a list each 90 s, the second in turn 30 s after its first look.
    expect((await world.tick()).nextTickAt).toBe('2026-08-22T02:01:30.000Z');
  });

  test('no more once its generation has ended, or another goes on', async () => {
    const world = await vaultWith([{}]);
    expect(await world.tick(2)).toEqual({ inFlight: 0 });
    const [own] = world.watches.rows().filter(({ partitionKey }) => partitionKey === 'trackers');
    await world.watches.put({ ...(own as object), state: 'idle' } as never);
    expect(await world.tick(1)).toEqual({ inFlight: 0 });
    expect(world.requests).toEqual([]);
  });
});

describe('the turn of a recovery point', () => {
  const told = async (slots: readonly Slot[]) => {
    const left = [...slots];
    const pacer: Pacer = {
      reserve: ({ action }) =>
        Promise.resolve(
          action.includes('recoveryPoints') ? (left.shift() ?? { kind: 'go' }) : { kind: 'go' },
        ),
      confirm: () => Promise.resolve(left.shift() ?? { kind: 'go' }),
      learn: () => Promise.resolve(),
    };
    const list = () =>
      listOf(...[1, 2].map((n) => ({ id: job(n), status: 'Completed', activityId: attempt(n) })));
    const world = await vaultWith([{}, {}], { list }, { pacer });
    await world.tick();
    return { reads: world.pointReads, told: endingsOf(world) };
  };
  const wait = (time: string, more: object = {}): Slot => ({
    ...{ kind: 'wait', until: new Date(`2026-08-22T${time}Z`), ticket: new Date(`2026-08-22T${time}Z`) },
    ...more,
  });

  test('that comes within forty seconds is waited for', async () => {
    expect((await told([wait('02:01:39')])).reads).toEqual(['02:01:39', '02:01:39']);
    expect((await told([wait('02:01:40')])).reads).toEqual(['02:01:40']);
  });

  test.each([
    ['comes later', wait('02:01:41')],
    ['is not kept', wait('02:01:10', { reserved: false, ticket: undefined })],
  ])('that %s is not waited for, nor any other of this tick; the ends are told', async (_, slot) => {
    expect(await told([slot, slot])).toEqual({
      ...{ reads: [], told: expect.arrayContaining([['job-1', 'ended']]) as unknown },
    });
  });
});

test('a run whose job cannot be named by any id, and is one of several, is for a person to look at', async () => {
  const world = await vaultWith([{ byItem: true }], {
    list: () => listOf({ id: job(1), status: 'InProgress' }, { id: job(2), status: 'InProgress' }),
  });
  world.clock.now = Date.parse('2026-08-22T02:30:00Z');
  await world.tick();
  const outcomes = world.told.map(({ outcome }) => outcome as unknown as Record<string, Json>);
  expect(outcomes.map(({ kind }) => kind)).toEqual(['unknown']);
});

test('a watch that others change again and again is given up with an error', async () => {
  const { services, watches } = trackerWorld({ list: () => listOf() });
  const busy = { ...watches, insert: () => Promise.resolve({ kind: 'conflict' }) };
  await expect(watchJob({ ...services, watches: busy } as never, watchOrder())).rejects.toThrow(
    `The watch of run ${'a'.repeat(40)} was changed by others 20 times in a row.`,
  );
});

test('a job that was read alone and is gone with its vault fails; one that is not there yet does not', async () => {
  const answered = async (code: string) => {
    const world = await vaultWith([{ jobId: job(1) }], {
      read: () => says(404, { error: { code, message: 'Not found.' } }),
    });
    await world.tick();
    return endingsOf(world);
  };
  expect(await answered('ResourceGroupNotFound')).toEqual([['job-1', 'failed']]);
  expect(await answered('SubscriptionNotFound')).toEqual([['job-1', 'failed']]);
  expect(await answered('JobNotFound')).toEqual([]);
});

describe('what a look leaves in the row of a watch', () => {
  const rowOf = ({ watches }: Awaited<ReturnType<typeof vaultWith>>, event = 1) =>
    watches.rows().find(({ rowKey }) => rowKey === `${'a'.repeat(40)}-${event}`);
  const running = { read: () => says(200, { name: job(1), properties: { status: 'InProgress' } }) };

  test('of a job that runs is what was seen, written once', async () => {
    const world = await vaultWith([{ jobId: job(1), unread: 2 }], running);
    await world.tick();
    const row = rowOf(world);
    expect(row).toMatchObject({ looked: true, unread: 0 });
    expect(JSON.parse(String(row?.['seen']))).toMatchObject({ status: 'InProgress' });
    await world.tick();
    expect([world.requests.length, rowOf(world)]).toEqual([2, row]);
  });

  test('that gave nothing to read is counted; after three the job is listed', async () => {
    const world = await vaultWith([{ jobId: job(1) }], { read: () => says(500) });
    await world.tick();
    expect(rowOf(world)).toMatchObject({ looked: true, unread: 1 });
    for (let ticks = 0; ticks < 3; ticks++) await world.tick();
    expect(world.requests.map((request) => request.slice(0, 4))).toEqual([
      'read',
      'read',
      'read',
      'list',
      'read',
    ]);
  });

  test('that a 429 has answered is a look, and nothing else', async () => {
    const world = await vaultWith([{ jobId: job(1) }], { read: () => says(429) });
    await world.tick();
    expect(rowOf(world)).toMatchObject({ looked: true });
    expect(rowOf(world)).not.toHaveProperty('unread');
  });

  test('of a list without the job is a miss', async () => {
    const world = await vaultWith([{ byItem: true }]);
    await world.tick();
    expect(rowOf(world)).toMatchObject({ looked: true, misses: 1 });
    await world.tick();
    expect(rowOf(world)).toMatchObject({ misses: 1 });
  });

  test('of a list that others were due for is none before its own first look', async () => {
    const world = await vaultWith([{}, { sentAt: '2026-08-22T02:00:30Z', byItem: true }]);
    await world.tick();
    expect(rowOf(world, 2)).toMatchObject({ misses: 0 });
    expect(rowOf(world, 2)).not.toHaveProperty('looked');
  });
});

describe('a job whose time is over', () => {
  const giveUpAt = '2026-08-22T02:01:00.000Z';

  test('and that the list shows to run is told as it was seen', async () => {
    const list = () => listOf({ id: job(1), status: 'InProgress', activityId: attempt(1) });
    const world = await vaultWith([{ giveUpAt }], { list });
    await world.tick();
    expect(world.told).toMatchObject([
      {
        outcome: {
          ...{ kind: 'timedOut', job: { id: job(1), status: 'InProgress' } },
          failure: { code: 'JobStillRunning', message: 'The job still runs: InProgress.' },
        },
      },
    ]);
  });

  test('and that runs by its own words, or cannot be read, has shown no end', async () => {
    const seen = { id: job(1), status: 'InProgress' };
    for (const read of [
      () => says(429),
      () => says(500),
      () => says(200, { properties: { status: 'InProgress' } }),
    ]) {
      const world = await vaultWith([{ giveUpAt, jobId: job(1), seen }], { read });
      await world.tick();
      expect(world.told).toEqual([
        {
          name: 'job-1',
          outcome: {
            ...{ kind: 'timedOut', job: seen },
            failure: {
              code: 'JobStillRunning',
              message: 'The job has shown no end in the time it is followed for.',
            },
          },
        },
      ]);
    }
  });
});

test.each([
  [30, 'unmatched'],
  [29, undefined],
])('an operation is read while a fifth of its budget is left: %i of 150', async (left, kind) => {
  const lanes: unknown[] = [];
  const pacer: Pacer = {
    reserve: () => Promise.resolve({ kind: 'go' }),
    learn: () => Promise.resolve(),
    budget: (lane) => (lanes.push(lane), Promise.resolve({ left, limit: 150, perHour: 150 })),
  };
  const world = await vaultWith([{}], {}, { pacer });
  await world.tick();
  expect(world.told.map(({ outcome }) => outcome.kind)).toEqual(kind === undefined ? [] : [kind]);
  expect(lanes.at(-1)).toMatchObject({
    ...{ subscriptionId: '11111111-2222-4333-8444-555555555555', kind: 'read' },
  });
});

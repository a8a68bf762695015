import { describe, expect, test } from 'vitest';
import type { Pacer } from '../../../src/pacer/pacer.ts';
import { listWatches, rowOfWatch, vaultKeyOf } from '../../../src/jobs/watch.ts';
import { cancelWatch, watchJob } from '../../../src/jobs/watchJob.ts';
import { watchTrackers } from '../../../src/jobs/watchTrackers.ts';
import {
  attempt,
  job,
  jobRow,
  listOf,
  says,
  trackedVault,
  trackerWorld,
  watchOrder,
  type JobScript,
  type TrackerWorld,
} from '../../support/trackerWorld.ts';

const pointRow = (name: string, at: string) => ({
  id: name,
  properties: {
    objectType: 'AzureFileShareRecoveryPoint',
    recoveryPointTime: at,
    recoveryPointTierDetails: [{ type: 'InstantRP', status: 'Valid' }],
  },
});

async function watchMany(world: TrackerWorld, count: number): Promise<void> {
  for (let number = 1; number <= count; number++)
    await watchJob(
      world.services,
      watchOrder({ runId: String(number).padStart(40, '0'), attemptId: attempt(number) }),
    );
}

describe('a job', () => {
  test('is adopted by the id of the attempt: one list, no read of its operation', async () => {
    const world = trackerWorld({
      list: () => listOf({ id: job(1), status: 'Completed', activityId: attempt(1) }),
    });
    await watchJob(world.services, watchOrder());
    await world.tick();
    const answer = await world.tick();
    expect(world.requests).toEqual(['list 02:01:00']);
    expect(world.told).toMatchObject([
      { name: 'job-1', outcome: { kind: 'ended', ending: { ended: 'completed', job: { id: job(1) } } } },
    ]);
    expect(answer).toEqual({ inFlight: 0 });
  });

  test('that a scheduled backup started in the same minute is not taken for ours', async () => {
    const world = trackerWorld({
      list: () =>
        listOf(
          { id: job(9), status: 'Completed', activityId: attempt(999) },
          { id: job(1), status: 'InProgress', activityId: attempt(1) },
        ),
    });
    await watchJob(world.services, watchOrder());
    await world.tick();
    await world.tick();
    expect(world.told).toEqual([]);
  });

  test('that failed is read once, for its reasons', async () => {
    const world = trackerWorld({
      list: () => listOf({ id: job(1), status: 'Failed', activityId: attempt(1) }),
      read: () =>
        says(200, {
          name: job(1),
          properties: {
            status: 'Failed',
            errorDetails: [{ errorCode: 400141, errorString: 'No snapshot.' }],
          },
        }),
    });
    await watchJob(world.services, watchOrder());
    await world.tick();
    await world.tick();
    expect(world.requests).toEqual(['list 02:01:00', `read ${job(1)} 02:01:00`]);
    expect(world.told).toMatchObject([
      { outcome: { ending: { ended: 'failed', failure: { code: '400141', message: 'No snapshot.' } } } },
    ]);
  });

  test('that a list does not show has not ended: one read of it decides', async () => {
    const world = trackerWorld({
      list: (_filter, now) =>
        now < new Date('2026-08-22T02:01:30Z')
          ? listOf(
              { id: job(1), status: 'InProgress', activityId: attempt(1) },
              { id: job(2), status: 'InProgress', activityId: attempt(2) },
            )
          : listOf({ id: job(2), status: 'InProgress', activityId: attempt(2) }),
      read: () => says(200, { name: job(1), properties: { status: 'InProgress' } }),
    });
    await watchMany(world, 2);
    await world.tick();
    await world.tick();
    await world.tick();
    expect(world.requests).toEqual(['list 02:01:00', 'list 02:02:00', `read ${job(1)} 02:02:00`]);
    expect(world.told).toEqual([]);
  });

  test('alone in its vault is read once its slot has come, not at the next turn', async () => {
    let reads = 0;
    const slow: Pacer = {
      reserve: (_lane, now) =>
        Promise.resolve(
          ++reads === 2
            ? { kind: 'wait', until: new Date(now.getTime() + 40_000), reserved: false }
            : { kind: 'go' },
        ),
      learn: () => Promise.resolve(),
    };
    const world = trackerWorld(
      {
        list: () => listOf({ id: job(1), status: 'InProgress', activityId: attempt(1) }),
        read: () => says(200, { name: job(1), properties: { status: 'Completed' } }),
      },
      { pacer: slow },
    );
    await watchJob(world.services, watchOrder());
    for (let ticks = 0; ticks < 4; ticks++) await world.tick();
    expect(world.requests).toEqual(['list 02:01:00', `read ${job(1)} 02:02:40`]);
  });

  test('whose list has a slot waits once more when a reply has pushed that back', async () => {
    const shown: string[] = [];
    const pushing: Pacer = {
      reserve: (_lane, now) =>
        Promise.resolve({
          kind: 'wait',
          until: new Date(now.getTime() + 20_000),
          ticket: new Date('2026-08-22T02:01:07Z'),
        }),
      confirm: (_lane, ticket, now) => {
        shown.push(ticket.toISOString());
        const until = new Date(now.getTime() + 30_000);
        return Promise.resolve(shown.length === 1 ? { kind: 'wait', until, ticket } : { kind: 'go' });
      },
      learn: () => Promise.resolve(),
    };
    const list = () => listOf({ id: job(1), status: 'InProgress', activityId: attempt(1) });
    const world = trackerWorld({ list }, { pacer: pushing });
    await watchJob(world.services, watchOrder());
    for (let ticks = 0; ticks < 4; ticks++) await world.tick();
    expect(world.requests).toEqual(['list 02:01:50']);
    expect(shown).toEqual(['2026-08-22T02:01:07.000Z', '2026-08-22T02:01:07.000Z']);
  });

  test('whose id nobody echoes sends its run to the operation, while that budget lasts', async () => {
    const world = trackerWorld({ list: () => listOf({ id: job(1), status: 'InProgress' }) });
    await watchJob(world.services, watchOrder());
    await world.tick();
    await world.tick();
    expect(world.told).toEqual([{ name: 'job-1', outcome: { kind: 'unmatched' } }]);
  });

  test('whose id nobody echoes is taken by item, operation and start where operations may not be read', async () => {
    const poor: Pacer = {
      reserve: () => Promise.resolve({ kind: 'go' }),
      learn: () => Promise.resolve(),
      budget: ({ action }) =>
        Promise.resolve(
          action.includes('backupOperations') ? { left: 10, limit: 150, perHour: 150 } : undefined,
        ),
    };
    const world = trackerWorld(
      {
        list: () =>
          listOf({ id: job(2), status: 'InProgress', share: 'plans' }, { id: job(1), status: 'Completed' }),
        read: () => says(200, jobRow({ id: job(1), status: 'Completed' })),
      },
      { pacer: poor },
    );
    await watchJob(world.services, watchOrder());
    // Its own may be listed six minutes after the sending: until then another's may be all there is to see.
    while (world.clock.now < Date.parse('2026-08-22T02:05:00Z')) await world.tick();
    expect(world.told).toEqual([]);
    for (let ticks = 0; ticks < 2; ticks++) await world.tick();
    expect(world.told).toMatchObject([
      { outcome: { kind: 'ended', ending: { job: { id: job(1) }, isTakenByStart: true } } },
    ]);
  });

  test('whose next page is gone says nothing about the vault: the watch goes on', async () => {
    const nextLink = `https://management.azure.com${trackedVault}/backupJobs?page=2`;
    const world = trackerWorld({
      list: (filter) =>
        filter.includes('page=2')
          ? says(404, { error: { code: 'ResourceNotFound', message: 'No such page.' } })
          : says(200, { value: [], nextLink }),
    });
    await watchJob(world.services, watchOrder());
    await world.tick();
    expect(await world.tick()).toMatchObject({ inFlight: 1, nextTickAt: '2026-08-22T02:02:00.000Z' });
    expect(world.told).toEqual([]);
  });

  test('of a vault that is gone ends the watch with the words of the gateway', async () => {
    const world = trackerWorld({
      list: () => says(404, { error: { code: 'ResourceNotFound', message: 'The vault is gone.' } }),
    });
    await watchJob(world.services, watchOrder());
    await world.tick();
    await world.tick();
    expect(world.told).toMatchObject([
      { outcome: { kind: 'failed', failure: { code: 'ResourceNotFound' } } },
    ]);
  });

  test('that the vault does not know yet has not ended: a job may be unreadable in its first moments', async () => {
    let reads = 0;
    const unknown = says(404, { error: { code: 'JobNotFound', message: 'There is no such job.' } });
    const world = trackerWorld({
      list: () => listOf(),
      read: () => (++reads < 3 ? unknown : says(200, jobRow({ id: job(1), status: 'Completed' }))),
    });
    await watchJob(world.services, watchOrder({ jobId: job(1) }));
    for (let ticks = 0; ticks < 3; ticks++) await world.tick();
    expect(world.told).toEqual([]);
    await world.tick();
    expect(world.told).toMatchObject([{ outcome: { kind: 'ended', ending: { job: { id: job(1) } } } }]);
  });

  test('that runs on is followed to the end of its time, and may still run', async () => {
    const world = trackerWorld({
      list: () => listOf({ id: job(1), status: 'InProgress', activityId: attempt(1) }),
      read: () => says(200, { name: job(1), properties: { status: 'InProgress' } }),
    });
    await watchJob(world.services, watchOrder());
    for (let ticks = 0; ticks < 200 && world.told.length === 0; ticks++) await world.tick();
    expect(world.told).toMatchObject([{ outcome: { kind: 'timedOut', job: { status: 'InProgress' } } }]);
  });
});

describe('a job that the list shows failed and whose details', () => {
  const failedList = () => listOf({ id: job(1), status: 'Failed', activityId: attempt(1) });
  const detailsAfter = (refusals: number, status: number) => {
    let reads = 0;
    return trackerWorld({
      list: failedList,
      read: () =>
        ++reads <= refusals
          ? says(status, { error: { code: 'Busy', message: 'Later.' } })
          : says(200, {
              name: job(1),
              properties: { status: 'Failed', errorDetails: [{ errorCode: 7, errorString: 'No snapshot.' }] },
            }),
    });
  };
  const tickUntilTold = async (world: TrackerWorld) => {
    await watchJob(world.services, watchOrder());
    for (let ticks = 0; ticks < 60 && world.told.length === 0; ticks++) await world.tick();
    return world.told[0]?.outcome;
  };

  test('are throttled is asked about until they can be read: a 429 says nothing about it', async () => {
    expect(await tickUntilTold(detailsAfter(12, 429))).toMatchObject({
      kind: 'ended',
      ending: { failure: { code: '7', message: 'No snapshot.' } },
    });
  });

  test('cannot be read four times is asked about a fifth', async () => {
    expect(await tickUntilTold(detailsAfter(4, 500))).toMatchObject({
      kind: 'ended',
      ending: { failure: { code: '7' } },
    });
  });

  test('cannot be read five times ends as its row says, which tells that reasons are missing', async () => {
    const world = detailsAfter(1000, 500);
    expect(await tickUntilTold(world)).toMatchObject({
      kind: 'ended',
      ending: {
        ended: 'failed',
        job: { id: job(1), status: 'Failed' },
        failure: {
          code: 'JobFailed',
          message:
            "The job's status is Failed. The details of the job could not be read, its row of the list decides: Busy.",
        },
        warnings: [],
      },
    });
    expect(world.requests.filter((request) => request.startsWith('read'))).toHaveLength(5);
  });
});

describe('a job that stood in the way and that no list shows', () => {
  test.each([
    [
      'is not waited for longer than half an hour: nobody knows how it ended',
      { joined: true as const },
      'unknown',
      '02:30:00',
    ],
    ['but for its joining is waited for to the end of its time', {}, 'timedOut', '08:00:00'],
  ])('%s', async (_what, differs, kind, at) => {
    const world = trackerWorld({ list: () => listOf() });
    await watchJob(world.services, watchOrder({ attemptId: '', byItem: true, ...differs }));
    for (let ticks = 0; ticks < 500 && world.told.length === 0; ticks++) await world.tick();
    expect(world.told).toMatchObject([{ outcome: { kind, failure: { code: 'JobNotFound' } } }]);
    const lateMs = world.clock.now - Date.parse(`2026-08-22T${at}Z`);
    expect(lateMs).toBeGreaterThanOrEqual(0);
    expect(lateMs).toBeLessThan(5 * 60_000);
  });
});

describe('a list', () => {
  test('that is stale by two ticks costs time alone', async () => {
    const shown = (now: Date) => (now < new Date('2026-08-22T02:03:00Z') ? 'InProgress' : 'Completed');
    const world = trackerWorld({
      list: (_filter, now) =>
        listOf(
          { id: job(1), status: shown(now), activityId: attempt(1) },
          { id: job(2), status: shown(now), activityId: attempt(2) },
        ),
    });
    await watchMany(world, 2);
    for (let ticks = 0; ticks < 4; ticks++) await world.tick();
    expect(world.requests).toEqual(['list 02:01:00', 'list 02:02:00', 'list 02:03:00']);
    expect(world.told.map(({ outcome }) => outcome.kind)).toEqual(['ended', 'ended']);
  });

  test('that was cut silently at 400 rows is asked for in halves until it is whole', async () => {
    const start = (number: number) => new Date(Date.parse('2026-08-22T02:00:00Z') + number * 100);
    const rows = Array.from({ length: 600 }, (_, index) => ({
      id: job(index + 1),
      status: 'Completed',
      activityId: attempt(index + 1),
      startedAt: start(index).toISOString(),
    }));
    const clockTime = (filter: string, name: string): number => {
      const [, date, hour, rest, half] =
        new RegExp(`${name} eq '(\\S+) (\\d\\d):(\\S+) (AM|PM)'`).exec(filter) ?? [];
      const hours = (Number(hour) % 12) + (half === 'PM' ? 12 : 0);
      return Date.parse(`${date}T${String(hours).padStart(2, '0')}:${rest}Z`);
    };
    const world = trackerWorld({
      list: (filter) => {
        const [from, to] = [clockTime(filter, 'startTime'), clockTime(filter, 'endTime')];
        const within = rows.filter(({ startedAt }) => {
          const at = Date.parse(startedAt);
          return at >= from && at <= to + 999;
        });
        return listOf(...within.slice(0, 400));
      },
    });
    await watchMany(world, 600);
    await world.tick();
    await world.tick();
    expect(world.told.filter(({ outcome }) => outcome.kind === 'ended')).toHaveLength(600);
    expect(world.requests.filter((request) => request.startsWith('read'))).toEqual([]);
  });

  test('is read to its last page', async () => {
    const row = (number: number) => ({ id: job(number), status: 'Completed', activityId: attempt(number) });
    const world = trackerWorld({
      list: (filter) =>
        filter.startsWith('https:')
          ? listOf(row(2))
          : says(200, { value: [jobRow(row(1))], nextLink: 'https://management.azure.com/next' }),
    });
    await watchMany(world, 2);
    await world.tick();
    await world.tick();
    expect(world.requests).toEqual(['list 02:01:00', 'page 02:01:00']);
    expect(world.told).toHaveLength(2);
  });

  test('that is refused for its budget waits as the message says, and loses nothing', async () => {
    const message = "Number of requests exceeded. Please try again after '324' seconds.";
    const world = trackerWorld({
      list: (_filter, now) =>
        now < new Date('2026-08-22T02:05:00Z')
          ? says(429, { error: { code: 'ResourceRequestsThrottled', message } })
          : listOf({ id: job(1), status: 'Completed', activityId: attempt(1) }),
    });
    await watchJob(world.services, watchOrder());
    for (let ticks = 0; ticks < 3; ticks++) await world.tick();
    expect(world.requests).toEqual(['list 02:01:00', 'list 02:06:24']);
    expect(world.told).toHaveLength(1);
  });
});

describe('an outcome', () => {
  test('of a backup that was made is told with the recovery point that the list shows', async () => {
    const world = trackerWorld({
      list: () => listOf({ id: job(1), status: 'Completed', activityId: attempt(1) }),
      points: () => says(200, { value: [pointRow('point-1', '2026-08-22T02:00:05Z')] }),
    });
    await watchJob(world.services, watchOrder({ expiresAt: '2026-09-21T02:00:00.000Z' }));
    await world.tick();
    await world.tick();
    expect(world.pointReads).toEqual(['02:01:00']);
    const tiers = [{ type: 'InstantRP', expiresAt: '2026-09-21T02:00:00.000Z' }];
    expect(world.told).toMatchObject([
      { outcome: { ending: { recoveryPoint: { id: 'point-1', at: '2026-08-22T02:00:05.000Z', tiers } } } },
    ]);
  });

  test('says that no recovery point is there yet, and is silent about a list that cannot be read', async () => {
    const tellWith = async (points: JobScript['points']) => {
      const list = () => listOf({ id: job(1), status: 'Completed', activityId: attempt(1) });
      const world = trackerWorld({ list, ...(points && { points }) });
      await watchJob(world.services, watchOrder());
      await world.tick();
      await world.tick();
      return world.told.map(({ outcome }) => outcome.kind === 'ended' && outcome.ending['recoveryPoint']);
    };
    expect(await tellWith(() => says(200, { value: [] }))).toEqual([null]);
    expect(await tellWith(() => says(403, { error: { code: 'Forbidden', message: 'no' } }))).toEqual([
      undefined,
    ]);
    expect(
      await tellWith(() => says(200, { value: [pointRow('of-later', '2026-08-22T02:30:00Z')] })),
    ).toEqual([null]);
  });

  test('of a failed backup, of a restore, and of a budget that is spent is told without looking for a point', async () => {
    const failed = trackerWorld({
      list: () => listOf({ id: job(1), status: 'Failed', activityId: attempt(1) }),
      read: () => says(200, { name: job(1), properties: { status: 'Failed' } }),
    });
    await watchJob(failed.services, watchOrder());
    await failed.tick();
    await failed.tick();
    expect([failed.told.length, failed.pointReads]).toEqual([1, []]);
    const list = () => listOf({ id: job(1), status: 'Completed', activityId: attempt(1) });
    const restored = trackerWorld({ list });
    await watchJob(restored.services, watchOrder({ operation: 'Restore' }));
    await restored.tick();
    await restored.tick();
    expect([restored.told.length, restored.pointReads]).toEqual([1, []]);
    const spent: Pacer = {
      reserve: ({ action }, now) =>
        Promise.resolve(
          action.includes('recoveryPoints')
            ? { kind: 'wait', until: new Date(now.getTime() + 50_000) }
            : { kind: 'go' },
        ),
      learn: () => Promise.resolve(),
    };
    const waiting = trackerWorld({ list }, { pacer: spent });
    await watchJob(waiting.services, watchOrder());
    await waiting.tick();
    await waiting.tick();
    expect([waiting.told.length, waiting.pointReads]).toEqual([1, []]);
  });

  test('of a failed backup is told before anybody waits for the turn of a recovery point', async () => {
    const world = trackerWorld({
      list: () =>
        listOf(
          { id: job(1), status: 'Completed', activityId: attempt(1) },
          { id: job(2), status: 'Failed', activityId: attempt(2) },
        ),
      read: () => says(200, { name: job(2), properties: { status: 'Failed' } }),
    });
    await watchJob(world.services, watchOrder({ attemptId: attempt(1) }));
    await watchJob(world.services, watchOrder({ runId: 'b'.repeat(40), event: 2, attemptId: attempt(2) }));
    await world.tick();
    await world.tick();
    expect(world.told.map(({ name }) => name)).toEqual(['job-2', 'job-1']);
  });

  test('waits for the turn of its recovery point, at most so long as the tick may', async () => {
    const soon: Pacer = {
      reserve: ({ action }, now) =>
        Promise.resolve(
          action.includes('recoveryPoints')
            ? { kind: 'wait', until: new Date(now.getTime() + 20_000) }
            : { kind: 'go' },
        ),
      learn: () => Promise.resolve(),
    };
    const world = trackerWorld(
      { list: () => listOf({ id: job(1), status: 'Completed', activityId: attempt(1) }) },
      { pacer: soon },
    );
    await watchJob(world.services, watchOrder());
    await world.tick();
    await world.tick();
    expect(world.pointReads).toEqual(['02:01:20']);
  });

  test('that no flow has acknowledged is raised again at the next tick', async () => {
    const names: string[] = [];
    const world = trackerWorld(
      { list: () => listOf({ id: job(1), status: 'Completed', activityId: attempt(1) }) },
      {
        raise: (_instance, name) => {
          names.push(name);
          return Promise.resolve(names.length === 1 ? 'missing' : 'raised');
        },
      },
    );
    await watchJob(world.services, watchOrder());
    await world.tick();
    expect(await world.tick()).toMatchObject({ inFlight: 1, nextTickAt: expect.any(String) });
    await world.tick();
    expect(names).toEqual(['job-1', 'job-1']);
    expect(world.requests).toHaveLength(1);
  });

  test('whose flow the platform has lost does not keep the tracker awake for ever', async () => {
    const world = trackerWorld(
      { list: () => listOf({ id: job(1), status: 'Completed', activityId: attempt(1) }) },
      { raise: () => Promise.resolve('missing') },
    );
    await watchJob(world.services, watchOrder());
    let ticks = 0;
    while (ticks < 50 && (await world.tick()).nextTickAt !== undefined) ticks += 1;
    expect(ticks).toBeLessThan(20);
    expect(await listWatches(world.watches, vaultKeyOf(trackedVault))).toEqual([]);
  });

  test('is told at once to a run that asks again', async () => {
    const world = trackerWorld(
      { list: () => listOf({ id: job(1), status: 'Completed', activityId: attempt(1) }) },
      { raise: () => Promise.resolve('missing') },
    );
    await watchJob(world.services, watchOrder());
    await world.tick();
    await world.tick();
    expect(await watchJob(world.services, watchOrder())).toMatchObject({ kind: 'ended' });
  });
});

test('a run that is to stop is told its job before the next list is due', async () => {
  const world = trackerWorld({
    list: () => listOf({ id: job(1), status: 'InProgress', activityId: attempt(1) }),
  });
  await watchJob(world.services, watchOrder());
  await world.tick();
  await world.tick();
  await cancelWatch(world.services, trackedVault, 'a'.repeat(40));
  await world.tick();
  expect(world.told).toEqual([{ name: 'job-1', outcome: { kind: 'cancelRequested', jobId: job(1) } }]);
});

test('a tracker that has died gets a new generation from the watchdog, and its old one ends', async () => {
  const started: string[] = [];
  const world = trackerWorld({
    list: () => listOf({ id: job(1), status: 'InProgress', activityId: attempt(1) }),
  });
  const services = {
    ...world.services,
    start: (_name: string, id: string) => {
      started.push(id.slice(-2));
      return Promise.resolve('started' as const);
    },
  };
  await watchJob(services, watchOrder());
  world.clock.now += 700_000;
  expect(await watchTrackers(services)).toBe(1);
  expect(started).toEqual(['-1', '-2']);
  expect(await world.tick(1)).toEqual({ inFlight: 0 });
  expect(await world.tick(2)).toMatchObject({ inFlight: 1, nextTickAt: expect.any(String) });
});

test('a dead tracker that cannot be started keeps no other from its new generation', async () => {
  const world = trackerWorld({ list: () => listOf() });
  await watchJob(world.services, watchOrder());
  await watchJob(world.services, watchOrder({ vaultId: `${trackedVault}2`, runId: 'b'.repeat(40) }));
  world.clock.now += 700_000;
  const asked: string[] = [];
  const start = (_name: string, id: string) =>
    asked.push(id) === 1 ? Promise.reject(new Error('no answer')) : Promise.resolve('started' as const);
  await expect(watchTrackers({ ...world.services, start })).rejects.toThrow('no answer');
  expect(asked).toHaveLength(2);
});

test('a backup whose time cannot be read does not stop the tracker of its vault', async () => {
  const world = trackerWorld({
    list: () => listOf({ id: job(1), status: 'Completed', activityId: attempt(1) }),
    read: () => says(200, { name: job(2), properties: { status: 'Completed' } }),
  });
  await watchJob(world.services, watchOrder({ runId: 'b'.repeat(40), sentAt: '', jobId: job(2) }));
  await watchJob(world.services, watchOrder());
  await world.tick();
  await world.tick();
  expect(world.told.map(({ outcome }) => outcome.kind)).toEqual(['ended', 'ended']);
});

test('a job whose watch was written by one who died then is followed within the hour, in a vault with no other job', async () => {
  const world = trackerWorld({
    list: () => listOf({ id: job(1), status: 'Completed', activityId: attempt(1) }),
  });
  await watchJob(world.services, watchOrder());
  await world.tick();
  expect(await world.tick()).toEqual({ inFlight: 0 });
  await world.services.watches.insert(rowOfWatch({ ...watchOrder({ runId: 'b'.repeat(40) }), misses: 0 }));
  let revived = 0;
  for (let look = 0; look < 12; look++) {
    world.clock.now += 300_000;
    revived += await watchTrackers(world.services);
    if (revived > 0) break;
  }
  expect(revived).toBe(1);
  await world.tick(2);
  expect(world.told).toHaveLength(2);
});

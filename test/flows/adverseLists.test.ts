import { describe, expect, test } from 'vitest';
import type { FaultRuleSeed } from '../../local/arm-simulator/faults.ts';
import type { WorldSeed } from '../../local/arm-simulator/world.ts';
import { watchJob } from '../../src/jobs/watchJob.ts';
import type { EmbeddedApp } from '../support/embeddedApp.ts';
import { allEnded, askForEach, fleetWorld, sentAt, shareJobs } from '../support/shareFleet.ts';
import { jobRow, says, trackerWorld, watchOrder } from '../support/trackerWorld.ts';

const listFault = (fault: object): readonly FaultRuleSeed[] => [
  { on: 'recoveryServices.jobs', times: 0, fault: { kind: 'list', ...fault } } as FaultRuleSeed,
];

interface Told {
  readonly endings: readonly string[];
  readonly backups: number;
  /** Whether each run has told the job that its own request has started. */
  readonly ownJobs: boolean;
  readonly app: EmbeddedApp;
}

/** Backs up every share under faults, and checks each record against what the service has done. */
async function backUpUnder(
  jobs: Readonly<Record<string, number>>,
  faults: readonly FaultRuleSeed[],
  settings: NonNullable<WorldSeed['settings']> = {},
): Promise<Told> {
  const { app, ids } = await askForEach({ world: fleetWorld(jobs, settings), faults }, Object.keys(jobs));
  const records = await allEnded(app, ids);
  const started = app.simulator.effects.all().filter(({ kind }) => kind === 'backup');
  await app.stop();
  const endings = [...new Set(records.map(({ status }) => status))];
  const told = records.map(({ job }) => job?.id.toLowerCase()).sort();
  const ownJobs =
    told.join() ===
    started
      .map(({ id }) => id?.toLowerCase())
      .sort()
      .join();
  return { endings, backups: started.length, ownJobs, app };
}

const echoes = [
  ['with', true],
  ['without', false],
] as const;

describe('a job list', () => {
  test.each(echoes)('stale by two ticks costs time alone, %s echoed ids', async (_word, echoActivityId) => {
    const faults = listFault({ variant: 'stale', seconds: 120 });
    const told = await backUpUnder(shareJobs(6, 3, 90), faults, { echoActivityId });
    expect(told).toMatchObject({ endings: ['completed'], backups: 6, ownJobs: true });
  });

  test.each(echoes)(
    'whose pages shift while jobs end loses none, %s echoed ids',
    async (_word, echoActivityId) => {
      const faults: readonly FaultRuleSeed[] = [
        ...listFault({ variant: 'shift' }),
        { on: 'recoveryServices.jobs', times: 0, fault: { kind: 'delay', seconds: 7 } },
      ];
      const told = await backUpUnder(shareJobs(12, 50, 13), faults, { pageSize: 3, echoActivityId });
      expect(told).toMatchObject({ endings: ['completed'], backups: 12, ownJobs: true });
      expect(sentAt(told.app, 'recoveryServices.job').length).toBeGreaterThan(0);
    },
  );

  test.each(echoes)('cut silently at any length loses none, %s echoed ids', async (_word, echoActivityId) => {
    const faults = listFault({ variant: 'cut', rows: 3 });
    const told = await backUpUnder(shareJobs(8, 100, 60), faults, { echoActivityId });
    expect(told).toMatchObject({ endings: ['completed'], backups: 8, ownJobs: true });
  });

  test('that shows nothing at all for an hour ends no run, and none is sent again', async () => {
    const faults: readonly FaultRuleSeed[] = [
      { on: 'recoveryServices.jobs', times: 60, fault: { kind: 'list', variant: 'empty' } },
    ];
    const told = await backUpUnder(shareJobs(3, 1800, 60), faults);
    expect(told).toMatchObject({ endings: ['completed'], backups: 3, ownJobs: true });
  });
});

describe('a vault', () => {
  const [count, perPage] = [2000, 200];
  const guid = (group: string, number: number) =>
    `${group}0000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
  const start = Date.parse('2026-08-22T02:00:00Z');
  const endsAt = (number: number) => start + 300_000 + number * 700;

  test('of two thousand jobs tells each of them once, for less than a list of ten pages a minute', async () => {
    const rowAt = (number: number, now: Date) =>
      jobRow({
        ...{ id: guid('1', number), activityId: guid('0', number) },
        status: now.getTime() < endsAt(number) ? 'InProgress' : 'Completed',
      });
    const pageOf = (from: number, now: Date) => ({
      value: Array.from({ length: perPage }, (_, index) => rowAt(from + index, now)),
      ...(from + perPage < count
        ? { nextLink: `https://management.azure.com/jobs?from=${from + perPage}` }
        : {}),
    });
    const world = trackerWorld({
      list: (asked, now) => says(200, pageOf(Number(/from=(\d+)/.exec(asked)?.[1] ?? 0), now)),
    });
    for (let number = 0; number < count; number++)
      await watchJob(
        world.services,
        watchOrder({ runId: String(number).padStart(40, '0'), attemptId: guid('0', number) }),
      );
    for (let ticks = 0; ticks < 200 && (await world.tick()).nextTickAt !== undefined; ticks++);
    expect(world.told).toHaveLength(count);
    expect(new Set(world.told.map(({ outcome }) => outcome.kind))).toEqual(new Set(['ended']));
    expect(world.watches.rows().map((row) => row['state'])).toEqual(['idle']);
    const minutes = (world.clock.now - start) / 60_000;
    expect(world.requests.length).toBeLessThanOrEqual(10 * minutes);
  });
});

test('an operation that is not there for the first polls after its 202 is asked for again, and names its job', async () => {
  const faults: readonly FaultRuleSeed[] = [
    {
      on: 'recoveryServices.itemStatus',
      times: 2,
      fault: { kind: 'reply', status: 404, code: 'OperationNotFound', message: 'Not found.' },
    },
  ];
  const told = await backUpUnder({ docs: 300 }, faults, { echoActivityId: false });
  expect(told).toMatchObject({ endings: ['completed'], backups: 1, ownJobs: true });
  expect(sentAt(told.app, 'recoveryServices.itemStatus').length).toBeGreaterThan(2);
});

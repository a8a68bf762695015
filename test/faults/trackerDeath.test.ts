import { describe, expect, test } from 'vitest';
import type { WatchOutcome } from '../../src/arm/backupJob.ts';
import type { DeathPoint } from '../support/mortalPorts.ts';
import {
  liveThrough,
  type Aftermath,
  type TrackerLives,
  type TrackerStory,
} from '../support/trackerLives.ts';
import { allEnded, askForEach, fleetWorld, shareJobs } from '../support/shareFleet.ts';
import { jobRow, listOf, says, watchOrder, type JobRow } from '../support/trackerWorld.ts';

const at = (time: string): string => `2026-08-22T${time}:00Z`;
const id = (run: string): string => `${run.repeat(8)}-0000-4000-8000-000000000001`;

interface Played {
  readonly run: string;
  readonly endsAt: string;
  readonly status: string;
  readonly isEchoed: boolean;
  readonly giveUpAt?: string;
}

/** Completed; failed, so read by itself; named by its operation alone; longer than its run follows it. */
const jobs: readonly Played[] = [
  { run: 'a', endsAt: at('02:05'), status: 'Completed', isEchoed: true },
  { run: 'b', endsAt: at('02:08'), status: 'Failed', isEchoed: true },
  { run: 'c', endsAt: at('02:11'), status: 'Completed', isEchoed: false },
  { run: 'd', endsAt: at('02:34'), status: 'Completed', isEchoed: true, giveUpAt: at('02:15') },
];

const rowAt = ({ run, endsAt, status, isEchoed }: Played, now: Date): JobRow => ({
  ...{ id: id(run), share: run, status: now < new Date(endsAt) ? 'InProgress' : status },
  ...(isEchoed ? { activityId: id(run) } : {}),
});

const orderOf = ({ run, giveUpAt }: Played) =>
  watchOrder({
    ...{ runId: run.repeat(40), attemptId: id(run), friendlyName: run },
    ...(giveUpAt === undefined ? {} : { giveUpAt }),
  });

function story(deathAt?: DeathPoint, aftermath?: Aftermath): TrackerStory {
  return {
    script: (now) => ({
      list: () => listOf(...jobs.map((job) => rowAt(job, now()))),
      read: (jobId) => {
        const job = jobs.find(({ run }) => id(run) === jobId);
        return job ? says(200, jobRow(rowAt(job, now()))) : says(404);
      },
    }),
    orders: jobs.map(orderOf),
    // The operation has told the job's id: the run watches it under the next event.
    next: (order, { kind }: WatchOutcome) =>
      kind === 'unmatched' ? { ...order, event: 2, byItem: true, jobId: order.attemptId } : undefined,
    ...(deathAt ? { deathAt } : {}),
    ...(aftermath ? { aftermath } : {}),
  };
}

const told = [
  'a job-1: ended',
  'b job-1: ended',
  'c job-1: unmatched',
  'c job-2: ended',
  'd job-1: timedOut',
];

function faultsOf(lives: TrackerLives, undisturbed: TrackerLives): string[] {
  const { woken, late, left, raised, endedAt } = lives;
  const repeats = raised.length - new Set(raised).size;
  const minutes = (endedAt - undisturbed.endedAt) / 60_000;
  return [
    ...([...woken].sort().join() === told.join() ? [] : [`woken: ${woken.join(', ')}`]),
    ...(new Set(late).size === 1 && late[0] === 'd completed' ? [] : [`late: ${late.join(', ')}`]),
    ...(left.join() === 'idle' ? [] : [`left: ${left.join(', ')}`]),
    ...(repeats <= 1 ? [] : [`${repeats} events were raised again`]),
    ...(minutes <= 20 ? [] : [`${minutes} minutes late`]),
  ];
}

describe('a tracker', () => {
  test('that nothing befalls wakes each run once for each of its waits, and ends', async () => {
    const lives = await liveThrough(story());
    expect([...lives.woken].sort()).toEqual(told);
    expect(lives.raised).toHaveLength(told.length);
    expect(lives.late).toEqual(['d completed']);
    expect(lives.left).toEqual(['idle']);
  });

  test.each([
    ['activityAgain', ['before', 'after']],
    ['instanceLost', ['after']],
  ] as const)(
    'that dies at any of its calls (%s, %j) loses no job and wakes no run twice',
    async (aftermath, moments) => {
      const undisturbed = await liveThrough(story());
      const bad: string[] = [];
      let deaths = 0;
      for (let call = 1; call <= undisturbed.calls.count; call++) {
        for (const when of moments) {
          const lives = await liveThrough(story({ call, when }, aftermath));
          deaths += lives.deaths;
          const faults = faultsOf(lives, undisturbed);
          if (faults.length > 0)
            bad.push(`${when} call ${call} (${undisturbed.calls.names[call - 1]}): ${faults.join('; ')}`);
        }
      }
      expect(bad).toEqual([]);
      expect(deaths).toBeGreaterThan(150);
    },
  );
});

test('an app whose tracker is terminated gives the vault a new one, and every run ends with its job', async () => {
  const jobs = shareJobs(3, 1500, 60);
  const { app, ids } = await askForEach({ world: fleetWorld(jobs) }, Object.keys(jobs));
  await app.clock.runFor(300_000);
  const trackers = () =>
    [...app.durable().engine.records()]
      .filter(({ head }) => head.name === 'trackJobs')
      .map(({ head }) => head.instanceId);
  const [first = ''] = trackers();
  expect(app.durable().client.terminate(first, 'Killed by a test.').status).toBe(202);
  const records = await allEnded(app, ids);
  const generations = trackers().map((name) => name.split('-').at(-1));
  await app.stop();
  expect(records.map(({ status, job }) => [status, job?.status])).toEqual(
    records.map(() => ['completed', 'Completed']),
  );
  expect(generations).toContain('2');
});

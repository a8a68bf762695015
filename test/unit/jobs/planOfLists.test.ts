import { describe, expect, test } from 'vitest';
import { hourlyBudget } from '../../../src/jobs/listJobs.ts';
import {
  budgetSeconds,
  closeLate,
  earliestLookAt,
  listSeconds,
  nextListAt,
  plannedTickAt,
  planNext,
  quietSecondsOf,
  type PlannedWatch,
  type TickInputs,
} from '../../../src/jobs/tickPlan.ts';
import { readTracker, rowOfTracker, type Tracker } from '../../../src/jobs/trackerRow.ts';
import { listWatches, rowOfWatch, vaultKeyOf } from '../../../src/jobs/watch.ts';
import { listOf, trackedVault, trackerWorld, watchOrder } from '../../support/trackerWorld.ts';

const at = (time: string): number => Date.parse(`2026-08-22T${time}Z`);
const watch = (differs: Partial<PlannedWatch> = {}): PlannedWatch => ({
  ...{ sentAt: at('02:00:00'), waitSeconds: 60, looked: false, quietSeconds: 0 },
  ...differs,
});
const facts = (differs: Partial<TickInputs> = {}): TickInputs => ({
  ...{ now: at('02:00:00'), watches: [watch()], pages: 1, perHour: 150, vaults: 1 },
  ...differs,
});

describe('lists of few jobs', () => {
  test.each([
    ['02:10:29', 60],
    ['02:10:30', 120],
    ['02:59:59', 120],
    ['03:00:00', 300],
  ])('that are old come less often: at %s after %i s', (now, seconds) => {
    expect(listSeconds(facts({ now: at(now) }))).toBe(seconds);
  });

  test('are those of nine jobs, the youngest of which counts, and the shortest wait', () => {
    const nine = Array.from({ length: 9 }, () => watch());
    const now = at('03:30:00');
    expect(listSeconds(facts({ now, watches: nine }))).toBe(300);
    expect(listSeconds(facts({ now, watches: [...nine, watch()] }))).toBe(60);
    expect(listSeconds(facts({ now, watches: [watch(), watch({ sentAt: at('03:00:00') })] }))).toBe(120);
    expect(
      listSeconds(facts({ now, watches: [watch({ waitSeconds: 90 }), watch({ waitSeconds: 100 })] })),
    ).toBe(450);
  });
});

test.each([
  [{ pages: 0, perHour: 150, vaults: 0 }, 30],
  [{ pages: 1, perHour: 0, vaults: 1 }, 4500],
  [{ pages: 3, perHour: 300, vaults: 2 }, 90],
])('a budget of %j allows a list every %f s', (budget, seconds) => {
  expect(budgetSeconds(budget)).toBe(seconds);
});

describe('the service has asked not to be looked at', () => {
  const two = [watch({ waitSeconds: 90 }), watch({ sentAt: at('02:00:20'), waitSeconds: 60 })];
  test('before the first of the waits is over', () => {
    expect(earliestLookAt(facts({ watches: two }))).toBe(at('02:01:20'));
  });
  test('so soon after the last list', () => {
    expect(earliestLookAt(facts({ watches: two, lastListAt: at('02:05:00') }))).toBe(at('02:06:00'));
  });
});

describe('the next list', () => {
  test('comes on full ten seconds where lists are a minute apart, on full seconds where they come faster', () => {
    const odd = (waitSeconds: number) =>
      facts({ watches: [watch({ sentAt: at('02:00:00') + 1, waitSeconds })] });
    expect(nextListAt(odd(60))).toBe(at('02:01:10'));
    expect(nextListAt(odd(59))).toBe(at('02:01:00'));
  });

  test('waits for what the service asked for, even where the kind ends sooner', () => {
    const looked = [watch({ looked: true, quietSeconds: 10 })];
    expect(nextListAt(facts({ watches: looked }))).toBe(at('02:01:00'));
  });

  test('comes for the first of several jobs, and not before the budget allows', () => {
    const watches = [watch({ looked: true, quietSeconds: 1500 }), watch({ sentAt: at('02:10:00') })];
    const lastListAt = at('02:01:00');
    expect(nextListAt(facts({ now: at('02:10:00'), watches, lastListAt }))).toBe(at('02:11:00'));
    expect(nextListAt(facts({ now: at('02:10:00'), watches, lastListAt, vaults: 50 }))).toBe(at('02:26:00'));
  });
});

describe('the plan is looked at again', () => {
  const tight = (differs: Partial<TickInputs> = {}) => facts({ vaults: 50, place: 49, ...differs });

  test('in the first ten minutes of a vault with a tight budget only', () => {
    expect(plannedTickAt(tight({ now: at('02:09:59') }))).toBe(at('02:20:00'));
    expect(plannedTickAt(tight({ now: at('02:10:00') }))).toBe(at('02:25:30'));
    expect(plannedTickAt(facts({ now: at('02:09:00'), lastListAt: at('02:09:00') }))).toBe(at('02:10:00'));
  });

  test('after as long as has passed since the last list, at least what the service asked for', () => {
    expect(plannedTickAt(tight({ now: at('02:05:00'), lastListAt: at('02:03:00') }))).toBe(at('02:07:00'));
    expect(plannedTickAt(tight({ now: at('02:03:10'), lastListAt: at('02:03:00') }))).toBe(at('02:04:10'));
  });
});

test.each([
  [Array.from({ length: 20 }, (_, n) => 20 - n), 2],
  [Array.from({ length: 39 }, (_, n) => 100 + n), 101],
  [Array.from({ length: 40 }, (_, n) => 100 + n), 102],
])('early endings of %j: nothing before %i s', (durations, seconds) => {
  expect(quietSecondsOf(durations)).toBe(seconds);
});

describe('the requests an hour that an action allows', () => {
  const call = { action: 'x/read', method: 'GET', path: '/subscriptions/S1/x', apiVersion: '1' } as const;
  const world = trackerWorld({ list: () => listOf() });
  const allowing = (budget?: () => Promise<undefined | { left: number; limit: number; perHour: number }>) =>
    hourlyBudget({ ...world.services, pacer: { ...world.services.pacer, ...(budget && { budget }) } }, call);

  test('are what replies have told, else the fewest that were ever seen', async () => {
    expect(await allowing()).toBe(150);
    expect(await allowing(() => Promise.resolve(undefined))).toBe(150);
    expect(await allowing(() => Promise.resolve({ left: 1, limit: 450, perHour: 450 }))).toBe(450);
  });
});

const tracker: Tracker = {
  ...{ vaultKey: vaultKeyOf(trackedVault), vaultId: trackedVault, service: 'recoveryServices' },
  ...{ subscriptionId: 's', state: 'live', generation: 1, started: false, pages: 1, mayHurry: false },
  ...{ nextTickAt: '2026-08-22T02:00:00.000Z', slotAt: '2026-08-22T02:00:30.000Z', durations: {} },
};

async function heldWorld(giveUpAts: readonly string[] = []) {
  const world = trackerWorld({ list: () => listOf() });
  const logged: (readonly unknown[])[] = [];
  const services = { ...world.services, log: (...line: readonly unknown[]) => void logged.push(line) };
  await world.watches.insert(rowOfTracker(tracker));
  for (const [event, giveUpAt] of giveUpAts.entries())
    await world.watches.insert(rowOfWatch({ ...watchOrder({ event, giveUpAt }), misses: 0 }));
  const held = await readTracker(world.watches, tracker.vaultKey);
  if (!held) throw new Error('there is no tracker');
  const open = await listWatches(world.watches, tracker.vaultKey);
  const row = async () => (await readTracker(world.watches, tracker.vaultKey))?.tracker;
  return { ...world, services, held, open, row, logged, told: () => world.told };
}

describe('the next tick is written', () => {
  test('with what the list has taught; the slot has been used', async () => {
    const { services, held, row } = await heldWorld();
    const learnt = { lastListAt: '2026-08-22T02:00:00.000Z', pages: 3, durations: { fileShare: [7] } };
    expect(await planNext(services, held, facts(), learnt)).toBe('2026-08-22T02:01:00.000Z');
    expect(await row()).toEqual({
      ...{ ...tracker, ...learnt, started: true, mayHurry: true, slotAt: '' },
      nextTickAt: '2026-08-22T02:01:00.000Z',
    });
  });

  test.each([
    [2, 60, true],
    [3, 60, false],
    [2, 59, false],
  ])(
    'with %i vaults and a wait of %i s a new job may hurry it: %s',
    async (vaults, waitSeconds, mayHurry) => {
      const { services, held, row } = await heldWorld();
      await planNext(services, held, facts({ vaults, watches: [watch({ waitSeconds })] }));
      expect((await row())?.mayHurry).toBe(mayHurry);
    },
  );

  test('over what another has written meanwhile, unless that is a later generation', async () => {
    const { services, held, row, watches } = await heldWorld();
    await watches.put(rowOfTracker({ ...tracker, pages: 9 }));
    expect(await planNext(services, held, facts())).toBe('2026-08-22T02:01:00.000Z');
    expect((await row())?.pages).toBe(1);
    await watches.put(rowOfTracker({ ...tracker, generation: 2 }));
    expect(await planNext(services, held, facts())).toBeUndefined();
    expect((await row())?.generation).toBe(2);
  });
});

describe('a list that could not be read', () => {
  const until = new Date('2026-08-22T02:02:00.000Z');
  type Late = Parameters<typeof closeLate>[3];
  const late = (differs: Partial<Late> = {}): Late => ({ kind: 'late', until, requests: 1, ...differs });
  const refused = (code: string, status: number, requests = 1) =>
    late({ failure: { code, message: 'No.' }, status, requests });

  test('is tried again then, with the slot that was kept for it', async () => {
    const { services, held, open, row, told, logged } = await heldWorld(['2026-08-22T08:00:00.000Z']);
    const ticket = new Date('2026-08-22T02:01:50.000Z');
    const answer = await closeLate(services, held, open, late({ ticket, requests: 0 }));
    expect(answer).toEqual({ inFlight: 1, nextTickAt: '2026-08-22T02:02:00.000Z' });
    expect(await row()).toMatchObject({
      ...{ started: true, mayHurry: false, nextTickAt: '2026-08-22T02:02:00.000Z' },
      slotAt: '2026-08-22T02:01:50.000Z',
    });
    expect([told(), logged]).toEqual([[], []]);
  });

  test('ends the watches whose time is over, and no others', async () => {
    const { services, held, open, row, told } = await heldWorld([
      ...['2026-08-22T02:00:00.501Z', '2026-08-22T02:00:00.500Z'],
    ]);
    services.clock = () => new Date('2026-08-22T02:00:00.500Z');
    expect(await closeLate(services, held, open, late())).toMatchObject({ inFlight: 1 });
    const failure = { code: 'JobsNotListed', message: 'The list of jobs could not be read.' };
    expect(told()).toEqual([{ name: 'job-1', outcome: { kind: 'timedOut', failure } }]);
    expect((await row())?.slotAt).toBe('');
  });

  test.each([
    [refused('ResourceNotFound', 404), ['failed', 'failed'], true],
    [refused('ResourceNotFound', 404, 2), [], true],
    [refused('AuthorizationFailed', 403), [], true],
    [refused('TooManyRequests', 429), [], false],
    [refused('HTTP_408', 408), [], false],
    [refused('HTTP_500', 500), [], false],
    [refused('HTTP_399', 399), [], false],
    [refused('HTTP_499', 499), [], true],
    [late({ status: 403 }), [], false],
  ])('%j: tells %j, and whether a person reads of it: %s', async (list, kinds, isLogged) => {
    const { services, held, open, logged } = await heldWorld(
      Array.from({ length: 2 }, () => '2026-08-22T08:00:00.000Z'),
    );
    const outcomes: { kind: string }[] = [];
    services.raise = (_instance, _name, payload) => {
      outcomes.push((payload as { outcome: { kind: string } }).outcome);
      return Promise.resolve('raised');
    };
    const { inFlight } = await closeLate(services, held, open, list);
    expect(outcomes.map(({ kind }) => kind)).toEqual(kinds);
    expect(inFlight).toBe(2 - kinds.length);
    const vault = tracker.vaultKey;
    expect(logged).toEqual(
      isLogged ? [['warning', `The list of jobs was refused: ${list.failure?.code ?? ''}`, { vault }]] : [],
    );
  });
});

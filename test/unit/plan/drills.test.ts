import { describe, expect, test } from 'vitest';
import { choosePoint, type ListedPoint } from '../../../src/arm/backupJob.ts';
import { daysWithin } from '../../../src/plan/drillParts.ts';
import { drillKindOf, sampled, sampleSize, seedOf } from '../../../src/plan/drills.ts';
import { readPlan } from '../../../src/plan/problems.ts';
import { drillGroupId, drillPlan, into } from '../../support/drillWorld.ts';

const ids = Array.from({ length: 100 }, (_, at) => `/subscriptions/s/disks/d${at}`);
const sample = { share: 5, atLeast: 3, atMost: 20 };

describe('the sample of an occurrence', () => {
  test.each([
    [1, 1],
    [10, 3],
    [100, 5],
    [101, 6],
    [200, 10],
    [201, 11],
    [1000, 20],
  ])('of %i is %i', (of, taken) => {
    expect(sampleSize(sample, of)).toBe(taken);
  });

  test('is the same in any order, and another for another occurrence', () => {
    const first = sampled(ids, sample, 'monthly|2026-08-01T02:00:00.000Z');
    expect([...sampled([...ids].reverse(), sample, 'monthly|2026-08-01T02:00:00.000Z')]).toEqual([...first]);
    expect([...sampled(ids, sample, 'monthly|2026-09-01T02:00:00.000Z')]).not.toEqual([...first]);
  });

  test('is the same however the ids are written', () => {
    const seed = 'monthly|2026-08-01T02:00:00.000Z';
    const lower = (some: ReadonlySet<string>) => [...some].map((id) => id.toLowerCase()).sort();
    const shouted = ids.map((id) => id.toUpperCase());
    expect(lower(sampled(shouted, sample, seed))).toEqual(lower(sampled(ids, sample, seed)));
  });

  test('takes every resource in the long run', () => {
    const taken = new Set(
      Array.from({ length: 200 }, (_, at) => [...sampled(ids, sample, `monthly|${at}`)]).flat(),
    );
    expect(taken.size).toBe(100);
  });
});

const point = (name: string, at: string, stores: readonly string[] = ['InstantRP']): ListedPoint => ({
  ...{ name, at, stores },
  id: `/points/${name}`,
});
const wish = {
  choose: 'latest',
  notBefore: '2026-08-01T00:00:00.000Z',
  notAfter: '2026-08-22T00:00:00.000Z',
  seed: 'monthly|item',
} as const;
const points = [
  point('old', '2026-07-01T00:00:00.000Z'),
  point('first', '2026-08-02T00:00:00.000Z'),
  point('second', '2026-08-03T00:00:00.000Z', ['HardenedRP', 'ArchivedRP']),
  point('archived', '2026-08-04T00:00:00.000Z', ['ArchivedRP']),
  point('invented', '2026-08-03T12:00:00.000Z', ['IASnapshotRP']),
];

describe('the point that is restored', () => {
  test('is the newest of the span that is not in the archive alone; a tier nobody knows will do', () => {
    expect(choosePoint(points, wish)).toMatchObject({
      chosen: { name: 'invented' },
      eligible: 3,
      passedOver: 1,
    });
  });

  test('at random is the same for the same seed, and any of the span for others', () => {
    const seeds = Array.from({ length: 50 }, (_, at) => `monthly|${at}`);
    const nameFor = (seed: string, among = points) =>
      choosePoint(among, { ...wish, choose: 'random', seed }).chosen?.name;
    expect(seeds.map((seed) => nameFor(seed, [...points].reverse()))).toEqual(
      seeds.map((seed) => nameFor(seed)),
    );
    expect(new Set(seeds.map((seed) => nameFor(seed)))).toEqual(new Set(['first', 'second', 'invented']));
  });

  test('by name is that one, whenever it was made', () => {
    expect(choosePoint(points, { ...wish, name: 'OLD' }).chosen?.name).toBe('old');
    expect(choosePoint(points, { ...wish, name: 'gone' })).toEqual({ eligible: 0, passedOver: 0 });
  });

  test('of a store is one that is in that store', () => {
    expect(choosePoint(points, { ...wish, store: 'hardenedrp' })).toMatchObject({
      chosen: { name: 'second' },
      passedOver: 3,
    });
  });
});

const drill = {
  name: 'monthly',
  cron: '0 4 1 * *',
  timeZone: 'Europe/Berlin',
  of: { rules: ['daily disks'] },
  into: { disk: into.disk },
};

const errorsIn = (drills: readonly object[]): readonly string[] => {
  const reading = readPlan(drillPlan({ drills }));
  const problems = reading.kind === 'broken' ? reading.problems : [];
  return problems.filter(({ severity }) => severity === 'error').map(({ path }) => path);
};

describe('drills of a plan', () => {
  test('are read with what they leave out', () => {
    const reading = readPlan(drillPlan({ drills: [drill] }));
    expect(reading).toMatchObject({
      kind: 'plan',
      plan: {
        drills: [{ point: { choose: 'latest', within: 'P30D' }, sample: { share: 5 }, restoresADay: 20 }],
      },
    });
  });

  test.each([
    [{ cron: 'now and then' }, 'drills[0] "monthly".cron'],
    [{ of: { rules: ['nightly'] } }, 'drills[0] "monthly".of.rules'],
    [{ into: {} }, 'drills[0] "monthly".into'],
    [{ sample: { atLeast: 30 } }, 'drills[0] "monthly".sample'],
    [
      { into: { disk: { resourceGroup: `${drillGroupId}2` } } },
      'drills[0] "monthly".into.disk.resourceGroup',
    ],
    [{ keepFor: 'forever' }, 'drills[0].keepFor "monthly"'],
    [{ check: { minimumFiles: -1 } }, 'drills[0].check.minimumFiles "monthly"'],
  ])('are refused with the place of what is wrong: %#', (wrong, path) => {
    expect(errorsIn([{ ...drill, ...wrong }])).toEqual([path]);
  });

  test('have names of their own', () => {
    expect(errorsIn([drill, drill])).toEqual(['drills[1].name']);
  });
});

test.each([
  ['fileServices/default/shares/books', 'Microsoft.Storage/storageAccounts/a', 'fileShare'],
  ['', 'Microsoft.Storage/storageAccounts/a', 'blobs'],
  ['', 'Microsoft.Compute/disks/d', 'disk'],
  ['', 'Microsoft.Compute/virtualMachines/m', 'virtualMachine'],
  ['', 'Microsoft.Sql/servers/s', undefined],
])('%s below %s is drilled as %s', (below, resource, kind) => {
  const id = `/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/g/providers/${resource}`;
  expect(drillKindOf(below === '' ? id : `${id}/${below}`)).toBe(kind);
});

test('one drill has one choice for one occurrence, however its name is written', () => {
  expect(seedOf('Monthly', '2026-08-01T02:00:00.000Z')).toBe('monthly|2026-08-01T02:00:00.000Z');
});

test('days of a span', () => {
  expect(daysWithin('P7D')).toBe(7);
  expect(daysWithin('P90D')).toBe(90);
});

test('a sample holds as many as it may, each once', () => {
  expect(sampled([...ids, ...ids], sample, 'monthly|1').size).toBe(5);
  expect(sampled([...ids, ...ids], { share: 100, atLeast: 1, atMost: 1000 }, 'monthly|1').size).toBe(100);
});

describe('places that a drill may restore into', () => {
  const elsewhere = drillGroupId.replace(/drills$/, 'apps');
  const account = `${elsewhere}/providers/Microsoft.Storage/storageAccounts/ledgers`;
  const foreign = '/subscriptions/77777777-5555-4555-8555-555555555555';
  const placesOf = (places: object): readonly string[] => {
    const reading = readPlan(drillPlan({ drills: [{ ...drill, into: places }] }));
    return reading.kind === 'broken'
      ? reading.problems.map(({ path, message }) => `${path}: ${message}`)
      : [];
  };

  test.each([
    [{ fileShare: { storageAccount: account } }, ['fileShare.storageAccount', account]],
    [{ blobs: { storageAccount: account } }, ['blobs.storageAccount', account]],
    [{ disk: { resourceGroup: elsewhere } }, ['disk.resourceGroup', elsewhere]],
    [
      { virtualMachine: { ...into.virtualMachine, subscription: foreign } },
      ['virtualMachine.subscription', foreign],
    ],
    [
      { virtualMachine: { ...into.virtualMachine, stagingAccount: account } },
      ['virtualMachine.stagingAccount', account],
    ],
  ])('%j is not among them', (places, [field, id]) => {
    expect(placesOf(places)).toContain(
      `drills[0] "monthly".into.${field}: ${id} is not in safety.drillTargets`,
    );
  });
});

test('a drill of what matches, of rules in any case, and of exactly so many is sound', () => {
  expect(errorsIn([{ ...drill, of: { match: { kind: 'disk' } } }])).toEqual([]);
  expect(errorsIn([{ ...drill, of: { rules: ['Daily Disks'] } }])).toEqual([]);
  expect(errorsIn([{ ...drill, sample: { share: 5, atLeast: 3, atMost: 3 } }])).toEqual([]);
});

import { describe, expect, test } from 'vitest';
import {
  durationText,
  durationWords,
  expectationOf,
  nextOccurrence,
  rhythmOf,
  schedulesFor,
} from '../../../src/coverage/expectation.ts';
import { planSchema } from '../../../src/plan/schema.ts';
import type { Candidate } from '../../../src/plan/select.ts';
import { diskId, disksVaultId, snapshotsId, subscriptionId } from '../../support/planWorld.ts';

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
const now = new Date('2026-08-22T12:00:00Z');

const scheduleOf = (differs: object) =>
  planSchema.shape.schedules.unwrap().element.parse({
    ...{ name: 'nightly', cron: '0 2 * * *', timeZone: 'UTC', backUp: { rules: ['disks'] } },
    ...differs,
  });

test.each([
  [0, 'PT1M', '1 minute'],
  [minute, 'PT1M', '1 minute'],
  [59 * minute, 'PT59M', '59 minutes'],
  [hour, 'PT1H', '1 hour'],
  [hour + minute, 'PT1H1M', '1 hour 1 minute'],
  [23 * hour + 2 * minute, 'PT23H2M', '23 hours 2 minutes'],
  [day, 'P1D', '1 day'],
  [day + hour, 'P1DT1H', '1 day 1 hour'],
  [2 * day + 4 * hour + 5 * minute, 'P2DT4H5M', '2 days 4 hours 5 minutes'],
  [1.4 * minute, 'PT1M', '1 minute'],
  [1.5 * minute, 'PT2M', '2 minutes'],
])('%i milliseconds are written %s and said %s', (milliseconds, text, words) => {
  expect([durationText(milliseconds), durationWords(milliseconds)]).toEqual([text, words]);
});

describe('a rhythm', () => {
  test('is the longest gap that comes, and the window in which an occurrence may begin', () => {
    expect(rhythmOf(scheduleOf({ window: 'PT2H' }), now)).toEqual({
      schedule: 'nightly',
      gapMs: 26 * hour,
      nextAt: '2026-08-23T02:00:00.000Z',
    });
    // Mondays and Thursdays: three days, then four.
    expect(rhythmOf(scheduleOf({ cron: '0 2 * * 1,4', window: 'PT1H' }), now)).toMatchObject({
      gapMs: 4 * day + hour,
      nextAt: '2026-08-24T02:00:00.000Z',
    });
  });

  test('of a line that seldom comes is seen a hundred days ahead', () => {
    expect(rhythmOf(scheduleOf({ cron: '0 2 1 * *', window: 'PT1H' }), now)).toMatchObject({
      gapMs: 31 * day + hour,
      nextAt: '2026-09-01T02:00:00.000Z',
    });
  });

  test('of a line that comes once in that time has a next time and no gap', () => {
    expect(rhythmOf(scheduleOf({ cron: '0 2 1 11 *' }), now)).toEqual({
      schedule: 'nightly',
      nextAt: '2026-11-01T02:00:00.000Z',
    });
  });

  test('of a line that does not come in that time has neither', () => {
    expect(rhythmOf(scheduleOf({ cron: '0 2 1 2 *' }), now)).toEqual({ schedule: 'nightly' });
  });
});

describe('what is expected', () => {
  const rhythms = [
    { schedule: 'weekly', gapMs: 7 * day },
    { schedule: 'nightly', gapMs: 28 * hour },
    { schedule: 'once' },
  ];
  const policy = { id: 'p', name: 'daily', continuous: false };

  test('of several schedules the most frequent promises', () => {
    expect(expectationOf({}, rhythms, { ...policy, everyMs: 4 * hour })).toEqual({
      everyMs: 28 * hour,
      graceMs: 6 * hour,
      from: 'schedule',
    });
  });

  test('a schedule that comes once promises nothing: the policy does, four hours later', () => {
    expect(expectationOf({}, [{ schedule: 'once' }], { ...policy, everyMs: 4 * hour })).toEqual({
      everyMs: 8 * hour,
      graceMs: 6 * hour,
      from: 'policy',
    });
  });

  test('a policy without a schedule promises nothing: a day is usual', () => {
    expect(expectationOf({}, [], policy)).toEqual({ everyMs: day, graceMs: 6 * hour, from: 'default' });
  });

  test('a rule says both', () => {
    expect(expectationOf({ expect: { every: 'PT8H', grace: 'PT30M' } }, rhythms, undefined)).toEqual({
      everyMs: 8 * hour,
      graceMs: 30 * minute,
      from: 'rule',
    });
  });
});

describe('the next backup', () => {
  const policy = { id: 'p', name: 'daily', continuous: false };
  const at = new Date('2026-08-22T20:00:00Z');

  test('is the first that any schedule brings', () => {
    const rhythms = [
      { schedule: 'weekly', nextAt: '2026-08-29T02:00:00.000Z' },
      { schedule: 'nightly', nextAt: '2026-08-23T02:00:00.000Z' },
    ];
    expect(nextOccurrence(rhythms, { ...policy, nextAfter: () => at }, now)).toEqual({
      at: '2026-08-23T02:00:00.000Z',
      schedule: 'nightly',
    });
  });

  test('is the policy’s where no schedule brings one, and unknown where that does not say', () => {
    const rhythms = [{ schedule: 'over' }];
    expect(nextOccurrence(rhythms, { ...policy, nextAfter: () => at }, now)).toEqual({
      at: '2026-08-22T20:00:00.000Z',
      schedule: 'policy daily',
    });
    expect(nextOccurrence(rhythms, policy, now)).toBeUndefined();
    expect(nextOccurrence([], undefined, now)).toBeUndefined();
  });
});

test('a resource is backed up by schedules that name its rule, match it, or name its id', () => {
  const rule = {
    name: 'Disks',
    match: { kind: 'disk' },
    protect: { vaults: { '*': disksVaultId }, policy: 'disks', snapshotResourceGroup: snapshotsId },
  };
  const line = { cron: '0 2 * * *', timeZone: 'UTC' };
  const plan = planSchema.parse({
    rules: [rule],
    schedules: [
      { name: 'by rule', ...line, backUp: { rules: ['machines', 'disks'] } },
      { name: 'by another rule', ...line, backUp: { rules: ['machines'] } },
      { name: 'by match', ...line, backUp: { match: { kind: 'disk', names: ['data*'] } } },
      { name: 'by another match', ...line, backUp: { match: { kind: 'disk', names: ['log*'] } } },
      { name: 'by id', ...line, backUp: { items: [diskId('other'), diskId('DATA')] } },
      { name: 'by another id', ...line, backUp: { items: [diskId('other')] } },
    ],
    safety: { subscriptions: [subscriptionId], vaults: [disksVaultId] },
  });
  const disk: Candidate = {
    ...{ kind: 'disk', id: diskId('data'), name: 'data', region: 'westeurope', tags: {} },
    ...{ subscriptionId, resourceGroup: 'apps' },
  };
  const [first] = plan.rules;
  if (!first) throw new Error('the plan has lost its rule');
  expect(schedulesFor(plan, first, disk).map(({ name }) => name)).toEqual(['by rule', 'by match', 'by id']);
});

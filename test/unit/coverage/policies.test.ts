import { describe, expect, test } from 'vitest';
import {
  backupVaultPolicy,
  durationMilliseconds,
  recoveryServicesPolicy,
} from '../../../src/coverage/policies.ts';

const [hour, day] = [3_600_000, 86_400_000];
const policyOf = (properties: object) =>
  recoveryServicesPolicy({ id: '/v/backupPolicies/p', name: 'p', properties } as never);
const ofSchedule = (schedulePolicy: object) => policyOf({ schedulePolicy }).everyMs;
const ofRetention = (retentionPolicy: object) => policyOf({ retentionPolicy }).keepMs;

describe('how often a policy of a Recovery Services vault backs up', () => {
  test.each([
    ['daily', { scheduleRunFrequency: 'Daily' }, day],
    ['weekly without days', { scheduleRunFrequency: 'Weekly' }, 7 * day],
    ['on one day', { scheduleRunFrequency: 'Weekly', scheduleRunDays: ['Sunday'] }, 7 * day],
    [
      'on two days, the longer gap',
      { scheduleRunFrequency: 'Weekly', scheduleRunDays: ['Saturday', 'sunday'] },
      6 * day,
    ],
    [
      'on three days, in whatever order',
      { scheduleRunFrequency: 'Weekly', scheduleRunDays: ['Friday', 'Monday', 'Wednesday'] },
      3 * day,
    ],
    [
      'on the days of an enhanced policy',
      { scheduleRunFrequency: 'Weekly', weeklySchedule: { scheduleRunDays: ['Tuesday', 'Thursday'] } },
      5 * day,
    ],
    [
      'on days of which one is no day',
      { scheduleRunFrequency: 'Weekly', scheduleRunDays: ['Monday', 'Someday'] },
      7 * day,
    ],
    ['every four hours', { scheduleRunFrequency: 'Hourly', hourlySchedule: { interval: 4 } }, 4 * hour],
    [
      'every four hours of twelve: the night is longer',
      { scheduleRunFrequency: 'Hourly', hourlySchedule: { interval: 4, scheduleWindowDuration: 12 } },
      16 * hour,
    ],
    [
      'every six hours of the whole day',
      { scheduleRunFrequency: 'Hourly', hourlySchedule: { interval: 6, scheduleWindowDuration: 24 } },
      6 * hour,
    ],
    ['hourly, and it does not say how', { scheduleRunFrequency: 'Hourly' }, undefined],
    ['in a way that is not known', { scheduleRunFrequency: 'Fortnightly' }, undefined],
    ['not said', {}, undefined],
  ])('%s', (_what, schedule, everyMs) => {
    expect(ofSchedule(schedule)).toBe(everyMs);
  });

  test('of a database the full backups count, not its logs', () => {
    const policy = policyOf({
      subProtectionPolicy: [
        { policyType: 'Log', schedulePolicy: { scheduleFrequencyInMins: 15 } },
        {
          policyType: 'Full',
          schedulePolicy: { scheduleRunFrequency: 'Weekly', scheduleRunDays: ['Sunday'] },
          retentionPolicy: { weeklySchedule: { retentionDuration: { count: 2, durationType: 'Weeks' } } },
        },
      ],
    });
    expect(policy).toMatchObject({ everyMs: 7 * day, keepMs: 14 * day });
  });
});

describe('how long it keeps', () => {
  test.each([
    ['days', { dailySchedule: { retentionDuration: { count: 30, durationType: 'Days' } } }, 30 * day],
    ['weeks', { weeklySchedule: { retentionDuration: { count: 4, durationType: 'Weeks' } } }, 28 * day],
    ['months', { monthlySchedule: { retentionDuration: { count: 2, durationType: 'Months' } } }, 60 * day],
    ['years', { yearlySchedule: { retentionDuration: { count: 1, durationType: 'Years' } } }, 365 * day],
    ['a plain duration', { retentionDuration: { count: 10, durationType: 'days' } }, 10 * day],
    [
      'its daily points, not those kept for years',
      {
        dailySchedule: { retentionDuration: { count: 7, durationType: 'Days' } },
        yearlySchedule: { retentionDuration: { count: 10, durationType: 'Years' } },
      },
      7 * day,
    ],
    ['a unit that is not known', { retentionDuration: { count: 10, durationType: 'Moons' } }, undefined],
    ['no number', { retentionDuration: { count: 'many', durationType: 'Days' } }, undefined],
    ['not said', {}, undefined],
  ])('%s', (_what, retention, keepMs) => {
    expect(ofRetention(retention)).toBe(keepMs);
  });

  test('a share in the vault tier is kept as the vault keeps it', () => {
    const vaultRetention = { dailySchedule: { retentionDuration: { count: 90, durationType: 'Days' } } };
    expect(policyOf({ vaultRetentionPolicy: { vaultRetention } }).keepMs).toBe(90 * day);
  });
});

describe('the next time of a daily policy', () => {
  const daily = (
    more: object = {},
    times: readonly string[] = ['2026-01-01T20:30:00Z', '2026-01-01T08:00:00Z'],
  ) => policyOf({ schedulePolicy: { scheduleRunFrequency: 'Daily', scheduleRunTimes: times }, ...more });
  const after = (text: string, policy = daily()) => policy.nextAfter?.(new Date(text))?.toISOString();

  test('is the first of its times that is still to come, else the first of tomorrow', () => {
    expect(after('2026-08-22T07:59:59Z')).toBe('2026-08-22T08:00:00.000Z');
    expect(after('2026-08-22T08:00:00Z')).toBe('2026-08-22T20:30:00.000Z');
    expect(after('2026-08-22T20:30:00Z')).toBe('2026-08-23T08:00:00.000Z');
  });

  test('is told where the zone is UTC, and not guessed elsewhere', () => {
    expect(after('2026-08-22T07:00:00Z', daily({ timeZone: 'utc' }))).toBe('2026-08-22T08:00:00.000Z');
    expect(daily({ timeZone: 'W. Europe Standard Time' }).nextAfter).toBeUndefined();
    expect(daily({ settings: { timeZone: 'Tokyo Standard Time' } }).nextAfter).toBeUndefined();
  });

  test('is unknown without a time, and of a weekly policy', () => {
    expect(daily({}, []).nextAfter).toBeUndefined();
    expect(daily({}, ['soon']).nextAfter).toBeUndefined();
    const weekly = { scheduleRunFrequency: 'Weekly', scheduleRunTimes: ['2026-01-01T20:30:00Z'] };
    expect(policyOf({ schedulePolicy: weekly }).nextAfter).toBeUndefined();
  });
});

test('a policy that says nothing is known by its name alone', () => {
  expect(recoveryServicesPolicy({})).toEqual({ id: '', name: '', continuous: false });
  expect(backupVaultPolicy({})).toEqual({ id: '', name: '', continuous: false });
});

describe('a policy of a Backup vault', () => {
  const backupOf = (...repeatingTimeIntervals: readonly string[]) => ({
    objectType: 'AzureBackupRule',
    trigger: { schedule: { repeatingTimeIntervals } },
  });
  const keepOf = (isDefault: boolean, ...durations: readonly string[]) => ({
    ...{ objectType: 'AzureRetentionRule', isDefault },
    lifecycles: durations.map((duration) => ({ deleteAfter: { duration } })),
  });
  const read = (...policyRules: readonly object[]) =>
    backupVaultPolicy({ id: '/b/backupPolicies/p', name: 'p', properties: { policyRules } } as never);

  test('keeps as long as its default says, of several tiers the shortest', () => {
    const policy = read(
      backupOf('R/2026-01-01T02:00:00Z/P1D'),
      keepOf(false, 'P1D'),
      keepOf(true, 'P30D', 'P7D'),
    );
    expect(policy).toMatchObject({
      id: '/b/backupPolicies/p',
      name: 'p',
      everyMs: day,
      keepMs: 7 * day,
      continuous: false,
    });
  });

  test('of several intervals the shortest counts, and the next is the first of any', () => {
    const policy = read(backupOf('R/2026-08-16T02:00:00Z/P1W', 'R/2026-08-19T02:00:00Z/P1W'));
    const after = (text: string) => policy.nextAfter?.(new Date(text))?.toISOString();
    expect(policy.everyMs).toBe(7 * day);
    expect(after('2026-08-22T12:00:00Z')).toBe('2026-08-23T02:00:00.000Z');
    expect(after('2026-08-23T02:00:00Z')).toBe('2026-08-26T02:00:00.000Z');
    expect(after('2026-08-01T00:00:00Z')).toBe('2026-08-16T02:00:00.000Z');
  });

  test.each([
    'R/soon/P1D',
    'R/2026-01-01T02:00:00Z/daily',
    'R/2026-01-01T02:00:00Z/Pmuch',
    '2026-01-01T02:00:00Z/P1D',
  ])('does not understand %s', (interval) => {
    const policy = read(backupOf(interval));
    expect(policy).toEqual({ id: '/b/backupPolicies/p', name: 'p', continuous: false });
  });

  test('without a backup rule is continuous', () => {
    expect(read(keepOf(true, 'P7D'))).toMatchObject({ continuous: true, keepMs: 7 * day });
  });
});

test.each([
  ['P1Y', 365 * day],
  ['P2M', 60 * day],
  ['P3W', 21 * day],
  ['P4D', 4 * day],
  ['PT5H', 5 * hour],
  ['PT6M', hour / 10],
  ['P1Y1M1W1DT1H1M', 403 * day + hour + 60_000],
  ['P', undefined],
  ['PT', undefined],
  ['P1H', undefined],
  ['xP1D', undefined],
  ['P1Dx', undefined],
])('%s is %s milliseconds', (text, milliseconds) => {
  expect(durationMilliseconds(text)).toBe(milliseconds);
});

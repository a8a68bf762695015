import { describe, expect, test } from 'vitest';
import { durationText, expectationOf, rhythmOf } from '../../../src/coverage/expectation.ts';
import { durationMilliseconds } from '../../../src/coverage/policies.ts';
import {
  eventOf,
  judge,
  levelOf,
  verdictOfAge,
  type BackupFacts,
  type Case,
  type Level,
} from '../../../src/coverage/verdict.ts';
import type { Protection } from '../../../src/estate/protections.ts';
import { planSchema } from '../../../src/plan/schema.ts';

const hour = 3_600_000;
const now = new Date('2026-08-22T12:00:00Z');
const expectation = { everyMs: 24 * hour, graceMs: 12 * hour, from: 'rule' as const };
const pointAt = (hoursAgo: number): BackupFacts['point'] => ({
  at: new Date(now.getTime() - hoursAgo * hour).toISOString(),
  source: 'lastRecoveryPoint',
});
const failedAt = (hoursAgo: number): BackupFacts['failure'] => ({
  at: new Date(now.getTime() - hoursAgo * hour).toISOString(),
  code: 'UserErrorX',
  message: 'it failed',
});
const stateOf = (point: BackupFacts['point'], failure?: BackupFacts['failure']) =>
  verdictOfAge({ facts: { ...(point && { point }), ...(failure && { failure }) }, expect: expectation }, now)
    .state;

describe('the verdict by age', () => {
  test.each([
    ['as old as is allowed', pointAt(24), undefined, 'ok'],
    ['a second older', pointAt(24 + 1 / 3600), undefined, 'late'],
    ['as old as the grace allows', pointAt(36), undefined, 'late'],
    ['older than the grace', pointAt(36 + 1 / 3600), undefined, 'down'],
    ['fresh, and the attempt since failed', pointAt(5), failedAt(1), 'failing'],
    ['fresh, and an attempt before it failed', pointAt(5), failedAt(6), 'ok'],
    ['late, and the attempt since failed', pointAt(30), failedAt(1), 'failing'],
    ['down, and the attempt since failed', pointAt(40), failedAt(1), 'down'],
    ['none, and none was tried', undefined, undefined, 'neverBackedUp'],
    ['none, and the attempt failed', undefined, failedAt(1), 'failing'],
  ] as const)('of a newest point that is %s', (_what, point, failure, state) => {
    expect(stateOf(point, failure)).toBe(state);
  });

  test('says in words of people how old the point is and what was expected', () => {
    const reasonOf = (hoursAgo: number, everyMs: number, graceMs: number) =>
      verdictOfAge(
        { facts: { point: pointAt(hoursAgo) as never }, expect: { everyMs, graceMs, from: 'rule' } },
        now,
      ).reason;
    expect(reasonOf(40, 24 * hour, 12 * hour)).toBe(
      'The newest recovery point is of 2026-08-20 20:00 UTC; one every day is expected, and the grace of 12 hours is over.',
    );
    expect(reasonOf(30, 28 * hour, 36 * hour)).toBe(
      'The newest recovery point is of 2026-08-21 06:00 UTC; one every 1 day 4 hours is expected.',
    );
    expect(reasonOf(1, 8 * hour, hour)).toBe(
      'The newest recovery point is of 2026-08-22 11:00 UTC; one every 8 hours is expected.',
    );
  });

  test('carries the words of the service', () => {
    const verdict = verdictOfAge({ facts: { failure: failedAt(1) as never }, expect: expectation }, now);
    expect(verdict).toMatchObject({ serviceWords: 'UserErrorX: it failed' });
  });
});

describe('what no rule selects', () => {
  const by = (standing: Protection['standing']): Protection => ({
    kind: 'fileShare',
    sourceId: '/shares/docs',
    itemId: '/vaults/v/items/docs',
    vaultId: '/vaults/v',
    policyId: '/vaults/v/policies/daily',
    ...{ standing, state: `it is ${standing}` },
  });
  const skipped = (reason: string): Case['selection'] =>
    ({ kind: 'skipped', reasons: [{ rule: 'shares', reason }] }) as Case['selection'];
  const verdictOf = (reason: string, protection?: Case['by']) =>
    judge(
      {
        candidate: {} as Case['candidate'],
        selection: skipped(reason),
        ...(protection && { by: protection }),
        facts: {},
        expect: expectation,
      },
      now,
    );

  test.each(['protected', 'stopped', 'error'] as const)(
    'and is %s counts as protected outside the plan, with the words of the service',
    (standing) => {
      expect(verdictOf('its tag differs', by(standing))).toEqual({
        state: 'protectedOutsidePlan',
        reason: 'It is protected, and no rule selects it: shares: its tag differs.',
        serviceWords: `it is ${standing}`,
      });
    },
  );

  test('and whose backups are deleted is not protected, whatever can still be brought back', () => {
    expect(verdictOf('its tag differs', by('softDeleted')).state).toBe('notSelected');
    expect(verdictOf('excluded by name', by('softDeleted'))).toMatchObject({
      state: 'excluded',
      excludedBy: 'shares: excluded by name',
    });
  });

  test('and nothing protects is excluded or not selected, as the rule says', () => {
    expect(verdictOf('its tag differs').state).toBe('notSelected');
    expect(verdictOf('excluded by name').state).toBe('excluded');
  });
});

describe('a level', () => {
  const since = (hoursAgo: number) => new Date(now.getTime() - hoursAgo * hour).toISOString();

  test('gives what is new the time that any backup gets', () => {
    const levels = [1, 25, 37].map((hours) => levelOf('neverBackedUp', since(hours), expectation, now));
    expect(levels).toEqual(['new', 'late', 'down']);
    expect([1, 25].map((hours) => levelOf('notProtected', since(hours), expectation, now))).toEqual([
      'new',
      'unprotected',
    ]);
  });

  test('is told when it changes to bad, and when bad is over', () => {
    const path: readonly (Level | undefined)[] = [undefined, 'new', 'ok', 'late', 'down', 'ok', 'none', 'ok'];
    const told = path.slice(1).map((level, at) => eventOf(path[at], level ?? 'none'));
    expect(told).toEqual([undefined, undefined, 'late', 'down', 'ok', undefined, undefined]);
  });
});

describe('what is expected', () => {
  const schedule = planSchema.shape.schedules.unwrap().element.parse({
    name: 'nightly',
    cron: '0 2 * * *',
    timeZone: 'Europe/Berlin',
    backUp: { rules: ['machines'] },
  });
  const daily = { id: 'p', name: 'daily', everyMs: 24 * hour, continuous: false };

  test('is what the rule says, with six hours of grace unless it says otherwise', () => {
    expect(expectationOf({ expect: { every: 'PT12H' } }, [rhythmOf(schedule, now)], daily)).toEqual({
      everyMs: 12 * hour,
      graceMs: 6 * hour,
      from: 'rule',
    });
  });

  test('else as often as the schedule comes and may begin, clock changes included', () => {
    expect(expectationOf({}, [rhythmOf(schedule, now)], daily)).toMatchObject({
      everyMs: 28 * hour,
      from: 'schedule',
    });
    const beforeAutumn = new Date('2026-10-24T12:00:00Z');
    expect(rhythmOf(schedule, beforeAutumn).nextAt).toBe('2026-10-25T00:00:00.000Z');
  });

  test('else as often as the policy backs up, and what that takes; else daily', () => {
    expect(expectationOf({}, [], daily)).toMatchObject({ everyMs: 28 * hour, from: 'policy' });
    expect(expectationOf({}, [], undefined)).toMatchObject({ everyMs: 24 * hour, from: 'default' });
  });

  test('is written and read as a duration of ISO 8601', () => {
    for (const text of ['P1D', 'PT6H', 'P1DT12H', 'P7D', 'PT90M'.replace('90M', '1H30M')]) {
      expect(durationText(durationMilliseconds(text) ?? 0)).toBe(text);
    }
    expect(durationMilliseconds('P1W')).toBe(7 * 24 * hour);
    expect(durationMilliseconds('daily')).toBeUndefined();
  });

  test.each(['P', 'PT', 'P0D', '1D', 'P1Y'])('of %s is refused by the plan', (every) => {
    const rule = {
      name: 'r',
      match: { kind: 'disk' },
      protect: { vaults: { '*': '/subscriptions/x' }, policy: 'p' },
    };
    const plan = { rules: [{ ...rule, expect: { every } }], safety: { subscriptions: [], vaults: [] } };
    expect(planSchema.safeParse(plan).success).toBe(false);
  });
});

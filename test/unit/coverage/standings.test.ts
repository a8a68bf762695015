import { describe, expect, test } from 'vitest';
import { coverageStateSchema, type CoverageState } from '../../../src/coverage/schema.ts';
import {
  eventOf,
  isBetter,
  judge,
  levelOf,
  verdictOfAge,
  type Case,
  type Level,
} from '../../../src/coverage/verdict.ts';
import type { Protection } from '../../../src/estate/protections.ts';

const hour = 3_600_000;
const now = new Date('2026-08-22T12:00:00Z');
const expectation = { everyMs: 24 * hour, graceMs: 12 * hour, from: 'rule' as const };
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * hour).toISOString();

const by = (standing: Protection['standing'], state: string): Protection => ({
  ...{ kind: 'disk', sourceId: '/disks/data', itemId: '/vaults/v/items/data' },
  ...{ vaultId: '/vaults/v', policyId: '/vaults/v/policies/daily', standing, state },
});
const selected = {
  kind: 'selected',
  rule: {},
  vaultId: '/vaults/v',
  policyId: '/vaults/v/policies/daily',
} as Case['selection'];
const verdictOf = (differs: Partial<Case>) =>
  judge(
    { candidate: {} as Case['candidate'], selection: selected, facts: {}, expect: expectation, ...differs },
    now,
  );

describe('what a rule selects', () => {
  test('and nothing protects waits for the next sweep', () => {
    expect(verdictOf({})).toEqual({
      state: 'notProtected',
      reason: 'A rule selects it and nothing protects it.',
      advice: 'The next sweep protects it; POST /api/sweeps does so now.',
    });
  });

  test.each([
    [
      'error',
      'ProtectionError',
      {
        state: 'protectionError',
        reason: 'Its protection is in error: no backup will be made.',
        advice: 'Mend what the service names, then protect it again.',
      },
    ],
    [
      'stopped',
      'ProtectionStopped',
      {
        state: 'stopped',
        reason: 'Its backups are stopped; what was kept remains.',
        advice: 'Resume the protection, or exclude the resource in the plan.',
      },
    ],
    [
      'softDeleted',
      'SoftDeleted',
      {
        state: 'softDeleted',
        reason: 'Its backups are deleted and can still be brought back.',
        advice: 'Undelete with POST /api/protections/resume and "undelete": true.',
      },
    ],
  ] as const)(
    'and whose protection stands at %s is told so, whatever its points',
    (standing, state, told) => {
      const facts = { point: { at: hoursAgo(1), source: 'jobs' as const } };
      expect(verdictOf({ by: by(standing, state), facts })).toEqual({ ...told, serviceWords: state });
    },
  );

  test('and is protected as it should be is judged by its points', () => {
    const facts = { point: { at: hoursAgo(1), source: 'jobs' as const } };
    expect(verdictOf({ by: by('protected', 'Protected'), facts })).toEqual({
      state: 'ok',
      reason: 'The newest recovery point is of 2026-08-22 11:00 UTC; one every day is expected.',
    });
  });

  test('and no vault can take is not eligible, with the reason', () => {
    const refused = { kind: 'refused', reason: 'no vault for region northeurope' } as Case['selection'];
    expect(verdictOf({ selection: refused })).toEqual({
      state: 'notEligible',
      reason: 'no vault for region northeurope',
    });
  });
});

test('a plan without rules selects nothing, and says so', () => {
  const none = { kind: 'skipped', reasons: [] } as Case['selection'];
  expect(verdictOf({ selection: none })).toEqual({ state: 'notSelected', reason: 'the plan has no rules' });
});

test('of several rules the one that excludes is named', () => {
  const reasons = [
    { rule: 'disks', reason: 'tag backup is absent' },
    { rule: 'all', reason: 'excluded by name tmp-*' },
  ];
  const skipped = { kind: 'skipped', reasons } as Case['selection'];
  expect(verdictOf({ selection: skipped })).toEqual({
    state: 'excluded',
    reason: 'disks: tag backup is absent; all: excluded by name tmp-*',
    excludedBy: 'all: excluded by name tmp-*',
  });
});

test('a source that is gone leaves an orphan, though a rule would select it', () => {
  const told = {
    state: 'orphan',
    reason: 'The source is gone; its backups remain.',
    advice: 'Keep them until they expire, or stop the protection.',
  };
  expect(verdictOf({ isGone: true })).toEqual(told);
  expect(verdictOf({ isGone: true, by: by('protected', 'Protected') })).toEqual({
    ...told,
    serviceWords: 'Protected',
  });
});

describe('advice', () => {
  const failure = { at: hoursAgo(1), code: 'UserErrorX', message: 'it failed' };
  const point = (hours: number) => ({ at: hoursAgo(hours), source: 'jobs' as const });
  const mend = 'Mend what the service names, then back it up: POST /api/backups.';
  const look =
    'See why no backup was made (schedule, policy, jobs of the vault), or back it up: POST /api/backups.';
  const words = 'UserErrorX: it failed';

  test.each([
    [
      'never backed up: wait for the first',
      {},
      {
        reason: 'It is protected and has no recovery point yet.',
        advice: 'The first backup comes with the next occurrence; POST /api/backups makes one now.',
      },
    ],
    [
      'failing without a point: mend',
      { failure },
      {
        reason: 'Its attempts fail, and there is no recovery point.',
        serviceWords: words,
        advice: mend,
      },
    ],
    [
      'failing since the last point: mend',
      { failure, point: point(5) },
      {
        reason:
          'The newest recovery point is of 2026-08-22 07:00 UTC; one every day is expected; the attempts since then failed.',
        serviceWords: words,
        advice: mend,
      },
    ],
    [
      'late: see why no backup was made',
      { point: point(30) },
      {
        reason: 'The newest recovery point is of 2026-08-21 06:00 UTC; one every day is expected.',
        advice: look,
      },
    ],
    [
      'down: see why no backup was made',
      { point: point(40) },
      {
        reason:
          'The newest recovery point is of 2026-08-20 20:00 UTC; one every day is expected, and the grace of 12 hours is over.',
        advice: look,
      },
    ],
    [
      'down while attempts fail: mend',
      { failure, point: point(40) },
      {
        reason:
          'The newest recovery point is of 2026-08-20 20:00 UTC; one every day is expected, and the grace of 12 hours is over.',
        serviceWords: words,
        advice: mend,
      },
    ],
  ])('%s', (_what, facts, told) => {
    const { state: _state, ...verdict } = verdictOfAge({ facts, expect: expectation }, now);
    expect(verdict).toEqual(told);
  });

  test('a failure at the instant of the point is older news', () => {
    const facts = { point: point(5), failure: { ...failure, at: hoursAgo(5) } };
    expect(verdictOfAge({ facts, expect: expectation }, now).state).toBe('ok');
  });
});

test('states go from good to bad in six steps', () => {
  const steps: readonly (readonly CoverageState[])[] = [
    ['ok'],
    ['excluded', 'notSelected', 'notEligible', 'protectedOutsidePlan', 'orphan'],
    ['neverBackedUp'],
    ['late'],
    ['failing', 'softDeleted', 'stopped', 'protectionError', 'notProtected'],
    ['down'],
  ];
  const stepOf = (state: CoverageState) => steps.findIndex((some) => some.includes(state));
  for (const next of coverageStateSchema.options)
    for (const before of coverageStateSchema.options)
      expect([next, before, isBetter(next, before)]).toEqual([next, before, stepOf(next) < stepOf(before)]);
});

describe('a level', () => {
  test.each([
    ['ok', 'ok'],
    ['late', 'late'],
    ['down', 'down'],
    ['failing', 'failing'],
    ['protectionError', 'unprotected'],
    ['stopped', 'unprotected'],
    ['softDeleted', 'unprotected'],
    ['orphan', 'none'],
    ['excluded', 'none'],
    ['notSelected', 'none'],
    ['notEligible', 'none'],
    ['protectedOutsidePlan', 'none'],
  ] as const)('of %s is %s, however long it has lasted', (state, level) => {
    expect([0, 1000].map((hours) => levelOf(state, hoursAgo(hours), expectation, now))).toEqual([
      level,
      level,
    ]);
  });

  test('of what is new changes just after the time that a backup may take, and after the grace', () => {
    const second = 1 / 3600;
    const levels = (state: CoverageState) =>
      [24, 24 + second, 36, 36 + second].map((hours) => levelOf(state, hoursAgo(hours), expectation, now));
    expect(levels('neverBackedUp')).toEqual(['new', 'late', 'late', 'down']);
    expect(levels('notProtected')).toEqual(['new', 'unprotected', 'unprotected', 'unprotected']);
  });
});

test.each<readonly [Level | undefined, Level, string | undefined]>([
  [undefined, 'ok', undefined],
  [undefined, 'late', 'late'],
  ['ok', 'late', 'late'],
  ['late', 'down', 'down'],
  ['down', 'late', 'late'],
  ['ok', 'failing', 'failing'],
  ['new', 'unprotected', 'unprotected'],
  ['late', 'ok', 'ok'],
  ['down', 'ok', 'ok'],
  ['failing', 'ok', 'ok'],
  ['unprotected', 'ok', 'ok'],
  ['new', 'ok', undefined],
  ['none', 'ok', undefined],
  ['late', 'late', undefined],
  ['down', 'none', undefined],
  ['down', 'new', undefined],
])('from %s to %s is told as %s', (before, next, event) => {
  expect(eventOf(before, next)).toBe(event);
});

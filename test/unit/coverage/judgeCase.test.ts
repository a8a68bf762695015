import { describe, expect, test } from 'vitest';
import type { Gathered } from '../../../src/coverage/gatherEstate.ts';
import { createJudge, unsentOf, type Sighting } from '../../../src/coverage/judgeCase.ts';
import type { NextRow, Prior } from '../../../src/coverage/keptRows.ts';
import type { VaultReading } from '../../../src/coverage/readVault.ts';
import type { Protection } from '../../../src/estate/protections.ts';
import { planSchema } from '../../../src/plan/schema.ts';
import type { Candidate } from '../../../src/plan/select.ts';
import { diskId, disksVaultId, snapshotsId, subscriptionId } from '../../support/planWorld.ts';

const readAt = new Date('2026-08-22T02:00:00Z');
const policyId = `${disksVaultId}/backupPolicies/disks`;
const plan = planSchema.parse({
  rules: [
    {
      name: 'disks',
      match: { kind: 'disk', tags: { backup: 'daily' } },
      protect: { vaults: { '*': disksVaultId }, policy: 'disks', snapshotResourceGroup: snapshotsId },
      expect: { every: 'P1D', grace: 'PT12H' },
    },
  ],
  schedules: [{ name: 'nightly', cron: '0 20 * * *', timeZone: 'UTC', backUp: { rules: ['disks'] } }],
  safety: { subscriptions: [subscriptionId], vaults: [disksVaultId] },
});
const disk = (differs: Partial<Candidate> = {}): Candidate => ({
  ...{ kind: 'disk', id: diskId('data'), name: 'data', subscriptionId, resourceGroup: 'apps' },
  ...{ region: 'westeurope', tags: { backup: 'daily' } },
  ...differs,
});
const itemIn = (vaultId: string): string => `${vaultId}/backupInstances/data`;
const protection = (differs: Partial<Protection> = {}): Protection => ({
  ...{
    kind: 'disk',
    sourceId: diskId('data'),
    itemId: itemIn(disksVaultId),
    vaultId: disksVaultId,
    policyId,
  },
  ...{ standing: 'protected', state: 'ProtectionConfigured' },
  ...differs,
});
const vault = (differs: Partial<VaultReading> = {}): VaultReading => ({
  ...{
    id: disksVaultId,
    type: 'backup',
    policies: [],
    facts: new Map(),
    deleted: [],
    jobsInFlight: 0,
    problems: [],
  },
  ...differs,
});
const gathered = (differs: Partial<Gathered> = {}, ...vaults: readonly VaultReading[]): Gathered => ({
  ...{ subscriptions: [subscriptionId], hidden: new Set<string>(), protections: new Map(), problems: [] },
  vaults: new Map((vaults.length === 0 ? [vault()] : vaults).map((one) => [one.id.toLowerCase(), one])),
  sawProtections: true,
  ...differs,
});
const point = (at: string, more: object = {}) => ({ at, source: 'jobs' as const, ...more });
const withPoint = (at: string) =>
  vault({ facts: new Map([[itemIn(disksVaultId).toLowerCase(), { point: point(at) }]]) });
const priorOf = (differs: Partial<Prior> = {}): Prior => ({
  ...{
    listKey: '',
    id: diskId('data'),
    kind: 'disk',
    state: 'ok',
    since: '2026-08-01T00:00:00.000Z',
    level: 'ok',
    digest: '',
  },
  ...differs,
});

function judged(sighting: Sighting, found: Gathered, prior?: Prior) {
  const judge = createJudge(plan, found, readAt);
  const prepared = judge.prepare(sighting, prior);
  return { ...judge.rowOf(prepared, judge.verdictOf(prepared), prior), prepared };
}

describe('the row of a resource', () => {
  test('says where it is, what the plan asks, what protects it and when the next backup comes', () => {
    const { row, level } = judged(
      { candidate: disk(), protections: [protection()] },
      gathered({}, withPoint('2026-08-21T20:00:00.000Z')),
    );
    expect(level).toBe('ok');
    expect(row).toEqual({
      ...{
        id: diskId('data'),
        kind: 'disk',
        name: 'data',
        subscriptionId,
        resourceGroup: 'apps',
        region: 'westeurope',
      },
      ...{ state: 'ok', since: '2026-08-22T02:00:00.000Z', rule: 'disks' },
      reason: 'The newest recovery point is of 2026-08-21 20:00 UTC; one every day is expected.',
      ...{ vaultId: disksVaultId, policyId, itemId: itemIn(disksVaultId) },
      expect: { every: 'P1D', grace: 'PT12H', from: 'rule' },
      lastGoodPoint: { at: '2026-08-21T20:00:00.000Z', source: 'jobs' },
      nextOccurrence: { at: '2026-08-22T20:00:00.000Z', schedule: 'nightly' },
    });
  });

  test('of one that nothing protects names the vault and the policy that are to', () => {
    const { row, level } = judged({ candidate: disk({ region: '' }), protections: [] }, gathered());
    expect(level).toBe('new');
    expect(row).toEqual({
      ...{ id: diskId('data'), kind: 'disk', name: 'data', subscriptionId, resourceGroup: 'apps' },
      ...{
        state: 'notProtected',
        since: '2026-08-22T02:00:00.000Z',
        rule: 'disks',
        vaultId: disksVaultId,
        policyId,
      },
      reason: 'A rule selects it and nothing protects it.',
      advice: 'The next sweep protects it; POST /api/sweeps does so now.',
      expect: { every: 'P1D', grace: 'PT12H', from: 'rule' },
      nextOccurrence: { at: '2026-08-22T20:00:00.000Z', schedule: 'nightly' },
    });
  });

  test('of one that no rule selects says nothing of rules, vaults and times', () => {
    const { row } = judged({ candidate: disk({ tags: {} }), protections: [] }, gathered());
    expect(Object.keys(row).sort()).toEqual(
      ['id', 'kind', 'name', 'subscriptionId', 'resourceGroup', 'region', 'state', 'since', 'reason'].sort(),
    );
  });

  test('of one whose source is gone expects nothing, and says until when its points are kept', () => {
    const expiresAt = '2026-09-20T20:00:00.000Z';
    const facts = new Map([
      [itemIn(disksVaultId).toLowerCase(), { point: point('2026-08-21T20:00:00.000Z', { expiresAt }) }],
    ]);
    const { row } = judged(
      { candidate: disk(), isGone: true, protections: [protection()] },
      gathered({}, vault({ facts })),
    );
    expect(row).toMatchObject({ state: 'orphan', keptUntil: expiresAt });
    expect(['expect' in row, 'nextOccurrence' in row]).toEqual([false, false]);
  });

  test('of one whose backups are deleted says until when they can be brought back', () => {
    const deleted = [
      {
        id: 'another',
        datasourceId: '',
        datasourceType: '',
        policyId: '',
        purgedAt: '2026-08-30T00:00:00.000Z',
      },
      {
        id: itemIn(disksVaultId).toUpperCase(),
        datasourceId: '',
        datasourceType: '',
        policyId: '',
        purgedAt: '2026-09-05T00:00:00.000Z',
      },
    ];
    const { row } = judged(
      { candidate: disk(), protections: [protection({ standing: 'softDeleted', state: 'SoftDeleted' })] },
      gathered({}, vault({ deleted })),
    );
    expect(row).toMatchObject({ state: 'softDeleted', keptUntil: '2026-09-05T00:00:00.000Z' });
  });

  test('keeps its since as long as its state lasts', () => {
    const sighting = { candidate: disk(), protections: [] };
    const since = (state: Prior['state']) => judged(sighting, gathered(), priorOf({ state })).row.since;
    expect(since('notProtected')).toBe('2026-08-01T00:00:00.000Z');
    expect(since('ok')).toBe('2026-08-22T02:00:00.000Z');
  });

  test('tells when the policy brings the next where no schedule does', () => {
    const policy = {
      id: policyId.toUpperCase(),
      name: 'disks',
      continuous: false,
      nextAfter: () => new Date('2026-08-22T04:00:00Z'),
    };
    const bare = planSchema.parse({ ...plan, schedules: [] });
    const judge = createJudge(bare, gathered({}, vault({ policies: [policy] })), readAt);
    const prepared = judge.prepare({ candidate: disk(), protections: [protection()] }, undefined);
    const { row } = judge.rowOf(prepared, judge.verdictOf(prepared), undefined);
    expect(row.nextOccurrence).toEqual({ at: '2026-08-22T04:00:00.000Z', schedule: 'policy disks' });
  });
});

describe('of several protections', () => {
  const other = `${disksVaultId}-2`;
  const elsewhere = (standing: Protection['standing']) =>
    protection({ vaultId: other, itemId: itemIn(other), standing });
  const here = (standing: Protection['standing']) => protection({ standing });
  const counted = (candidate: Candidate, ...protections: readonly Protection[]) =>
    judged({ candidate, protections }, gathered()).row.vaultId;

  test.each([
    ['a living one in the rule’s own vault', [elsewhere('protected'), here('protected')], disksVaultId],
    [
      'a living one elsewhere before a deleted one in the rule’s own',
      [here('softDeleted'), elsewhere('stopped')],
      other,
    ],
    [
      'a deleted one in the rule’s own vault before others',
      [elsewhere('softDeleted'), here('softDeleted')],
      disksVaultId,
    ],
    ['a deleted one elsewhere', [elsewhere('softDeleted')], other],
  ] as const)('%s counts', (_what, protections, vaultId) => {
    expect(counted(disk(), ...protections)).toBe(vaultId);
  });

  test('of what no rule selects the first living one counts', () => {
    expect(counted(disk({ tags: {} }), here('softDeleted'), elsewhere('protected'))).toBe(other);
  });
});

describe('the newest point', () => {
  const shown = (found: string, prior: Partial<Prior>) =>
    judged({ candidate: disk(), protections: [protection()] }, gathered({}, withPoint(found)), priorOf(prior))
      .row.lastGoodPoint;

  test('stays what it was where lists know only older ones, and of the same point what was known', () => {
    const known = { at: '2026-08-21T20:00:00.000Z', source: 'recoveryPoints', tier: 'VaultStore' } as const;
    expect(shown('2026-08-20T20:00:00.000Z', { point: known })).toEqual(known);
    expect(shown('2026-08-21T20:00:00.000Z', { point: known })).toEqual(known);
    expect(shown('2026-08-22T01:00:00.000Z', { point: known })).toEqual(point('2026-08-22T01:00:00.000Z'));
  });

  test.each([
    ['2026-08-22T02:00:00.000Z', 'is forgotten'],
    ['2026-08-22T02:00:01.000Z', 'stays'],
  ])('that expires at %s %s', (expiresAt, fate) => {
    const known = { at: '2026-08-21T20:00:00.000Z', source: 'recoveryPoints', expiresAt } as const;
    expect(shown('2026-08-20T20:00:00.000Z', { point: known })?.at).toBe(
      fate === 'stays' ? '2026-08-21T20:00:00.000Z' : '2026-08-20T20:00:00.000Z',
    );
  });

  test('of what nothing protects any more is not shown', () => {
    const { row } = judged(
      { candidate: disk(), protections: [] },
      gathered(),
      priorOf({ point: point('2026-08-21T20:00:00.000Z') }),
    );
    expect('lastGoodPoint' in row).toBe(false);
  });
});

describe('a case that rests on what could not be read', () => {
  const blind = gathered(
    {},
    vault({ problems: ['403'], facts: withPoint('2026-08-22T01:00:00.000Z').facts }),
  );
  const sighting = { candidate: disk(), protections: [protection()] };

  test('keeps a state that is worse than the new one, and may turn worse', () => {
    expect(judged(sighting, blind, priorOf({ state: 'down' })).row).toMatchObject({
      ...{ state: 'down', since: '2026-08-01T00:00:00.000Z' },
      reason: 'What it rests on could not be read as a whole: the state stays as it was.',
    });
    const old = gathered(
      {},
      vault({ problems: ['403'], facts: withPoint('2026-08-20T22:00:00.000Z').facts }),
    );
    expect(judged(sighting, old, priorOf({ state: 'ok' })).row.state).toBe('late');
    expect(judged(sighting, blind).row.state).toBe('ok');
  });

  test.each([
    ['a vault that was read as a whole', gathered(), false],
    ['a vault with problems', blind, true],
    ['a vault of which nothing is known', gathered({ vaults: new Map() }), false],
    ['protections that nobody has shown', gathered({ sawProtections: false }), true],
  ])('is one of %s: %j', (_what, found, isBlind) => {
    expect(judged(sighting, found).prepared.isBlind).toBe(isBlind);
    expect(judged({ candidate: disk(), protections: [] }, found).prepared.isBlind).toBe(isBlind);
  });

  test('is none where no vault is asked for', () => {
    expect(judged({ candidate: disk({ tags: {} }), protections: [] }, blind).prepared.isBlind).toBe(false);
  });
});

test('what is told of a row leaves out what it does not say, and more than it needs', () => {
  const { row } = judged({ candidate: disk(), protections: [] }, gathered());
  const next: NextRow = { row, level: 'unprotected' };
  expect(unsentOf(next, priorOf())).toEqual({
    event: 'unprotected',
    row: {
      ...{
        id: diskId('data'),
        kind: 'disk',
        name: 'data',
        state: 'notProtected',
        since: '2026-08-22T02:00:00.000Z',
      },
      ...{ reason: row.reason, advice: row.advice, rule: 'disks', vaultId: disksVaultId },
    },
  });
  expect(unsentOf(next, priorOf({ level: 'unprotected' }))).toBeUndefined();
});

import { describe, expect, test } from 'vitest';
import { readPlan } from '../../../src/plan/problems.ts';
import type { Plan } from '../../../src/plan/schema.ts';
import { matchesGlob, select, type Candidate } from '../../../src/plan/select.ts';

const subscription = '11111111-1111-4111-8111-111111111111';
const vault = (name: string) =>
  `/subscriptions/${subscription}/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/${name}`;

function planOf(match: object, more: object = {}): Plan {
  const reading = readPlan({
    rules: [
      {
        name: 'shares',
        match: { kind: 'fileShare', ...match },
        protect: { vaults: { westeurope: vault('west'), northeurope: vault('north') }, policy: 'daily' },
      },
    ],
    safety: { subscriptions: [subscription], vaults: [vault('west'), vault('north')] },
    ...more,
  });
  if (reading.kind === 'broken') throw new Error(JSON.stringify(reading.problems));
  return reading.plan;
}

const share: Candidate = {
  kind: 'fileShare',
  id: `/subscriptions/${subscription}/resourceGroups/finance/providers/Microsoft.Storage/storageAccounts/ledgers/fileServices/default/shares/books`,
  subscriptionId: subscription,
  resourceGroup: 'finance',
  name: 'books',
  region: 'westeurope',
  tags: { Backup: 'daily', env: 'prod' },
};

const reasonOf = (plan: Plan, candidate: Candidate = share): string | undefined => {
  const selection = select(plan, candidate);
  return selection.kind === 'skipped'
    ? selection.reasons[0]?.reason
    : selection.kind === 'refused'
      ? selection.reason
      : undefined;
};

describe('selection', () => {
  test('a rule without conditions takes every resource of its kind, with the vault of its region', () => {
    expect(select(planOf({}), share)).toMatchObject({
      kind: 'selected',
      vaultId: vault('west'),
      policyId: `${vault('west')}/backupPolicies/daily`,
    });
  });

  test('tags, names and regions are compared without case', () => {
    const plan = planOf({ tags: { BACKUP: 'Daily' }, names: ['BOOK*'], regions: ['West Europe'] });
    expect(select(plan, share).kind).toBe('selected');
  });

  test.each([
    [{ tags: { backup: 'weekly' } }, 'tag backup is "daily", not "weekly"'],
    [{ tags: { owner: { present: true } } }, 'tag owner is absent'],
    [{ tags: { env: { absent: true } } }, 'tag env is present'],
    [{ tags: { env: { anyOf: ['test', 'stage'] } } }, 'tag env is "prod", not one of test, stage'],
    [{ names: ['tmp-*'] }, 'name books matches none of tmp-*'],
    [{ resourceGroups: ['hr', 'it-*'] }, 'resource group finance matches none of hr, it-*'],
    [{ regions: ['northeurope'] }, 'region westeurope is not one of northeurope'],
    [{ exclude: { tags: { env: 'prod' } } }, 'excluded by the rule'],
  ])('%j does not take the share: %s', (match, reason) => {
    expect(reasonOf(planOf(match))).toBe(reason);
  });

  test('all conditions must hold, not one of them', () => {
    expect(reasonOf(planOf({ tags: { backup: 'daily' }, names: ['tmp-*'] }))).toBe(
      'name books matches none of tmp-*',
    );
  });

  test('an exclusion needs all of its conditions', () => {
    expect(select(planOf({ exclude: { tags: { env: 'prod' }, names: ['tmp-*'] } }), share).kind).toBe(
      'selected',
    );
  });

  test('a region without a vault is refused, not passed to the next rule', () => {
    expect(reasonOf(planOf({}), { ...share, region: 'uksouth' })).toBe(
      'rule "shares" names no vault for region uksouth',
    );
  });

  test('a vault outside the allow-list is never used', () => {
    const plan = planOf({});
    const locked = { ...plan, safety: { ...plan.safety, subscriptions: [] } };
    expect(reasonOf(locked)).toContain("the plan's safety list does not allow");
  });

  test.each([
    ['*', 'anything', true],
    ['data-*', 'data-1', true],
    ['data-*', 'metadata-1', false],
    ['*-prod-?', 'db-prod-1', true],
    ['*-prod-?', 'db-prod-12', false],
    ['a*b*c', 'a--b--c', true],
    ['', 'a', false],
    ['a.c', 'abc', false],
  ])('glob %s against %s: %s', (pattern, text, expected) => {
    expect(matchesGlob(pattern, text)).toBe(expected);
  });
});

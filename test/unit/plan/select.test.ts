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
    ['', '', true],
    ['*', '', true],
    ['a', '', false],
    ['?', 'a', true],
    ['?', '', false],
    ['data', 'data-1', false],
    ['data-1', 'data', false],
    ['DATA-*', 'data-1', true],
    ['data**', 'data', true],
    ['*ab', 'aab', true],
    ['a*ab*b', 'aabab', true],
    ['a*ab*b', 'aab', false],
    ['a*', 'a*', true],
    ['*b', 'a*bb', true],
    ['*b', 'abbc', false],
    ['a.c', 'abc', false],
  ])('glob %s against %s: %s', (pattern, text, expected) => {
    expect(matchesGlob(pattern, text)).toBe(expected);
  });
});

describe('what a rule takes out again', () => {
  const sandbox = { ...share, resourceGroup: 'sandbox-7' };
  const scratch = { ...share, name: 'scratch-1' };

  test('any entry of a list takes out, inside one entry every condition must hold', () => {
    const list = planOf({ exclude: [{ resourceGroups: ['sandbox-*'] }, { names: ['scratch*'] }] });
    expect(reasonOf(list, sandbox)).toBe("excluded by entry 1 of the rule's exclude");
    expect(reasonOf(list, scratch)).toBe("excluded by entry 2 of the rule's exclude");
    expect(select(list, share).kind).toBe('selected');
    const one = planOf({ exclude: { resourceGroups: ['sandbox-*'], names: ['scratch*'] } });
    expect(select(one, sandbox).kind).toBe('selected');
    expect(reasonOf(one, { ...sandbox, name: 'scratch-1' })).toBe('excluded by the rule');
  });

  test('an empty entry takes out nothing', () => {
    expect(select(planOf({ exclude: [{}] }), share).kind).toBe('selected');
  });
});

describe('conditions on what is known of an account or disk', () => {
  const premium: Candidate = {
    ...share,
    facts: { sku: 'Premium_LRS', accountKind: 'FileStorage', hierarchicalNamespace: false },
  };

  test.each([
    [{ skus: ['Standard_*'] }, 'SKU Premium_LRS matches none of Standard_*'],
    [{ accountKinds: ['StorageV2'] }, 'account kind FileStorage is not one of StorageV2'],
    [{ hierarchicalNamespace: true }, 'the account has no hierarchical namespace'],
    [{ exclude: [{ skus: ['premium_*'] }] }, 'excluded by the rule'],
  ])('%j', (match, reason) => {
    expect(reasonOf(planOf(match), premium)).toBe(reason);
  });

  test('hold where they are met, and not on what is unknown', () => {
    const plan = planOf({ skus: ['Premium_*'], accountKinds: ['FileStorage'], hierarchicalNamespace: false });
    expect(select(plan, premium).kind).toBe('selected');
    expect(reasonOf(plan, share)).toBe('SKU (unknown) matches none of Premium_*');
  });
});

test("a tag chooses the policy; other values and none have the rule's", () => {
  const plan = planOf({});
  const [rule] = plan.rules;
  if (!rule) throw new Error('no rule');
  const tagged: Plan = {
    ...plan,
    rules: [
      {
        ...rule,
        protect: {
          ...rule.protect,
          policyByTag: { tag: 'BACKUP', policies: { Daily: 'gold', weekly: 'silver' } },
        },
      },
    ],
  };
  const policyOf = (tags: Candidate['tags']) => {
    const selection = select(tagged, { ...share, tags });
    return selection.kind === 'selected' ? selection.policyId.split('/').at(-1) : selection.kind;
  };
  expect(policyOf({ backup: 'daily' })).toBe('gold');
  expect(policyOf({ backup: 'monthly' })).toBe('daily');
  expect(policyOf({})).toBe('daily');
});

describe('disks', () => {
  const other = '22222222-2222-4222-8222-222222222222';
  const backupVault = `/subscriptions/${subscription}/resourceGroups/backup/providers/Microsoft.DataProtection/backupVaults/disks`;
  const groupIn = (id: string) => `/subscriptions/${id}/resourceGroups/snapshots`;
  const plan = (snapshotResourceGroup: unknown, match: object = {}) => {
    const reading = readPlan({
      rules: [
        {
          name: 'disks',
          match: { kind: 'disk', ...match },
          protect: { vaults: { '*': backupVault }, policy: 'daily', snapshotResourceGroup },
        },
      ],
      safety: { subscriptions: [subscription, other], vaults: [backupVault] },
    });
    if (reading.kind === 'broken') throw new Error(JSON.stringify(reading.problems));
    return reading.plan;
  };
  const disk: Candidate = { ...share, kind: 'disk', name: 'data-1', tags: {} };

  test('have the snapshot group of their own subscription, or are refused', () => {
    const both = plan({ [subscription]: groupIn(subscription), [other]: groupIn(other) });
    expect(select(both, { ...disk, subscriptionId: other }).kind).toBe('selected');
    expect(
      reasonOf(plan({ [subscription]: groupIn(subscription) }), { ...disk, subscriptionId: other }),
    ).toBe(`rule "disks" names no resource group for snapshots in subscription ${other}`);
    expect(reasonOf(plan(groupIn(subscription)), { ...disk, subscriptionId: other })).toContain(
      'kept in its own subscription',
    );
  });

  test('that the service cannot back up, or that others have made, are not eligible', () => {
    const group = groupIn(subscription);
    const encrypted = { ...disk, notEligible: 'the disk is encrypted' };
    expect(select(plan(group), encrypted)).toMatchObject({
      kind: 'notEligible',
      reason: 'the disk is encrypted',
    });
    const volume: Candidate = { ...disk, facts: { madeBy: 'kubernetes' } };
    expect(select(plan(group), volume).kind).toBe('selected');
    expect(select(plan(group, { leaveOut: ['kubernetes'] }), volume)).toMatchObject({
      kind: 'notEligible',
      reason: 'a Kubernetes cluster has made it, and the rule leaves those out',
    });
  });
});

describe('conditions of several values', () => {
  const other = '22222222-2222-4222-8222-222222222222';

  test.each([
    { subscriptions: [other, subscription] },
    { subscriptions: ['ABCDEFAB-2222-4222-8222-222222222222', subscription] },
    { resourceGroups: ['hr', 'fin*'] },
    { regions: ['northeurope', 'West Europe'] },
    { names: ['tmp-*', 'books'] },
    { tags: { env: { anyOf: ['test', 'PROD'] } } },
    { tags: { env: { present: true } } },
    { tags: { owner: { absent: true } } },
    {},
  ])('%j: any of them will do', (match) => {
    expect(select(planOf(match), share).kind).toBe('selected');
  });

  test('a subscription that is not listed is left to the other rules', () => {
    expect(reasonOf(planOf({ subscriptions: [other] }))).toBe(`subscription ${subscription} is not listed`);
  });

  test('an absent tag is none of several values', () => {
    expect(reasonOf(planOf({ tags: { owner: { anyOf: ['me'] } } }))).toBe('tag owner is absent');
  });

  test('facts: any SKU or kind of account will do, and what is unknown is none', () => {
    const facts = { sku: 'Standard_GRS', accountKind: 'StorageV2', hierarchicalNamespace: true };
    const known: Candidate = { ...share, facts };
    expect(select(planOf({ skus: ['Premium_*', 'standard_*'] }), known).kind).toBe('selected');
    expect(select(planOf({ accountKinds: ['BlobStorage', 'StorageV2'] }), known).kind).toBe('selected');
    expect(reasonOf(planOf({ accountKinds: ['StorageV2'] }))).toBe(
      'account kind (unknown) is not one of StorageV2',
    );
    expect(reasonOf(planOf({ hierarchicalNamespace: false }), known)).toBe(
      'the account has a hierarchical namespace',
    );
    expect(reasonOf(planOf({ hierarchicalNamespace: true }))).toBe(
      'the account has no hierarchical namespace',
    );
  });
});

test('a selection names its rule, whatever comes of it', () => {
  const plan = planOf({});
  const refused = { kind: 'refused', rule: { name: 'shares' } };
  expect(select(plan, share)).toMatchObject({ kind: 'selected', rule: { name: 'shares' } });
  expect(select(plan, { ...share, region: 'uksouth' })).toMatchObject(refused);
  expect(select(plan, { ...share, notEligible: 'too large' })).toMatchObject({
    kind: 'notEligible',
    rule: { name: 'shares' },
  });
  expect(select(planOf({ names: ['x'] }), share)).toEqual({
    kind: 'skipped',
    reasons: [{ rule: 'shares', reason: 'name books matches none of x' }],
  });
});

test('vault and subscription must both be on the allow-list', () => {
  const plan = planOf({});
  const noVault = { ...plan, safety: { ...plan.safety, vaults: [vault('north')] } };
  const noSubscription = { ...plan, safety: { ...plan.safety, subscriptions: [] } };
  expect(select(noVault, share)).toMatchObject({ kind: 'refused', rule: { name: 'shares' } });
  expect(select(noSubscription, share).kind).toBe('refused');
  expect(select(plan, { ...share, subscriptionId: subscription.toUpperCase() }).kind).toBe('selected');
});

import { describe, expect, test } from 'vitest';
import {
  addTargets,
  backupItems,
  batchOfTargets,
  namedItems,
  wantedOf,
} from '../../../src/batches/backupItems.ts';
import { itemKey, listItems } from '../../../src/batches/batchItem.ts';
import { drillItems, drillOf } from '../../../src/batches/protectionRequest.ts';
import type { Protection } from '../../../src/estate/protections.ts';
import type { Estate } from '../../../src/estate/readEstate.ts';
import { planSchema, type Plan } from '../../../src/plan/schema.ts';
import type { Candidate } from '../../../src/plan/select.ts';
import { memoryTable } from '../../support/memoryStorage.ts';
import {
  accountId,
  diskId,
  disksVaultId,
  filesVaultId,
  shareOf,
  snapshotsId,
  subscriptionId,
} from '../../support/planWorld.ts';

const now = new Date('2026-08-22T02:00:00Z');
const daily = { backup: 'daily' };
const drill = (differs: object = {}) => ({
  ...{ name: 'Monthly', of: { rules: ['disks', 'shares'] }, sample: { share: 100, atLeast: 1, atMost: 100 } },
  ...{ cron: '0 3 1 * *', timeZone: 'UTC', ...differs },
});
const planOf = (more: object = {}): Plan =>
  planSchema.parse({
    rules: [
      {
        name: 'disks',
        match: { kind: 'disk', tags: daily },
        protect: { vaults: { '*': disksVaultId }, policy: 'disks', snapshotResourceGroup: snapshotsId },
      },
      {
        name: 'shares',
        match: { kind: 'fileShare', tags: daily },
        protect: { vaults: { '*': filesVaultId }, policy: 'daily' },
      },
    ],
    schedules: [{ name: 'nightly', cron: '0 2 * * *', timeZone: 'UTC', backUp: { rules: ['Disks'] } }],
    safety: { subscriptions: [subscriptionId], vaults: [disksVaultId, filesVaultId] },
    ...more,
  });
const disk = (name: string, differs: Partial<Candidate> = {}): Candidate => ({
  ...{
    kind: 'disk',
    id: diskId(name),
    name,
    subscriptionId,
    resourceGroup: 'apps',
    region: 'westeurope',
    tags: daily,
  },
  ...differs,
});
const account = (name: string, tags: Candidate['tags'] = daily): Candidate => ({
  ...{
    kind: 'blobs',
    id: accountId(name),
    name,
    subscriptionId,
    resourceGroup: 'data',
    region: 'westeurope',
    tags,
  },
});
const ofDisk = (name: string, differs: Partial<Protection> = {}): Protection => ({
  ...{
    kind: 'disk',
    sourceId: diskId(name),
    itemId: `${disksVaultId}/backupInstances/${name}`,
    vaultId: disksVaultId,
  },
  ...{ policyId: 'p', standing: 'protected', state: 'ProtectionConfigured' },
  ...differs,
});
const shareItem = (share: string) =>
  `${filesVaultId}/backupFabrics/Azure/protectionContainers/c/protectedItems/azurefileshare;${share}`;
const ofShare = (share: string, differs: Partial<Protection> = {}): Protection => ({
  ...{
    kind: 'fileShare',
    sourceId: `${accountId('papers01')}/fileServices/default/shares/${share}`,
    itemId: shareItem(share),
  },
  ...{ vaultId: filesVaultId, policyId: 'p', standing: 'protected', state: 'Protected' },
  ...differs,
});
const estateOf = (candidates: readonly Candidate[], protections: readonly Protection[]): Estate => ({
  ...{ candidates, protections, pages: 1, warnings: [] },
});
const told = (items: ReturnType<typeof backupItems>) =>
  items.map(({ target, state, status, rule, error }) => [
    target.split('/').at(-1),
    status ?? state,
    rule ?? error?.code,
  ]);

describe('the items of rules', () => {
  const wanted = { rules: ['DISKS', 'shares'] };
  const items = (estate: Estate, askedBy: 'rule' | 'schedule' | 'drill' = 'schedule') =>
    backupItems(planOf(), wanted, estate, { keepFor: 'P30D' }, askedBy, now);

  test('ask for a backup of each that vaults protect, named by its source', () => {
    expect(items(estateOf([disk('data')], [ofDisk('data')]))).toEqual([
      {
        ...{
          key: itemKey(`${disksVaultId}/backupInstances/data`),
          state: 'planned',
          target: diskId('data'),
          rule: 'disks',
        },
        request: { kind: 'backUp', target: { id: `${disksVaultId}/backupInstances/data` }, keepFor: 'P30D' },
      },
    ]);
  });

  test('take a share by the tags and the region of its account', () => {
    const estate = estateOf([account('papers01')], [ofShare('docs')]);
    expect(told(items(estate))).toEqual([['docs', 'planned', 'shares']]);
    expect(told(items(estateOf([account('papers01', {})], [ofShare('docs')])))).toEqual([]);
    expect(told(items(estateOf([account('other')], [ofShare('docs')])))).toEqual([]);
  });

  test('leave out what no rule of theirs selects, what is gone, and vaults out of the plan’s bounds', () => {
    const foreign = `${disksVaultId}-foreign`;
    const outside = ofDisk('data', { vaultId: foreign, itemId: `${foreign}/backupInstances/data` });
    expect(told(items(estateOf([disk('data', { tags: {} })], [ofDisk('data')])))).toEqual([]);
    expect(told(items(estateOf([], [ofDisk('data')])))).toEqual([]);
    expect(told(items(estateOf([disk('data')], [outside])))).toEqual([]);
    const sharesAlone = backupItems(
      planOf(),
      { rules: ['shares'] },
      estateOf([disk('data')], [ofDisk('data')]),
      {},
      'schedule',
      now,
    );
    expect(told(sharesAlone)).toEqual([]);
  });

  test('take databases by the item alone', () => {
    const databases = {
      ...{ name: 'databases', match: { kind: 'workload', names: ['SQLDataBase;mssqlserver;orders'] } },
      protect: { vaults: { '*': filesVaultId }, policy: 'daily' },
    };
    const itemId = (name: string) =>
      shareItem('x').replace('azurefileshare;x', `SQLDataBase;mssqlserver;${name}`);
    const of = (name: string): Protection => ({
      ...ofShare('x'),
      kind: 'workload',
      itemId: itemId(name),
      sourceId: itemId(name),
    });
    const plan = { ...planOf(), rules: [...planOf().rules, databases] } as unknown as Plan;
    const estate = estateOf([], [of('orders'), of('other'), { ...of('orders'), itemId: 'no id' }]);
    const taken = (names: readonly string[]) =>
      told(backupItems(plan, { rules: [...names] }, estate, {}, 'schedule', now));
    expect(taken(['Databases'])).toEqual([['SQLDataBase;mssqlserver;orders', 'planned', 'databases']]);
    expect(taken(['disks'])).toEqual([]);
  });

  test.each([
    ['rule', 'stopped', 'planned'],
    ['schedule', 'stopped', 'skipped'],
    ['drill', 'stopped', 'skipped'],
    ['rule', 'softDeleted', 'planned'],
    ['schedule', 'softDeleted', 'planned'],
    ['drill', 'softDeleted', 'skipped'],
    ['rule', 'error', 'planned'],
    ['schedule', 'error', 'planned'],
    ['drill', 'error', 'planned'],
  ] as const)('asked by a %s, what stands at %s is %s', (askedBy, standing, fate) => {
    const [item] = items(
      estateOf([disk('data')], [ofDisk('data', { standing, state: 'ItsState' })]),
      askedBy,
    );
    expect(item?.status ?? item?.state).toBe(fate);
    if (fate === 'skipped')
      expect(item).toEqual({
        ...{ key: itemKey(`${disksVaultId}/backupInstances/data`), state: 'ended', status: 'skipped' },
        ...{ target: `${disksVaultId}/backupInstances/data`, endedAt: '2026-08-22T02:00:00.000Z' },
        error: { code: 'ProtectionStopped', message: 'Its protection is not active: ItsState.' },
      });
  });

  test.each(['rule', 'schedule', 'drill'] as const)(
    'asked by a %s, an older item beside one that is active is skipped',
    (askedBy) => {
      const older = ofDisk('data', {
        standing: 'stopped',
        state: '',
        itemId: `${disksVaultId}/backupInstances/older`,
      });
      const found = items(estateOf([disk('data')], [older, ofDisk('data')]), askedBy);
      expect(told(found)).toEqual([
        ['older', 'skipped', 'ProtectionStopped'],
        ['data', 'planned', 'disks'],
      ]);
      expect(found[0]?.error?.message).toBe('Another item backs up its source; this one is stopped.');
    },
  );

  test.each([
    ['rule', 'failed'],
    ['schedule', 'skipped'],
    ['drill', 'skipped'],
  ] as const)('asked by a %s, what no vault protects yet is %s', (askedBy, status) => {
    const estate = estateOf([disk('data'), disk('bare'), disk('other', { tags: {} })], [ofDisk('data')]);
    expect(items(estate, askedBy)[1]).toEqual({
      ...{ key: itemKey(diskId('bare')), state: 'ended', status, target: diskId('bare') },
      error: { code: 'NotProtected', message: 'No vault protects it yet: the next sweep will.' },
      endedAt: '2026-08-22T02:00:00.000Z',
    });
    expect(items(estate, askedBy)).toHaveLength(2);
  });

  test('of a match are taken without a rule', () => {
    const match = { kind: 'disk' as const, names: ['da*'] };
    const estate = estateOf([disk('data', { tags: {} }), disk('log')], [ofDisk('data'), ofDisk('log')]);
    expect(told(backupItems(planOf(), { match }, estate, {}, 'schedule', now))).toEqual([
      ['data', 'planned', 'match'],
    ]);
  });
});

describe('items that a schedule names', () => {
  const named = (id: string) => namedItems(planOf(), [id], { keepFor: 'P30D' }, now)[0];
  const foreignSubscription = '55555555-5555-4666-8777-888888888888';

  test('are backed up where the plan allows their vault or, of resources, their subscription', () => {
    const item = shareItem('docs');
    expect(named(item)).toEqual({
      ...{ key: itemKey(item), state: 'planned', target: item },
      request: { kind: 'backUp', target: { id: item }, keepFor: 'P30D' },
    });
    expect(named(item.toUpperCase())?.state).toBe('planned');
    expect(named(diskId('data').toUpperCase())?.state).toBe('planned');
    expect(named(`${disksVaultId}/backupInstances/data`)?.state).toBe('planned');
  });

  test.each([
    [
      'a vault that the plan does not name',
      `${filesVaultId}-2/backupFabrics/Azure/protectionContainers/c/protectedItems/i`,
    ],
    ['a subscription that it does not name', diskId('data').replace(subscriptionId, foreignSubscription)],
    ['no id', 'data'],
  ])('are skipped in %s', (_what, id) => {
    expect(named(id)).toEqual({
      ...{
        key: itemKey(id),
        state: 'ended',
        status: 'skipped',
        target: id,
        endedAt: '2026-08-22T02:00:00.000Z',
      },
      error: { code: 'NotAllowed', message: "The plan's safety list does not allow it." },
    });
  });

  test('are allowed in a vault of the plan that lies in another subscription', () => {
    const vault = filesVaultId.replace(subscriptionId, foreignSubscription);
    const plan = planOf({ safety: { subscriptions: [subscriptionId], vaults: [vault] } });
    const id = `${vault}/backupFabrics/Azure/protectionContainers/c/protectedItems/i`;
    expect(namedItems(plan, [id], {}, now)[0]?.state).toBe('planned');
  });
});

test('a batch is of what its rule or schedule says, as long as the plan knows it', () => {
  const dueAt = '2026-08-22T02:00:00.000Z';
  expect(wantedOf(planOf(), { kind: 'rule', rule: 'DISKS' })).toEqual({ rules: ['disks'] });
  expect(wantedOf(planOf(), { kind: 'rule', rule: 'disk' })).toBeUndefined();
  expect(wantedOf(planOf(), { kind: 'schedule', schedule: 'nightly', dueAt })).toEqual({ rules: ['Disks'] });
  expect(wantedOf(planOf(), { kind: 'schedule', schedule: 'weekly', dueAt })).toBeUndefined();
});

test('targets are kept before the batch is accepted, each once, and the digest tells two lists apart', async () => {
  const table = memoryTable();
  const targets = [shareOf('papers01', 'docs'), shareOf('papers01', 'mail'), shareOf('papers01', 'docs')];
  const run = { id: 'b'.repeat(40), digest: 'd'.repeat(64) };
  await addTargets(table, run, targets, { keepFor: 'P30D' });
  const items = (await listItems(table, `${'b'.repeat(40)}-${'d'.repeat(16)}`)).map(({ item }) => item);
  expect(items.map(({ state, request }) => [state, request])).toHaveLength(2);
  expect(items.map(({ request }) => request)).toContainEqual({
    kind: 'backUp',
    target: targets[0],
    keepFor: 'P30D',
  });
  const of = batchOfTargets(targets);
  expect(of).toMatchObject({ kind: 'targets', count: 3 });
  expect(batchOfTargets(targets)).toEqual(of);
  expect(batchOfTargets(targets.slice(1))).not.toEqual(of);
});

describe('the items of a drill', () => {
  const place = { resourceGroup: snapshotsId };
  const into = { disk: place };
  const plan = { ...planOf(), drills: [drill({ into, point: 'latest', concurrency: 2 })] } as unknown as Plan;
  const of = { kind: 'drill', drill: 'MONTHLY', dueAt: '2026-08-01T03:00:00.000Z' } as const;
  const madeAt = '2026-08-22T01:00:00.000Z';
  const estate = estateOf(
    [disk('data'), account('papers01'), disk('bare')],
    [ofDisk('data'), ofShare('docs')],
  );
  const items = (differs: object = {}, asked: object = {}) => {
    const found = drillOf(plan, of);
    if (!found) throw new Error('the plan has lost its drill');
    return drillItems(plan, { ...found, ...differs }, { ...of, ...asked }, estate, { madeAt, now });
  };

  test('restore what vaults protect, and say of which occurrence', () => {
    expect(items()[0]).toEqual({
      ...{
        key: itemKey(`${disksVaultId}/backupInstances/data`),
        state: 'planned',
        target: diskId('data'),
        rule: 'disks',
      },
      request: {
        ...{ kind: 'drill', target: { id: `${disksVaultId}/backupInstances/data` }, into, point: 'latest' },
        ...{ seed: 'monthly|2026-08-01T03:00:00.000Z', drill: 'Monthly', restoresADay: undefined },
      },
    });
  });

  test('of a kind that has no place are skipped, with the reason', () => {
    expect(items()[1]).toMatchObject({
      ...{ state: 'ended', status: 'skipped', endedAt: '2026-08-22T02:00:00.000Z' },
      error: { code: 'KindNotDrilled', message: 'into names no place for fileShare' },
    });
    expect(items()).toHaveLength(2);
  });

  test('carry everything that the drill says', () => {
    const said = {
      check: { kind: 'x' },
      keepFor: 'PT1H',
      guardRequest: '/g',
      grantRoles: true,
      target: 'PT2H',
      restoresADay: 3,
    };
    const { target, ...others } = said;
    expect(items(said)[0]?.request).toMatchObject({ ...others, restoreWithin: target });
    expect(items({}, { dryRun: true })[0]?.request).toMatchObject({ dryRun: true });
    expect('dryRun' in (items()[0]?.request ?? {})).toBe(false);
  });

  test('that somebody has asked for are of the instant when that was', () => {
    expect(items({}, { dueAt: undefined })[0]?.request).toMatchObject({ seed: `monthly|${madeAt}` });
  });

  test('are a sample', () => {
    expect(items({ sample: { share: 10, atLeast: 1, atMost: 1 } })).toHaveLength(1);
  });

  test('are unknown once the plan has no such drill', () => {
    expect(drillOf(plan, { kind: 'drill', drill: 'weekly' })).toBeUndefined();
    expect(drillOf(planOf(), of)).toBeUndefined();
  });
});

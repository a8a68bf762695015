import { describe, expect, test } from 'vitest';
import { candidateOf, seenResource, shareCandidate } from '../../../src/estate/candidates.ts';
import { compare, indexProtections, orphansAmong } from '../../../src/estate/compare.ts';
import { protectionOf, type Protection } from '../../../src/estate/protections.ts';
import { accountsToList, accountsWithShares, readEstate, sharesOf } from '../../../src/estate/readEstate.ts';
import { planSchema, type Plan } from '../../../src/plan/schema.ts';
import type { Candidate } from '../../../src/plan/select.ts';
import { answered, answeringEstate, listed, refused } from '../../support/answeringEstate.ts';
import {
  accountId,
  diskId,
  disksVaultId,
  filesVaultId,
  snapshotsId,
  subscriptionId,
} from '../../support/planWorld.ts';

const daily = { backup: 'daily' };
const policyId = `${disksVaultId}/backupPolicies/disks`;
const planOf = (more: object = {}): Plan =>
  planSchema.parse({
    rules: [
      {
        name: 'disks',
        match: { kind: 'disk', tags: daily },
        protect: { vaults: { '*': disksVaultId }, policy: 'disks', snapshotResourceGroup: snapshotsId },
      },
    ],
    schedules: [],
    safety: { subscriptions: [subscriptionId], vaults: [disksVaultId] },
    ...more,
  });
const ofShares = (more: object = {}) => ({
  ...{ name: 'shares', match: { kind: 'fileShare', tags: daily, names: ['docs'], ...more } },
  protect: { vaults: { '*': filesVaultId }, policy: 'daily' },
});
const disk = (differs: Partial<Candidate> = {}): Candidate => ({
  ...{
    kind: 'disk',
    id: diskId('data'),
    name: 'data',
    subscriptionId,
    resourceGroup: 'apps',
    region: 'westeurope',
    tags: daily,
  },
  ...differs,
});
const account = (name: string, differs: Partial<Candidate> = {}): Candidate => ({
  ...{
    kind: 'blobs',
    id: accountId(name),
    name,
    subscriptionId,
    resourceGroup: 'data',
    region: 'westeurope',
    tags: daily,
  },
  ...differs,
});
const ofDisk = (differs: Partial<Protection> = {}): Protection => ({
  ...{
    kind: 'disk',
    sourceId: diskId('data'),
    itemId: `${disksVaultId}/backupInstances/data`,
    vaultId: disksVaultId,
    policyId,
  },
  ...{ standing: 'protected', state: 'ProtectionConfigured' },
  ...differs,
});
const found = (protections: readonly Protection[], candidate = disk(), plan = planOf()) =>
  compare(plan, indexProtections(protections), candidate);

describe('a resource that a rule selects', () => {
  test('is missing where nothing protects it, or only something else with its id', () => {
    expect(found([]).kind).toBe('missing');
    expect(found([ofDisk({ kind: 'blobs' })]).kind).toBe('missing');
  });

  test('is protected where vault and policy are the rule’s, in any case', () => {
    const by = ofDisk({
      sourceId: diskId('DATA'),
      vaultId: disksVaultId.toUpperCase(),
      policyId: policyId.toUpperCase(),
    });
    expect(found([by])).toMatchObject({ kind: 'protected', by });
  });

  const elsewhere = `${disksVaultId}-2`;
  test.each([
    [{ standing: 'error', state: 'ProtectionError' }, 'its protection is in error (ProtectionError)'],
    [{ standing: 'stopped', state: 'ProtectionStopped' }, 'its protection is stopped (ProtectionStopped)'],
    [
      { standing: 'softDeleted', state: 'SoftDeleted' },
      'ItemSoftDeleted: its backups are deleted and can still be brought back: POST /api/protections/resume with "undelete": true',
    ],
    [{ vaultId: elsewhere }, `it is protected in ${elsewhere}`],
    [{ policyId: 'other' }, 'its policy is other'],
  ] as const)('drifts where %j', (differs, reason) => {
    expect(found([ofDisk(differs)])).toMatchObject({ kind: 'drift', reason });
  });

  test.each([
    [
      'the living one in the rule’s own vault',
      [ofDisk({ vaultId: elsewhere, itemId: 'far' }), ofDisk({ itemId: 'own' })],
      'own',
    ],
    [
      'a living one elsewhere before a deleted one in its own',
      [ofDisk({ standing: 'softDeleted', itemId: 'own' }), ofDisk({ vaultId: elsewhere, itemId: 'far' })],
      'far',
    ],
    [
      'the deleted one in its own vault',
      [
        ofDisk({ standing: 'softDeleted', vaultId: elsewhere, itemId: 'far' }),
        ofDisk({ standing: 'softDeleted', itemId: 'own' }),
      ],
      'own',
    ],
    [
      'the deleted one there is',
      [ofDisk({ standing: 'softDeleted', vaultId: elsewhere, itemId: 'far' })],
      'far',
    ],
  ] as const)('counts %s', (_what, protections, itemId) => {
    expect(found(protections)).toMatchObject({ by: { itemId } });
  });
});

describe('a resource that no rule selects', () => {
  const plain = disk({ tags: {} });

  test('is skipped with the reason of each rule', () => {
    expect(found([], plain)).toMatchObject({ kind: 'skipped', reason: 'disks: tag backup is absent' });
    expect(found([], plain, planOf({ rules: [] }))).toMatchObject({
      kind: 'skipped',
      reason: 'the plan has no rules',
    });
  });

  test('lies outside the plan where something living protects it', () => {
    const deleted = ofDisk({ standing: 'softDeleted', itemId: 'deleted' });
    expect(found([deleted, ofDisk()], plain)).toMatchObject({
      kind: 'protectedOutsidePlan',
      by: ofDisk(),
      reason: 'disks: tag backup is absent',
    });
    expect(found([deleted], plain).kind).toBe('skipped');
  });

  test('that the service cannot back up is not eligible, under the rule that takes it', () => {
    const replica = disk({ notEligible: 'it is a replica' });
    expect(found([], replica)).toEqual({
      kind: 'notEligible',
      candidate: replica,
      rule: 'disks',
      reason: 'it is a replica',
    });
    expect(found([ofDisk()], replica).kind).toBe('protectedOutsidePlan');
  });

  test('is skipped where its rule has no place for it', () => {
    const foreign = disk({ subscriptionId: '55555555-5555-4666-8777-888888888888' });
    expect(found([], foreign)).toMatchObject({
      kind: 'skipped',
      reason: expect.stringContaining("the plan's safety list") as unknown,
    });
  });
});

describe('an orphan', () => {
  const share = (name: string): Protection => ({
    ...ofDisk({ kind: 'fileShare', itemId: name }),
    sourceId: `${accountId('papers01')}/fileServices/default/shares/${name}`,
  });
  const orphans = (
    protections: readonly Protection[],
    present: readonly Candidate[],
    listedAccounts: readonly string[] = [],
  ) =>
    orphansAmong(protections, present, new Set(listedAccounts.map((name) => accountId(name).toLowerCase())), [
      subscriptionId.toUpperCase(),
    ]).map(({ itemId }) => itemId.split('/').at(-1));

  test('is a protection whose source is gone, in a subscription that was read', () => {
    const elsewhere = diskId('data').replace(subscriptionId, '55555555-5555-4666-8777-888888888888');
    expect(orphans([ofDisk()], [])).toEqual(['data']);
    expect(orphans([ofDisk()], [disk({ id: diskId('DATA') })])).toEqual([]);
    expect(orphans([ofDisk()], [disk({ kind: 'virtualMachine' })])).toEqual(['data']);
    expect(orphans([ofDisk({ sourceId: elsewhere }), ofDisk({ sourceId: '' })], [])).toEqual([]);
  });

  test('is none that was deleted, and no database', () => {
    expect(orphans([ofDisk({ standing: 'softDeleted' }), ofDisk({ kind: 'workload' })], [])).toEqual([]);
    expect(orphans([ofDisk({ standing: 'stopped' }), ofDisk({ standing: 'error' })], [])).toEqual([
      'data',
      'data',
    ]);
  });

  test('is a share whose account is gone, or was listed without it', () => {
    const here = account('papers01');
    expect(orphans([share('docs')], [])).toEqual(['docs']);
    expect(orphans([share('docs')], [here])).toEqual([]);
    expect(
      orphans([share('docs'), share('mail')], [here, shareCandidate(here, 'mail')], ['papers01']),
    ).toEqual(['docs']);
    expect(orphans([ofDisk({ sourceId: accountId('papers01') })], [here])).toEqual(['data']);
  });
});

describe('a row of what is protected', () => {
  const instance = {
    id: `${disksVaultId}/backupInstances/data`,
    instanceState: 'ProtectionConfigured',
    instancePolicyId: policyId,
  };
  const itemId = `${filesVaultId}/backupFabrics/Azure/protectionContainers/c/protectedItems/i`;

  test.each([
    ['Microsoft.Compute/disks', 'disk'],
    ['microsoft.storage/storageaccounts/blobservices', 'blobs'],
  ])('of %s is an instance', (datasourceType, kind) => {
    expect(protectionOf({ ...instance, datasourceType, datasourceId: diskId('data') })).toEqual({
      ...{ kind, sourceId: diskId('data'), itemId: instance.id, vaultId: disksVaultId, policyId },
      ...{ standing: 'protected', state: 'ProtectionConfigured' },
    });
  });

  test('of a datasource without a kind is none', () => {
    expect(
      protectionOf({ ...instance, datasourceType: 'Microsoft.DBforPostgreSQL/servers/databases' }),
    ).toBeUndefined();
  });

  test.each([
    [
      'a share',
      {
        itemType: 'AzureFileShareProtectedItem',
        sourceResourceId: accountId('papers01'),
        friendlyName: 'docs',
      },
      { kind: 'fileShare', sourceId: `${accountId('papers01')}/fileServices/default/shares/docs` },
    ],
    [
      'a machine',
      { itemType: 'Microsoft.Compute/virtualMachines', sourceResourceId: diskId('vm') },
      { kind: 'virtualMachine', sourceId: diskId('vm') },
    ],
    [
      'a database',
      { itemType: 'AzureVmWorkloadSQLDatabase', sourceResourceId: diskId('vm') },
      { kind: 'workload', sourceId: itemId },
    ],
  ])('of %s is an item', (_what, row, told) => {
    expect(protectionOf({ id: itemId, ...row, itemState: 'Protected', itemPolicyId: 'p' })).toEqual({
      ...{ ...told, itemId, vaultId: filesVaultId, policyId: 'p', standing: 'protected', state: 'Protected' },
    });
  });

  test.each([
    ['Protected', '', 'protected'],
    ['IRPending', 'false', 'protected'],
    ['ProtectionStopped', '0', 'stopped'],
    ['BackupsSuspended', '', 'stopped'],
    ['ProtectionPaused', '', 'stopped'],
    ['NotProtected', '', 'stopped'],
    ['ProtectionError', '', 'error'],
    ['ProtectionFailed', '', 'error'],
    ['Invalid', '', 'error'],
    ['SoftDeleted', '', 'softDeleted'],
    ['ProtectionStopped', 'True', 'softDeleted'],
    ['ProtectionStopped', '1', 'softDeleted'],
    ['', '10', 'protected'],
  ])('in state %s, deleted %s, stands at %s', (itemState, deleted, standing) => {
    expect(protectionOf({ id: itemId, itemType: 'x', itemState, deleted })?.standing).toBe(standing);
    if (deleted === '')
      expect(
        protectionOf({ ...instance, datasourceType: 'microsoft.compute/disks', instanceState: itemState })
          ?.standing,
      ).toBe(standing);
  });
});

describe('a row of resources', () => {
  const seen = (row: object) => candidateOf(seenResource(row as never));

  test('is a disk with what conditions look at', () => {
    expect(
      seen({
        id: diskId('data'),
        location: 'westeurope',
        tags: { backup: 'daily', odd: 7 },
        skuName: 'Premium_LRS',
        kind: 'x',
      }),
    ).toEqual({
      ...disk({ tags: { backup: 'daily', odd: '' } }),
      facts: { sku: 'Premium_LRS' },
    });
    expect(seen({ id: diskId('data') })).toEqual({ ...disk({ region: '', tags: {} }), facts: {} });
  });

  test('is an account with its kind and namespace', () => {
    expect(
      seen({ id: accountId('papers01'), location: 'westeurope', tags: daily, kind: 'StorageV2', hns: '0' }),
    ).toEqual({
      ...account('papers01'),
      facts: { accountKind: 'StorageV2', hierarchicalNamespace: false },
    });
    expect(seen({ id: accountId('lake'), kind: 'StorageV2', hns: 'True', sftp: '1' })).toMatchObject({
      facts: { hierarchicalNamespace: true },
      notEligible:
        'the account has a hierarchical namespace (Data Lake): blob backup does not support it; the account has SFTP enabled',
    });
  });

  test('is a machine without facts', () => {
    const id = diskId('vm').replace('/disks/', '/virtualMachines/');
    expect(seen({ id, skuName: 'x' })).toEqual({
      ...disk({ kind: 'virtualMachine', id, name: 'vm', region: '', tags: {} }),
    });
  });

  test('of anything else is none', () => {
    for (const id of ['', 'disk', diskId('data').replace('/disks/', '/snapshots/')])
      expect(seen({ id })).toBeUndefined();
  });

  test.each([
    [{ tags: { 'kubernetes.io-created-for-pvc-name': 'x' } }, 'kubernetes'],
    [{ tags: { 'kubernetes.io/created-for': 'x' } }, 'kubernetes'],
    [{ tags: { 'K8S-azure-created-by': 'x' } }, 'kubernetes'],
    [{ tags: { 'my-kubernetes.io-x': 'x' } }, undefined],
    [{ managedBy: `${snapshotsId}/providers/Microsoft.Compute/virtualMachineScaleSets/n` }, 'scaleSet'],
    [{ managedBy: `${snapshotsId}/providers/Microsoft.Compute/virtualMachines/n` }, undefined],
  ])('that shows %j was made by %s', (row, madeBy) => {
    expect(seen({ id: diskId('data'), ...row })?.facts?.madeBy).toBe(madeBy);
  });

  test.each([
    ['db-ASRReplica', 'it is a replica disk of Site Recovery'],
    ['asrseeddisk-db', 'it is a replica disk of Site Recovery'],
    ['db-ASRReplica-2', undefined],
    ['my-asrseeddisk-db', undefined],
  ])('named %s: %s', (name, notEligible) => {
    expect(seen({ id: diskId(name) })?.notEligible).toBe(notEligible);
  });

  test('of an encrypted disk is not eligible', () => {
    expect(seen({ id: diskId('data'), encrypted: 'true' })?.notEligible).toBe(
      'the disk uses Azure Disk Encryption, which disk backup does not support',
    );
  });

  test('a share takes everything of its account but what hinders blobs', () => {
    expect(shareCandidate(account('lake', { notEligible: 'Data Lake' }), 'docs')).toEqual({
      ...account('lake', {
        kind: 'fileShare',
        name: 'docs',
        id: `${accountId('lake')}/fileServices/default/shares/docs`,
      }),
    });
  });
});

describe('accounts whose shares are listed', () => {
  const accounts = [
    account('tagged'),
    account('plain', { tags: {} }),
    account('blob', { tags: {}, facts: { accountKind: 'BlobStorage' } }),
    account('block', { tags: {}, facts: { accountKind: 'BlockBlobStorage' } }),
  ];
  const names = (some: readonly Candidate[]) => some.map(({ name }) => name);

  test('are those that a rule or a schedule’s match might take, whatever the share’s name', () => {
    expect(names(accountsWithShares(planOf({ rules: [ofShares()] }), [...accounts, disk()]))).toEqual([
      'tagged',
    ]);
    expect(names(accountsWithShares(planOf(), accounts))).toEqual([]);
    const schedules = [
      {
        name: 's',
        cron: '0 2 * * *',
        timeZone: 'UTC',
        backUp: { match: { kind: 'fileShare', names: ['x'] } },
      },
    ];
    expect(names(accountsWithShares(planOf({ schedules }), accounts))).toEqual([
      'tagged',
      'plain',
      'blob',
      'block',
    ]);
  });

  test('are all that may hold any once a rule is about shares: each gets its reason', () => {
    expect(names(accountsToList(planOf({ rules: [ofShares()] }), [...accounts, disk()]))).toEqual([
      'tagged',
      'plain',
    ]);
    expect(names(accountsToList(planOf(), accounts))).toEqual([]);
  });
});

describe('the shares of an account', () => {
  const shares = async (answer: Parameters<typeof answeringEstate>[0]) =>
    (await sharesOf(answeringEstate(answer).services, account('papers01'))).map(({ name }) => name);

  test('are read to the last page, each once, and none without a name', async () => {
    const pages = await shares(({ url }) => {
      if (url === undefined) return listed([{ name: 'docs' }, { name: '' }, {}], 'https://next/2');
      return url === 'https://next/2'
        ? listed([{ name: 'mail' }, { name: 'docs' }], 'https://next/3')
        : listed([{ name: 'last' }]);
    });
    expect(pages).toEqual(['docs', 'mail', 'last']);
  });

  test('are read once where the list goes in a circle', async () => {
    expect(await shares(() => listed([{ name: 'docs' }], 'https://next/2'))).toEqual(['docs']);
  });

  test('are none where the account is gone, and unknown where they may not be listed', async () => {
    expect(await shares(() => undefined)).toEqual([]);
    expect(await shares(() => answered({}))).toEqual([]);
    await expect(shares(() => refused(403, 'AuthorizationFailed', 'You may not.'))).rejects.toMatchObject({
      ...{ code: 'AuthorizationFailed', message: 'The shares of papers01 cannot be listed: You may not.' },
    });
  });
});

describe('the estate', () => {
  const graph = (data: readonly object[]) => answered({ data: data as never, totalRecords: data.length });

  test('is what lies in the plan’s subscriptions, and what vaults protect there and where the vaults lie', async () => {
    const foreign = '55555555-5555-4666-8777-888888888888';
    const vaults = [disksVaultId, filesVaultId.replace(subscriptionId, foreign)];
    const plan = planOf({
      safety: { subscriptions: [subscriptionId, subscriptionId.toUpperCase()], vaults },
    });
    const answers = [
      graph([{ id: diskId('data') }, { id: 'odd' }]),
      graph([{ id: `${disksVaultId}/backupInstances/x` }]),
    ];
    const { services, calls } = answeringEstate(() => answers.shift());
    const estate = await readEstate(services, plan);
    expect(estate).toMatchObject({ candidates: [{ name: 'data' }], protections: [], pages: 2, warnings: [] });
    expect(calls.map(({ body }) => (body as { subscriptions: unknown }).subscriptions)).toEqual([
      [subscriptionId],
      [subscriptionId, foreign],
    ]);
  });

  test('without a resource says that rights may be lacking', async () => {
    const { services } = answeringEstate(() => graph([]));
    expect((await readEstate(services, planOf())).warnings).toEqual([
      'Resource Graph shows no resource at all: without Reader rights it answers nothing, and no error.',
    ]);
  });

  test('of a plan without subscriptions is empty, and nobody is asked', async () => {
    const { services, asked } = answeringEstate(() => undefined);
    expect(await readEstate(services, planOf({ safety: { subscriptions: [], vaults: [] } }))).toEqual({
      candidates: [],
      protections: [],
      pages: 0,
      warnings: [],
    });
    expect(asked).toEqual([]);
  });
});

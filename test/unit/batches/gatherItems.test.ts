import { beforeEach, describe, expect, test } from 'vitest';
import type { ArmAnswer } from '../../../src/arm/call.ts';
import { itemsOf, listItems, type BatchServices } from '../../../src/batches/batchItem.ts';
import { choosePlan } from '../../../src/batches/choosePlan.ts';
import { gatherItems } from '../../../src/batches/gatherItems.ts';
import { readSummary } from '../../../src/batches/sweepSummary.ts';
import { planSchema, type Plan } from '../../../src/plan/schema.ts';
import type { WrittenResource } from '../../../src/runs/activities.ts';
import type { BatchRequest } from '../../../src/runs/run.ts';
import type { RunState } from '../../../src/runs/runRow.ts';
import { answered, answeringEstate, listed, refused } from '../../support/answeringEstate.ts';
import { batchDesk, batchRun, type BatchDesk } from '../../support/batchDesk.ts';
import {
  accountId,
  diskId,
  disksVaultId,
  filesVaultId,
  samplePlan,
  snapshotsId,
  subscriptionId,
} from '../../support/planWorld.ts';

const daily = { backup: 'daily' };
const run = batchRun();
const instance = (name: string): string => `${disksVaultId}/backupInstances/${name}`;

/** A row of what is protected: a disk by the policy of the rule. */
const protectedDisk = (name: string, differs: object = {}) => ({
  ...{ id: instance(name), datasourceType: 'Microsoft.Compute/disks', datasourceId: diskId(name) },
  ...{ instanceState: 'ProtectionConfigured', instancePolicyId: `${disksVaultId}/backupPolicies/disks` },
  ...differs,
});
const protectedShare = (account: string, share: string) => ({
  id: `${filesVaultId}/backupFabrics/Azure/protectionContainers/c/protectedItems/azurefileshare;${share}`,
  ...{ itemType: 'AzureFileShareProtectedItem', sourceResourceId: accountId(account), friendlyName: share },
  ...{ itemState: 'Protected', itemPolicyId: `${filesVaultId}/backupPolicies/daily` },
});
const disk = (name: string, differs: object = {}) => ({
  id: diskId(name),
  location: 'westeurope',
  tags: daily,
  ...differs,
});
const account = (name: string) => ({
  id: accountId(name),
  location: 'westeurope',
  kind: 'StorageV2',
  tags: daily,
});

let batch: BatchDesk;
let services: BatchServices;
let resources: object[];
let protections: object[];
let sharesOf: (account: string) => ArmAnswer;
let graph: ArmAnswer | undefined;
let estate: ReturnType<typeof answeringEstate>;
let plan: Plan;

beforeEach(async () => {
  [resources, protections, graph] = [[], [], undefined];
  sharesOf = () => listed([]);
  plan = planSchema.parse(samplePlan());
  const rows = (data: readonly object[]) => answered({ data: data as never, totalRecords: data.length });
  estate = answeringEstate(({ path, body }) => {
    if (path.endsWith('/shares')) return sharesOf(path.split('/').at(-4) ?? '');
    if (graph) return graph;
    return rows(JSON.stringify(body).includes('recoveryservicesresources') ? protections : resources);
  });
  batch = await batchDesk([]);
  const loadPlan = () => Promise.resolve({ plan } as never);
  services = { ...batch.services, estate: estate.services, loadPlan };
});

const carry = (request: RunState['request']) => batch.carry(batchRun({ request }));
const gather = () => gatherItems(services, { runId: run.id, generation: 1 });
const items = async () => (await listItems(services.batchItems, itemsOf(run))).map(({ item }) => item);
const batchOf = (of: BatchRequest['of'], concurrency = 7): BatchRequest => ({
  kind: 'batch',
  of,
  options: { keepFor: 'P30D' },
  concurrency,
});
const names = async () =>
  (await items()).map(({ target, status, state }) => `${target.split('/').at(-1)} ${status ?? state}`).sort();

describe('a batch', () => {
  test('of a rule gathers what vaults protect, for its shards', async () => {
    resources = [disk('data'), disk('bare'), disk('plain', { tags: {} })];
    protections = [protectedDisk('data'), protectedDisk('plain')];
    await carry(batchOf({ kind: 'rule', rule: 'Daily Disks' }));
    const answer = await gather();
    const [first] = (await items()).filter(({ state }) => state === 'planned');
    expect(answer).toEqual({ kind: 'gathered', shards: [{ from: first?.key }], concurrency: 7 });
    expect(await names()).toEqual(['bare failed', 'data planned']);
    expect(first).toMatchObject({
      rule: 'daily disks',
      request: { kind: 'backUp', target: { id: instance('data') }, keepFor: 'P30D' },
    });
  });

  test('of a schedule gathers what that names, and asks Azure for nothing', async () => {
    const items = [
      instance('data'),
      diskId('foreign').replace(subscriptionId, '55555555-5555-4666-8777-888888888888'),
    ];
    plan = planSchema.parse(
      samplePlan({ schedules: [{ name: 'nightly', cron: '0 2 * * *', timeZone: 'UTC', backUp: { items } }] }),
    );
    await carry(batchOf({ kind: 'schedule', schedule: 'nightly', dueAt: '2026-08-22T02:00:00.000Z' }));
    expect(await gather()).toMatchObject({ kind: 'gathered' });
    expect(await names()).toEqual(['data planned', 'foreign skipped']);
    expect(estate.asked).toEqual([]);
  });

  test('of targets has its items already', async () => {
    await carry(batchOf({ kind: 'targets', count: 0, digest: 'd' }));
    expect(await gather()).toEqual({ kind: 'gathered', shards: [], concurrency: 7 });
    expect(estate.asked).toEqual([]);
  });

  test.each<readonly [BatchRequest['of'], string, string]>([
    [{ kind: 'rule', rule: 'weekly' }, 'RuleNotFound', 'The plan has no rule "weekly".'],
    [{ kind: 'drill', drill: 'weekly' }, 'DrillNotFound', 'The plan has no drill "weekly".'],
    [
      { kind: 'schedule', schedule: 'weekly', dueAt: '' },
      'ScheduleNotFound',
      'The plan has no such schedule any more.',
    ],
  ])('of %j that the plan does not know is refused', async (of, code, message) => {
    await carry(batchOf(of));
    expect(await gather()).toEqual({ kind: 'refused', failure: { code, message } });
  });

  test('of a drill gathers its sample, at the drill’s own pace', async () => {
    const drill = {
      name: 'monthly',
      of: { rules: ['daily disks'] },
      sample: { share: 100, atLeast: 1, atMost: 10 },
      into: { disk: {} },
      concurrency: 3,
    };
    plan = { ...plan, drills: [drill] } as unknown as Plan;
    resources = [disk('data')];
    protections = [protectedDisk('data')];
    await carry(batchOf({ kind: 'drill', drill: 'monthly' }));
    expect(await gather()).toMatchObject({ kind: 'gathered', concurrency: 3 });
    expect((await items())[0]?.request).toMatchObject({
      kind: 'drill',
      seed: 'monthly|2026-08-22T02:00:00.000Z',
    });
  });
});

describe('what Azure does not show now', () => {
  const code = 'AuthorizationFailed';

  test('is asked for again after a minute, for two hours', async () => {
    graph = refused(403, code, 'You may not.');
    await carry({ kind: 'sweep', dryRun: false });
    expect(await gather()).toEqual({ kind: 'again', waitSeconds: 60 });
    batch.desk.pass(119.99);
    expect(await gather()).toEqual({ kind: 'again', waitSeconds: 60 });
    batch.desk.pass(0.01);
    expect(await gather()).toEqual({
      kind: 'refused',
      failure: { code, message: 'Resource Graph: You may not.' },
    });
  });

  test('counts from when the run has begun', async () => {
    graph = refused(403, code, 'You may not.');
    await batch.carry(
      batchRun({ request: { kind: 'sweep', dryRun: false }, begunAt: '2026-08-22T03:00:00.000Z' }),
    );
    batch.desk.pass(150);
    expect(await gather()).toEqual({ kind: 'again', waitSeconds: 60 });
  });

  test('is no excuse for a mistake', async () => {
    await carry({ kind: 'sweep', dryRun: false });
    services = { ...services, loadPlan: () => Promise.reject(new Error('no plan')) };
    await expect(gather()).rejects.toThrow('no plan');
    await expect(gatherItems(services, { runId: 'none', generation: 1 })).rejects.toThrow(
      'There is no run none.',
    );
  });

  test('is not asked for by a run that has no items', async () => {
    await carry({ kind: 'backUp', target: { id: instance('data') } });
    await expect(gather()).rejects.toThrow('A backUp gathers no items.');
  });
});

describe('a sweep', () => {
  beforeEach(() => {
    resources = [
      ...[
        disk('bare'),
        disk('kept'),
        disk('stopped'),
        disk('plain', { tags: {} }),
        disk('outside', { tags: {} }),
      ],
      ...[disk('db-ASRReplica'), account('papers01')],
    ];
    protections = [
      ...[
        protectedDisk('kept'),
        protectedDisk('stopped', { instanceState: 'ProtectionStopped' }),
        protectedDisk('outside'),
      ],
      ...[protectedDisk('gone'), protectedShare('papers01', 'docs'), protectedShare('papers01', 'lost')],
    ];
    sharesOf = () => listed([{ name: 'docs' }, { name: 'fresh' }]);
  });

  test('protects what rules select and nothing protects, and tells all the rest', async () => {
    await carry({ kind: 'sweep', dryRun: false });
    expect(await gather()).toMatchObject({ kind: 'gathered', concurrency: 10, shards: [{}] });
    expect(await names()).toEqual(['bare planned', 'fresh planned']);
    expect((await items()).map(({ rule, request }) => [rule, request?.kind]).sort()).toEqual([
      ['daily disks', 'protect'],
      ['daily shares', 'protect'],
    ]);
    const summary = await readSummary(services.batchItems, itemsOf(run));
    expect(summary).toMatchObject({
      ...{
        pages: 2,
        accountsListed: 1,
        accountsDoneTo: accountId('papers01').toLowerCase(),
        unreadable: [],
        warnings: [],
      },
      counts: { missing: 2, protected: 2, drift: 1, protectedOutsidePlan: 1, notEligible: 1 },
      drift: [
        {
          target: diskId('stopped'),
          item: instance('stopped'),
          rule: 'daily disks',
          reason: 'its protection is stopped (ProtectionStopped)',
        },
      ],
      notEligible: [
        {
          target: diskId('db-ASRReplica'),
          rule: 'daily disks',
          reason: 'it is a replica disk of Site Recovery',
        },
      ],
      protectedOutsidePlan: [{ target: diskId('outside'), item: instance('outside') }],
    });
    expect(summary?.counts['skipped']).toBe(2);
    expect(summary?.orphans.map(({ item }) => item.split('/').at(-1)).sort()).toEqual([
      'azurefileshare;lost',
      'gone',
    ]);
    expect(summary?.orphans).toContainEqual({
      item: instance('gone'),
      source: diskId('gone'),
      vault: disksVaultId,
    });
  });

  test('that is dry only tells what it would protect', async () => {
    await carry({ kind: 'sweep', dryRun: true });
    expect(await gather()).toEqual({ kind: 'gathered', shards: [], concurrency: 10 });
    expect((await items()).find(({ target }) => target === diskId('bare'))).toMatchObject({
      ...{ state: 'ended', status: 'skipped', endedAt: '2026-08-22T02:00:00.000Z', rule: 'daily disks' },
      error: { code: 'DryRun', message: 'would be protected' },
    });
  });

  test('tells an account whose shares it may not list, and counts none of them as gone', async () => {
    sharesOf = () => refused(403, 'AuthorizationFailed', 'You may not.');
    await carry({ kind: 'sweep', dryRun: false });
    expect(await gather()).toMatchObject({ kind: 'gathered' });
    const summary = await readSummary(services.batchItems, itemsOf(run));
    expect(summary?.unreadable).toEqual(['The shares of papers01 cannot be listed: You may not.']);
    expect(summary?.orphans).toHaveLength(1);
  });

  test('goes on where an earlier call has stopped: its time was up', async () => {
    resources = Array.from({ length: 25 }, (_, at) => account(`papers${at + 10}`));
    const asked: string[] = [];
    // Ten accounts are listed together, and two minutes are enough.
    sharesOf = (name) => {
      asked.push(name);
      batch.desk.pass(12.1 / 60);
      return listed([{ name: 'docs' }]);
    };
    await carry({ kind: 'sweep', dryRun: false });
    expect(await gather()).toEqual({ kind: 'again', waitSeconds: 0 });
    expect(asked).toHaveLength(10);
    expect(await gather()).toEqual({ kind: 'again', waitSeconds: 0 });
    expect(await gather()).toMatchObject({ kind: 'gathered' });
    expect(asked).toEqual(Array.from({ length: 25 }, (_, at) => `papers${at + 10}`));
    expect(await readSummary(services.batchItems, itemsOf(run))).toMatchObject({
      accountsListed: 25,
      counts: { missing: 25, skipped: 25 },
    });
  });
});

describe('the plan’s choice for a resource that was written', () => {
  const written = (resourceId: string, differs: Partial<WrittenResource> = {}): WrittenResource => ({
    ...{ runId: run.id, resourceId, region: 'westeurope', tags: daily, ...differs },
  });

  test('is one protection for a disk or a share', async () => {
    expect(await choosePlan(services, written(diskId('data')))).toEqual({
      ...{ kind: 'one', rule: 'daily disks' },
      request: {
        ...{ kind: 'protect', target: { kind: 'disk', vaultId: disksVaultId, datasourceId: diskId('data') } },
        ...{ policyId: `${disksVaultId}/backupPolicies/disks`, snapshotResourceGroupId: snapshotsId },
      },
    });
    expect(
      await choosePlan(services, written(`${accountId('papers01')}/fileServices/default/shares/docs`)),
    ).toMatchObject({
      ...{ kind: 'one', rule: 'daily shares' },
      request: {
        target: {
          kind: 'fileShare',
          vaultId: filesVaultId,
          storageAccountId: accountId('papers01'),
          share: 'docs',
        },
      },
    });
  });

  test('is several for an account of several shares, four at a time', async () => {
    await batch.carry(run);
    sharesOf = () => listed([{ name: 'docs' }, { name: 'mail' }, { name: 'tmp-1' }]);
    const choice = await choosePlan(services, written(accountId('papers01')));
    const [first] = await items();
    expect(choice).toEqual({
      kind: 'several',
      shards: [{ from: first?.key }],
      concurrency: 4,
      rules: ['daily shares'],
    });
    expect(await names()).toEqual(['docs planned', 'mail planned']);
    expect(first).toMatchObject({
      rule: 'daily shares',
      request: { kind: 'protect', target: { kind: 'fileShare' } },
    });
  });

  test('is none where no rule takes it, with the reasons of each', async () => {
    expect(await choosePlan(services, written(diskId('data'), { tags: {} }))).toMatchObject({
      kind: 'skipped',
      message: expect.stringMatching(/^disk data: .*daily disks: tag backup is absent$/) as unknown,
    });
    sharesOf = () => listed([{ name: 'tmp-1' }]);
    expect(await choosePlan(services, written(accountId('papers01')))).toMatchObject({
      message: expect.stringMatching(/^blobs papers01: .* \| fileShare tmp-1: /) as unknown,
    });
  });

  test('is none for what is nothing to protect', async () => {
    expect(await choosePlan(services, written(snapshotsId))).toEqual({
      kind: 'skipped',
      message: 'nothing to protect',
    });
  });

  test('lists no shares of an account where no rule could take one', async () => {
    expect(await choosePlan(services, written(accountId('papers01'), { tags: {} }))).toMatchObject({
      kind: 'skipped',
    });
    expect(estate.asked).toEqual([]);
  });

  test('needs the run that asks', async () => {
    sharesOf = () => listed([{ name: 'docs' }, { name: 'mail' }]);
    await expect(choosePlan(services, written(accountId('papers01')))).rejects.toThrow(
      `There is no run ${run.id}.`,
    );
  });

  test('of very many reasons is cut', async () => {
    sharesOf = () => listed(Array.from({ length: 100 }, (_, at) => ({ name: `tmp-${at}` })));
    const choice = await choosePlan(services, written(accountId('papers01')));
    expect(choice.kind === 'skipped' && choice.message.length).toBe(1500);
  });
});

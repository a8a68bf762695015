import { describe, expect, test } from 'vitest';
import { resolvePlan } from '../../../src/estate/resolvePlan.ts';
import { coverageStage, type CoverageStage } from '../../support/coverageStage.ts';
import {
  machineId,
  machineStates,
  plantedEstate,
  plantedPlan,
  plantedState,
} from '../../support/plantedEstate.ts';
import {
  accountId,
  diskId,
  disksVaultId,
  filesVaultId,
  planWorld,
  snapshotsId,
  subscriptionId,
} from '../../support/planWorld.ts';

describe('an estate with every state planted', () => {
  test('is told exactly as it was planted', async () => {
    const stage = coverageStage(plantedEstate(3), plantedPlan());
    await stage.tick();
    const confusion = (await stage.rows())
      .map(({ name, state }) => `${plantedState(name)} → ${state}`)
      .sort();
    const exact = machineStates.flatMap((state) => Array<string>(3).fill(`${state} → ${state}`)).sort();
    expect(confusion).toEqual(exact);
  });

  test('says for each state what a person needs', async () => {
    const stage = coverageStage(plantedEstate(1), plantedPlan());
    stage.runs = [
      {
        id: machineId('late-1').toUpperCase(),
        run: { id: 'a'.repeat(40), kind: 'backUp', status: 'failed', createdAt: '2026-08-21T20:00:00.000Z' },
      },
    ];
    await stage.tick();
    const rows = new Map((await stage.rows()).map((row) => [plantedState(row.name), row]));
    expect(rows.get('late')).toMatchObject({
      rule: 'machines',
      vaultId: filesVaultId,
      expect: { every: 'P1D', grace: 'PT12H', from: 'rule' },
      lastGoodPoint: { at: '2026-08-20T20:00:00.000Z', source: 'recoveryPoints' },
      lastRun: { status: 'failed' },
      nextOccurrence: { at: '2026-08-22T20:30:00.000Z', schedule: 'policy DefaultPolicy' },
      readAt: '2026-08-22T02:00:00.000Z',
    });
    expect(rows.get('ok')?.lastGoodPoint).toEqual({
      at: '2026-08-21T21:00:00.000Z',
      source: 'lastRecoveryPoint',
    });
    expect(rows.get('failing')?.serviceWords).toMatch(/^400136: The machine is gone\./);
    expect(rows.get('softDeleted')?.keptUntil).toBe('2026-09-05T02:00:00.000Z');
    expect(rows.get('excluded')?.excludedBy).toContain('machines');
    expect(rows.get('notSelected')?.reason).toContain('machines: tag backup is absent');
    expect(rows.get('notEligible')?.reason).toContain('northeurope');
    expect(rows.get('protectionError')?.serviceWords).toBe('ProtectionError');
  });

  test('costs lists by vault, and a call for single items only where these are silent', async () => {
    const stage = coverageStage(plantedEstate(3), plantedPlan());
    await stage.tick();
    // Late, down, failing, never backed up, stopped, orphan and outside the plan: seven states of three machines.
    expect(stage.requests()).toEqual({
      'authorization.listPermissions': 1,
      'resourceGraph.query': 2,
      'recoveryServices.vault': 1,
      'recoveryServices.policies': 1,
      'recoveryServices.items': 1,
      'recoveryServices.jobs': 1,
      'recoveryServices.job': 3,
      'recoveryServices.recoveryPoints': 21,
      'dataProtection.getVault': 1,
      'dataProtection.listPolicies': 1,
      'dataProtection.listJobs': 1,
      'dataProtection.listDeletedInstances': 1,
    });
    stage.pass(1.1);
    await stage.tick();
    expect(stage.requests()['recoveryServices.recoveryPoints']).toBe(21);
  });

  test('is written once: a read that finds nothing new writes no row', async () => {
    const stage = coverageStage(plantedEstate(3), plantedPlan());
    await stage.tick();
    const before = { ...stage.table.operations };
    stage.pass(1.1);
    await stage.tick();
    // The summary, the day, two vaults.
    expect((stage.table.operations['put'] ?? 0) - (before['put'] ?? 0)).toBe(4);
    expect(stage.table.operations['writeTogether']).toBe(before['writeTogether']);
  });

  test('is read once an hour, and at once when the plan has changed', async () => {
    const stage = coverageStage(plantedEstate(1), plantedPlan());
    await stage.tick();
    const reads = () => stage.requests()['authorization.listPermissions'];
    stage.pass(0.9);
    await stage.tick();
    expect(reads()).toBe(1);
    stage.plan = plantedPlan({ rules: [] });
    await stage.tick();
    expect(reads()).toBe(2);
    expect((await stage.summary()).counts.notProtected).toBe(0);
  });
});

describe('what is backed up elsewhere than in machines', () => {
  const world = () =>
    planWorld({
      accounts: [
        {
          name: 'shop',
          shares: ['orders', 'fresh'],
          protectedShares: ['orders', 'gone'],
          tags: { backup: 'daily' },
        },
      ],
      disks: [
        { name: 'data', tags: { backup: 'daily' } },
        { name: 'new', tags: { backup: 'daily' } },
      ],
      more: {
        recoveryServices: {
          vaults: [
            {
              id: filesVaultId,
              policies: [{ name: 'daily', kind: 'AzureStorage' }],
              items: ['orders', 'gone'].map((share) => ({
                storageAccountId: accountId('shop'),
                share,
                policy: 'daily',
              })),
            },
          ],
          datasources: [
            { storageAccountId: accountId('shop'), share: 'orders', scheduledAfterSeconds: [-7200] },
          ],
        },
        dataProtection: {
          vaults: [
            {
              id: disksVaultId,
              policies: [
                { name: 'disks', kind: 'disk' },
                { name: 'blobs', kind: 'blobOperational' },
              ],
              instances: [
                { name: 'data', kind: 'disk', sourceId: diskId('data'), policy: 'disks', recoveryPoints: 3 },
                { name: 'shop', kind: 'blobOperational', sourceId: accountId('shop'), policy: 'blobs' },
              ],
            },
          ],
        },
      },
    });
  const plan = plantedPlan({
    rules: [
      ...plantedPlan().rules,
      {
        name: 'blobs',
        match: { kind: 'blobs', tags: { backup: 'daily' } },
        protect: { vaults: { '*': disksVaultId }, policy: 'blobs' },
      },
    ],
  });

  test('shares are proved by jobs, disks by their points, blobs by what can be restored', async () => {
    const stage = coverageStage(world(), plan);
    await stage.tick();
    const rows = new Map((await stage.rows()).map((row) => [`${row.kind} ${row.name}`, row]));
    const told = [...rows].map(
      ([name, { state, lastGoodPoint }]) => `${name}: ${state} ${lastGoodPoint?.source ?? ''}`,
    );
    expect(told.sort()).toEqual([
      'blobs shop: ok restorableTimeRange',
      'disk data: ok recoveryPoints',
      'disk new: notProtected ',
      'fileShare fresh: notProtected ',
      'fileShare gone: orphan ',
      'fileShare orders: ok jobs',
    ]);
  });
});

describe('what a rule takes and cannot have', () => {
  const daily = { backup: 'daily' };
  const [disks, shares] = [plantedPlan().rules[1], plantedPlan().rules[2]];
  const elsewhere = '55555555-5555-4666-8777-888888888888';
  const diskIn = (subscription: string, name: string) => diskId(name).replace(subscriptionId, subscription);
  const world = () =>
    planWorld({
      more: {
        subscriptions: [subscriptionId, elsewhere].map((id) => ({
          id,
          resourceGroups: [{ name: 'apps' }, { name: 'data' }, { name: 'backup' }, { name: 'snapshots' }],
        })),
        resources: [
          { id: diskId('data'), location: 'westeurope', tags: daily },
          { id: diskId('db-ASRReplica'), location: 'westeurope', tags: daily },
          { id: diskIn(elsewhere, 'afar'), location: 'westeurope', tags: daily },
          {
            id: diskId('sealed'),
            location: 'westeurope',
            tags: daily,
            properties: { encryptionSettingsCollection: { enabled: true } },
          },
          ...['volume', 'kept', 'held'].map((name) => ({
            id: diskId(name),
            location: 'westeurope',
            tags: { ...daily, 'kubernetes.io-created-for-pvc-name': name },
          })),
          {
            id: diskId('node'),
            location: 'westeurope',
            tags: daily,
            managedBy: `${snapshotsId.replace('snapshots', 'apps')}/providers/Microsoft.Compute/virtualMachineScaleSets/n`,
          },
          ...(
            [
              ['lake', 'StorageV2', { isHnsEnabled: true }],
              ['nfs', 'StorageV2', { isNfsV3Enabled: true }],
              ['sftp', 'StorageV2', { isSftpEnabled: true }],
              ['premium', 'FileStorage', {}],
            ] as const
          ).map(([name, kind, properties]) => ({
            ...{ id: accountId(name), location: 'westeurope', kind, properties, tags: daily },
            shares: [],
          })),
          { id: machineId('north'), location: 'northeurope', tags: daily },
          { id: machineId('guarded'), location: 'northeurope', tags: daily },
        ],
        recoveryServices: {
          vaults: [
            {
              id: filesVaultId,
              policies: [{ name: 'daily', kind: 'AzureStorage' }],
              items: [
                {
                  virtualMachineId: machineId('guarded'),
                  policy: 'DefaultPolicy',
                  recoveryPointTimes: ['2026-08-20T02:00:00.000Z'],
                },
              ],
            },
          ],
        },
        dataProtection: {
          vaults: [
            {
              id: disksVaultId,
              policies: [{ name: 'disks', kind: 'disk' }],
              instances: [
                { name: 'kept', kind: 'disk', sourceId: diskId('kept'), policy: 'disks', recoveryPoints: 3 },
                {
                  ...{ name: 'held', kind: 'disk', sourceId: diskId('held'), policy: 'disks' },
                  ...{ recoveryPoints: 3, state: 'SoftDeleted' },
                },
              ],
            },
          ],
        },
      },
    });
  const plan = plantedPlan({
    rules: [
      plantedPlan().rules[0],
      {
        ...disks,
        match: { ...disks?.match, leaveOut: ['kubernetes', 'scaleSet'] },
        protect: { ...disks?.protect, snapshotResourceGroup: { [subscriptionId]: snapshotsId } },
      },
      shares,
      {
        name: 'blobs',
        match: { kind: 'blobs', tags: { backup: 'daily' } },
        protect: { vaults: { '*': disksVaultId }, policy: 'blobs' },
      },
    ],
    safety: { subscriptions: [subscriptionId, elsewhere], vaults: [filesVaultId, disksVaultId] },
  });

  test('is not eligible, with the reason that the plan tells', async () => {
    const stage = coverageStage(world(), plan);
    await stage.tick();
    const told = (await stage.rows()).filter(({ state }) => state === 'notEligible');
    expect(told.map(({ name, rule, reason }) => `${name} (${rule}): ${reason}`).sort()).toEqual([
      'afar (disks): rule "disks" names no resource group for snapshots in subscription 55555555-5555-4666-8777-888888888888',
      'db-ASRReplica (disks): it is a replica disk of Site Recovery',
      'held (disks): a Kubernetes cluster has made it, and the rule leaves those out',
      'lake (blobs): the account has a hierarchical namespace (Data Lake): blob backup does not support it',
      'nfs (blobs): the account has NFS 3.0 enabled',
      'node (disks): a scale set has made it, and the rule leaves those out',
      'north (machines): rule "machines" names no vault for region northeurope',
      "premium (blobs): the account's kind is FileStorage; blob backup needs general-purpose v2",
      'sealed (disks): the disk uses Azure Disk Encryption, which disk backup does not support',
      'sftp (blobs): the account has SFTP enabled',
      'volume (disks): a Kubernetes cluster has made it, and the rule leaves those out',
    ]);
  });

  test('and is protected all the same lies outside the plan, as the plan says, and is nobody’s lateness', async () => {
    const stage = coverageStage(world(), plan);
    await stage.tick();
    const rows = new Map((await stage.rows()).map((row) => [row.name, row]));
    expect(rows.get('kept')).toMatchObject({
      state: 'protectedOutsidePlan',
      reason: expect.stringContaining('a Kubernetes cluster has made it') as unknown,
      lastGoodPoint: { source: 'recoveryPoints' },
    });
    // Its newest point is two days old, and no rule that can be applied expects another.
    expect(rows.get('guarded')).toMatchObject({ state: 'protectedOutsidePlan' });
    expect((await stage.summary()).selected).toBe(1);
  });

  test('has one state, the one that the plan tells of it', async () => {
    const stage = coverageStage(world(), plan);
    await stage.tick();
    const resolved = await resolvePlan(stage.services.estate, await stage.services.loadPlan());
    const names = (some: readonly { readonly id: string }[]) => some.map(({ id }) => id).sort();
    const rows = await stage.rows();
    const inState = (state: string) => names(rows.filter((row) => row.state === state));
    expect(inState('protectedOutsidePlan')).toEqual(names(resolved.protectedOutsidePlan));
    // What no rule can be applied to is told among what is skipped.
    const refused = resolved.skipped.filter(({ reason }) => reason.startsWith('rule "'));
    expect(inState('notEligible')).toEqual(names([...resolved.notEligible, ...refused]));
  });
});

describe('a read that is not whole', () => {
  /** Reads once well, then changes what a test says; so many hours later it reads again. */
  async function after(change: (stage: CoverageStage) => void, hours = 1.1) {
    const stage = coverageStage(plantedEstate(2), plantedPlan());
    await stage.tick();
    const before = await stage.rows();
    change(stage);
    stage.pass(hours);
    expect(await stage.tick()).toBe(true);
    return { stage, before, rows: await stage.rows(), summary: await stage.summary() };
  }
  const statesOf = (rows: readonly { readonly name: string; readonly state: string }[]) =>
    rows.map(({ name, state }) => `${name} ${state}`).sort();

  test('for a lost page of Resource Graph keeps every row as it was, and says since when', async () => {
    const { before, rows, summary } = await after(({ simulator }) => {
      Object.assign(simulator.core.settings, { pageSize: 10 });
      simulator.faults.add([
        { on: 'resourceGraph.query', nth: 2, times: 0, fault: { kind: 'reply', status: 500 } },
      ]);
    });
    expect(summary.complete).toBe(false);
    expect(summary.incompleteReasons.join()).toContain('Microsoft.ResourceGraph/resources/read');
    expect(statesOf(rows)).toEqual(statesOf(before));
    expect(new Set(rows.map(({ readAt }) => readAt))).toEqual(new Set(['2026-08-22T02:00:00.000Z']));
  });

  test('for a lost page of a vault’s items says which list lacks them, and nothing turns good', async () => {
    const { before, rows, summary } = await after(({ simulator }) =>
      simulator.faults.add([
        { on: 'recoveryServices.items', times: 0, fault: { kind: 'list', variant: 'cut', rows: 2 } },
      ]),
    );
    expect(summary.complete).toBe(false);
    expect(summary.incompleteReasons[0]).toContain('lacks 18 that Resource Graph shows');
    expect(statesOf(rows)).toEqual(statesOf(before));
  });

  test('for lists that cannot be read asserts nothing about what it meets for the first time', async () => {
    const faults = ['items', 'jobs', 'recoveryPoints'].map((route) => ({
      on: `recoveryServices.${route}`,
      times: 0,
      fault: { kind: 'reply' as const, status: 403 },
    }));
    const stage = coverageStage(plantedEstate(1), plantedPlan(), { faults });
    await stage.tick();
    const told = (await stage.rows()).map(({ name }) => plantedState(name));
    for (const unproven of ['ok', 'late', 'down', 'failing', 'neverBackedUp'])
      expect(told).not.toContain(unproven);
    expect((await stage.summary()).complete).toBe(false);
  });

  test('for a subscription that may not be read takes no empty answer for an empty estate', async () => {
    const vaultGroup = `/subscriptions/${subscriptionId}/resourceGroups/backup`;
    const { before, rows, summary } = await after(({ simulator }) =>
      simulator.loadWorld(
        {
          ...plantedEstate(0),
          authorization: {
            enforceCallers: true,
            customRoles: [
              {
                name: 'Vaults only',
                guid: '12121212-1212-4212-8212-121212121212',
                actions: ['Microsoft.RecoveryServices/*', 'Microsoft.DataProtection/*'],
              },
            ],
            assignments: [
              { scope: vaultGroup, role: 'Vaults only', principalId: '00000000-0000-4000-8000-000000000000' },
            ],
          },
        },
        'replace',
      ),
    );
    expect(summary.complete).toBe(false);
    expect(summary.incompleteReasons.join()).toContain(
      "the app's identity lacks Microsoft.Compute/disks/read",
    );
    expect(statesOf(rows)).toEqual(statesOf(before));
  });

  test('for resources that cannot be seen while their vaults can keeps what is known of them', async () => {
    const { before, rows, summary } = await after(({ simulator }) => {
      const machines = `/subscriptions/${subscriptionId}/resourceGroups/apps`;
      simulator.faults.add([
        {
          on: 'authorization.listPermissions',
          times: 0,
          fault: { kind: 'body', merge: { value: { actions: ['Microsoft.RecoveryServices/*/read'] } } },
        },
      ]);
      simulator.loadWorld(
        { ...plantedEstate(2), resourceGraph: { unreadableScopes: [machines] } },
        'replace',
      );
    });
    expect(summary.complete).toBe(false);
    expect(statesOf(rows)).toEqual(statesOf(before));
  });

  test('lets what is known grow older all the same', async () => {
    const { rows, summary } = await after(({ simulator }) => {
      simulator.faults.add([{ on: 'resourceGraph.query', times: 0, fault: { kind: 'reply', status: 500 } }]);
    }, 25);
    expect(summary.complete).toBe(false);
    const now = new Map(rows.map(({ name, state }) => [name, state]));
    expect([now.get('ok-1'), now.get('late-1'), now.get('notSelected-1')]).toEqual([
      'late',
      'down',
      'notSelected',
    ]);
  });

  test('forgets what is gone only when it has read all', async () => {
    const { rows, summary } = await after(({ simulator }) =>
      simulator.loadWorld({ ...plantedEstate(1), settings: {} }, 'replace'),
    );
    expect(summary).toMatchObject({ complete: true, total: 14 });
    expect(rows).toHaveLength(14);
  });
});

test('a large estate takes several ticks, one instance at a time, and comes to the same', async () => {
  const estate = plantedEstate(8);
  const whole = coverageStage(estate, plantedPlan());
  await whole.tick();
  const stage = coverageStage({ ...estate, settings: { pageSize: 30 } }, plantedPlan());
  // Every request takes four seconds: an invocation judges a part.
  const { estate: quick } = stage.services;
  const send: typeof quick.arm.send = (...args) => {
    stage.pass(4 / 3600);
    return quick.arm.send(...args);
  };
  const slow = { ...stage.services, estate: { ...quick, arm: { ...quick.arm, send } } };
  let ticks = 0;
  for (; (await stage.summary()).readAt === undefined && ticks < 20; ticks++) {
    expect(await stage.tick(slow)).toBe(true);
    stage.pass(5 / 60);
  }
  expect([ticks > 1, ticks < 10]).toEqual([true, true]);
  const shown = async (one: CoverageStage) =>
    (await one.rows()).map(({ name, state }) => `${name} ${state}`).sort();
  expect(await shown(stage)).toEqual(await shown(whole));
});

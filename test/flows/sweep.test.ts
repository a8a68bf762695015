import { describe, expect, test } from 'vitest';
import type { ResolvedPlan } from '../../src/estate/resolvePlan.ts';
import type { RunRecord } from '../../src/runs/run.ts';
import { startEmbeddedApp, type EmbeddedApp } from '../support/embeddedApp.ts';
import {
  diskId,
  disksVaultId,
  filesVaultId,
  numbered,
  planWorld,
  samplePlan,
  snapshotsId,
} from '../support/planWorld.ts';

const daily = { backup: 'daily' };
/** Far from the nightly sweep. */
const startAt = '2026-08-22T09:00:00Z';

const sweep = async (app: EmbeddedApp, dryRun: boolean): Promise<RunRecord> => {
  const accepted = await app.request('POST', '/api/sweeps', { dryRun });
  return app.runEnded((accepted?.body as { id: string }).id);
};

/** A small estate: one share and one disk lack protection, one disk has another policy, one source is gone. */
const mixed = planWorld({
  accounts: [
    { name: 'papers01', shares: ['docs', 'plans', 'tmp-x'], protectedShares: ['docs'], tags: daily },
    { name: 'other01', shares: ['private'] },
  ],
  disks: [{ name: 'db-data', tags: daily }, { name: 'scratch' }, { name: 'stopped', tags: daily }],
  more: {
    dataProtection: {
      vaults: [
        {
          id: disksVaultId,
          principalId: '99999999-1111-4222-8333-444444444444',
          policies: [{ name: 'disks', kind: 'disk' }],
          instances: [
            {
              name: 'stopped-1',
              kind: 'disk',
              sourceId: diskId('stopped'),
              policy: 'disks',
              state: 'ProtectionStopped',
            },
            { name: 'gone-1', kind: 'disk', sourceId: diskId('gone'), policy: 'disks' },
          ],
        },
      ],
    },
  },
});

describe('the plan resolved', () => {
  test('shows per rule what is selected and how it is protected, what is skipped and why, and orphans', async () => {
    const app = await startEmbeddedApp({ world: mixed, plan: () => samplePlan(), startAt });
    const answer = await app.request('GET', '/api/plan');
    expect(answer?.status).toBe(200);
    const plan = answer?.body as ResolvedPlan;
    const standings = plan.rules.map(({ rule, selected }) => [
      rule,
      selected.map(({ id, standing, drift }) => [id.split('/').at(-1), standing, drift]),
    ]);
    expect(standings).toEqual([
      [
        'daily shares',
        [
          ['docs', 'protected', undefined],
          ['plans', 'missing', undefined],
        ],
      ],
      [
        'daily disks',
        [
          ['db-data', 'missing', undefined],
          ['stopped', 'drift', 'its protection is stopped (ProtectionStopped)'],
        ],
      ],
    ]);
    const skipped = plan.skipped.map(({ id, kind, reason }) => `${kind} ${id.split('/').at(-1)}: ${reason}`);
    expect(skipped).toContain(
      'fileShare tmp-x: daily shares: excluded by the rule; daily disks: the rule is about disk, not fileShare',
    );
    expect(plan.orphans.map(({ source }) => source)).toEqual([diskId('gone')]);
    await app.stop();
  });

  test('tells when its drills come next, in the zone of each', async () => {
    const drill = {
      ...{ name: 'monthly', cron: '0 4 1 * *', timeZone: 'Europe/Berlin', of: { rules: ['daily disks'] } },
      into: { disk: { resourceGroup: snapshotsId } },
    };
    const plan = samplePlan({
      drills: [drill],
      safety: { ...samplePlan().safety, drillTargets: [snapshotsId] },
    });
    const app = await startEmbeddedApp({ world: mixed, plan: () => plan, startAt });
    const { drillOccurrences } = (await app.request('GET', '/api/plan'))?.body as ResolvedPlan;
    expect(drillOccurrences['monthly']).toEqual([
      '2026-09-01T02:00:00.000Z',
      '2026-10-01T02:00:00.000Z',
      '2026-11-01T03:00:00.000Z',
      '2026-12-01T03:00:00.000Z',
      '2027-01-01T03:00:00.000Z',
    ]);
    await app.stop();
  });

  test('without a plan is empty, and asks Azure nothing', async () => {
    const app = await startEmbeddedApp({ world: mixed, startAt });
    const answer = await app.request('GET', '/api/plan');
    expect(answer?.body).toMatchObject({ standing: 'empty', rules: [], skipped: [], orphans: [] });
    expect(app.simulator.log).toEqual([]);
    await app.stop();
  });
});

/** Disks and accounts that the service cannot back up, or that are protected without a rule, or deleted. */
const odd = planWorld({
  accounts: [
    { name: 'papers01', shares: ['docs'], tags: daily },
    { name: 'other01', shares: ['private', 'guarded'], protectedShares: ['guarded'] },
  ],
  more: {
    resources: [
      ...(planWorld({
        accounts: [
          { name: 'papers01', shares: ['docs'], tags: daily },
          { name: 'other01', shares: ['private', 'guarded'] },
        ],
        disks: [
          { name: 'db-ASRReplica', tags: daily },
          { name: 'gone', tags: daily },
        ],
      }).resources ?? []),
      {
        id: diskId('sealed'),
        location: 'westeurope',
        tags: daily,
        properties: { encryptionSettingsCollection: { enabled: true } },
      },
      {
        id: diskId('volume'),
        location: 'westeurope',
        tags: { ...daily, 'kubernetes.io-created-for-pvc-name': 'pvc-1' },
      },
      {
        id: diskId('node'),
        location: 'westeurope',
        tags: daily,
        managedBy: `${snapshotsId.replace('snapshots', 'apps')}/providers/Microsoft.Compute/virtualMachineScaleSets/nodes/virtualMachines/0`,
      },
    ],
    dataProtection: {
      vaults: [
        {
          id: disksVaultId,
          principalId: '99999999-1111-4222-8333-444444444444',
          policies: [{ name: 'disks', kind: 'disk' }],
          instances: [
            { name: 'gone-1', kind: 'disk', sourceId: diskId('gone'), policy: 'disks', state: 'SoftDeleted' },
          ],
        },
      ],
    },
  },
});

const oddPlan = () => {
  const plan = samplePlan();
  const [shares, disks] = plan.rules;
  return {
    ...plan,
    rules: [shares, { ...disks, match: { ...disks?.match, leaveOut: ['kubernetes', 'scaleSet'] } }],
  };
};

describe('what a plan cannot take', () => {
  test('is told apart: not eligible and why, protected outside the plan, deleted; every share has its reason', async () => {
    const app = await startEmbeddedApp({ world: odd, plan: oddPlan, startAt });
    const plan = (await app.request('GET', '/api/plan'))?.body as ResolvedPlan;
    const last = (id: string) => id.split('/').at(-1);
    expect(plan.notEligible.map(({ id, reason }) => [last(id), reason]).sort()).toEqual([
      ['db-ASRReplica', 'it is a replica disk of Site Recovery'],
      ['node', 'a scale set has made it, and the rule leaves those out'],
      ['sealed', 'the disk uses Azure Disk Encryption, which disk backup does not support'],
      ['volume', 'a Kubernetes cluster has made it, and the rule leaves those out'],
    ]);
    expect(plan.protectedOutsidePlan.map(({ id, vaultId }) => [last(id), last(vaultId)])).toEqual([
      ['guarded', 'files-west'],
    ]);
    const drift = plan.rules
      .flatMap(({ selected }) => selected)
      .filter(({ standing }) => standing === 'drift');
    expect(drift.map(({ id, drift: why }) => [last(id), why?.split(':')[0]])).toEqual([
      ['gone', 'ItemSoftDeleted'],
    ]);
    const skipped = plan.skipped.filter(({ kind }) => kind === 'fileShare');
    expect(skipped.map(({ id, reason }) => [last(id), reason])).toEqual([
      ['private', 'daily shares: tag backup is absent; daily disks: the rule is about disk, not fileShare'],
    ]);
    const record = await sweep(app, false);
    const report = record.report as Record<string, { count: number }>;
    expect([record.status, record.counts, record.failures]).toEqual([
      'completed',
      { total: 1, completed: 1 },
      [],
    ]);
    expect([
      report['notEligible']?.count,
      report['protectedOutsidePlan']?.count,
      report['drift']?.count,
    ]).toEqual([4, 1, 1]);
    await app.stop();
  }, 60_000);
});

describe('a sweep', () => {
  test('asked for without a body is a dry run that tells what it would do, page by page', async () => {
    const app = await startEmbeddedApp({ world: mixed, plan: () => samplePlan(), startAt });
    const accepted = await app.request('POST', '/api/sweeps');
    const record = await app.runEnded((accepted?.body as { id: string }).id);
    expect([record.kind, record.status, record.counts]).toEqual([
      'sweep',
      'completed',
      { total: 2, skipped: 2 },
    ]);
    expect(record.failures).toEqual([]);
    const rulesOf = (told: readonly { target: string; rule?: string }[]) =>
      told.map(({ target, rule }) => [target.split('/').at(-1), rule]).sort();
    const wouldDo = [
      ['db-data', 'daily disks'],
      ['plans', 'daily shares'],
    ];
    expect(rulesOf(record.wouldDo ?? [])).toEqual(wouldDo);
    const first = await app.request('GET', `${record.nextLink}?top=1`);
    const page = first?.body as { value: { target: string }[]; nextLink: string };
    const second = await app.request('GET', page.nextLink.replace(/^https?:\/\/[^/]+/, ''));
    const rest = second?.body as { value: { target: string }[]; nextLink?: string };
    expect(rulesOf([...page.value, ...rest.value])).toEqual(wouldDo);
    expect(rest.nextLink).toBeUndefined();
    expect(app.simulator.effects.all()).toEqual([]);
    await app.stop();
  }, 60_000);

  test('protects what is missing, reports orphans and drift, and changes those never', async () => {
    const app = await startEmbeddedApp({ world: mixed, plan: () => samplePlan(), startAt });
    const record = await sweep(app, false);
    expect([record.status, record.counts]).toEqual(['completed', { total: 2, completed: 2 }]);
    const { drift, orphans, found } = record.report as Record<string, { count: number; first: unknown[] }>;
    expect(found).toEqual({ skipped: 5, missing: 2, drift: 1, protected: 1 });
    expect(drift?.first).toMatchObject([{ target: diskId('stopped'), rule: 'daily disks' }]);
    expect(orphans?.first).toMatchObject([{ source: diskId('gone'), vault: disksVaultId }]);
    expect(app.simulator.effects.count('protect')).toBe(2);
    const again = await sweep(app, false);
    expect([again.status, again.counts]).toEqual(['completed', { total: 0 }]);
    await app.stop();
  }, 60_000);

  test('runs every night by itself, once', async () => {
    const app = await startEmbeddedApp({
      world: mixed,
      plan: () => samplePlan(),
      startAt: '2026-08-22T02:00:00Z',
    });
    await app.clock.advanceTo('2026-08-22T02:17:01Z');
    await app.request('POST', '/admin/functions/nightlySweep', {});
    await app.clock.runFor(2 * 3_600_000);
    const listed = await app.request('GET', '/api/runs?kind=sweep');
    const runs = (listed?.body as { value: RunRecord[] }).value;
    expect(runs.map(({ status, requestedBy }) => [status, requestedBy.key])).toEqual([
      ['completed', 'sweep/2026-08-22'],
    ]);
    expect(app.simulator.effects.count('protect')).toBe(2);
    await app.stop();
  }, 60_000);

  test('waits for a Resource Graph that throttles, and uses no list that is cut', async () => {
    const throttled = {
      on: 'resourceGraph.query',
      times: 3,
      fault: { kind: 'reply', status: 429, code: 'RateLimiting', headers: { 'Retry-After': '5' } },
    } as const;
    const cut = {
      on: 'resourceGraph.query',
      nth: 4,
      times: 1,
      fault: { kind: 'body', merge: { totalRecords: 4000 } },
    } as const;
    const app = await startEmbeddedApp({
      world: mixed,
      plan: () => samplePlan(),
      startAt,
      faults: [throttled, cut],
    });
    const record = await sweep(app, false);
    expect([record.status, record.counts]).toEqual(['completed', { total: 2, completed: 2 }]);
    await app.stop();
  }, 60_000);

  test('a vault that is gone fails its own items and no others', async () => {
    const gone = {
      on: 'recoveryServices.*',
      times: 0,
      fault: { kind: 'reply', status: 404, code: 'ResourceNotFound', message: 'The vault was not found.' },
    } as const;
    const app = await startEmbeddedApp({ world: mixed, plan: () => samplePlan(), startAt, faults: [gone] });
    const record = await sweep(app, false);
    expect([record.status, record.counts]).toEqual(['failed', { total: 2, completed: 1, failed: 1 }]);
    expect(record.failures?.map(({ target }) => target.split('/').at(-1))).toEqual(['plans']);
    await app.stop();
  }, 60_000);

  test('keeps within the service’s daily limits and goes on the next day', async () => {
    const accounts = numbered('box', 60).map((name) => ({ name, shares: ['docs'], tags: daily }));
    const app = await startEmbeddedApp({ world: planWorld({ accounts }), plan: () => samplePlan(), startAt });
    const first = await sweep(app, false);
    expect(first.counts).toEqual({ total: 60, completed: 50, skipped: 10 });
    expect(first.failures?.[0]?.error).toEqual({
      code: 'DailyLimit',
      message: `daily limit: the service takes 50 discoveries a day for ${filesVaultId}`,
    });
    await app.clock.advanceTo('2026-08-23T09:00:00Z');
    expect(app.simulator.effects.count('protect')).toBe(60);
    await app.stop();
  }, 120_000);
});

test('an account in a subscription outside the plan’s list is not seen at all', async () => {
  const far =
    '/subscriptions/66666666-6666-4666-8666-666666666666/resourceGroups/x/providers/Microsoft.Compute/disks/far';
  const world = planWorld({ more: { resources: [{ id: far, tags: daily }] } });
  const app = await startEmbeddedApp({ world, plan: () => samplePlan(), startAt });
  const record = await sweep(app, false);
  expect(record.counts).toEqual({ total: 0 });
  await app.stop();
});

import { describe, expect, test } from 'vitest';
import type { FaultRuleSeed } from '../../local/arm-simulator/faults.ts';
import type { WorldSeed } from '../../local/arm-simulator/world.ts';
import type { RunRecord } from '../../src/runs/run.ts';
import { startEmbeddedApp, type EmbeddedApp } from '../support/embeddedApp.ts';
import { diskTarget, everyRole, instanceWorld, protectedDisk } from '../support/instanceWorld.ts';
import { diskId, disksVaultId, numbered, planWorld, shareOf, snapshotsId } from '../support/planWorld.ts';
import { allEnded, sentAt } from '../support/shareFleet.ts';
import { shareTarget, shareWorld } from '../support/shareWorld.ts';

const share = { target: shareTarget('docs') };
const disk = { target: diskTarget };

const worldOfBoth = (settings: NonNullable<WorldSeed['settings']> = {}, beside = false): WorldSeed => {
  const files = shareWorld({
    protectedShares: ['docs'],
    datasource: { scheduledBesideOnDemand: beside, jobs: [{ seconds: 400 }] },
  });
  const instances = instanceWorld(
    { instances: [{ ...protectedDisk, scheduledBesideOnDemand: beside }] },
    everyRole,
  );
  return {
    ...instances,
    settings,
    resources: [...(files.resources ?? []), ...(instances.resources ?? [])],
    recoveryServices: files.recoveryServices,
  };
};

async function ask(app: EmbeddedApp, body: object): Promise<string> {
  return ((await app.request('POST', '/api/backups', body))?.body as RunRecord).id;
}

const jobsStarted = (app: EmbeddedApp) =>
  app.simulator.effects
    .all()
    .filter(({ kind }) => kind === 'backup')
    .map(({ id }) => id?.toLowerCase().split('/').at(-1));

const jobOf = ({ job }: RunRecord) => job?.id.toLowerCase().split('/').at(-1);

/** No operation of a share's backup can be read, by its signed URL or without. */
const unreadable: readonly FaultRuleSeed[] = ['itemStatus', 'operation'].map((route) => ({
  on: `recoveryServices.${route}`,
  times: 0,
  fault: { kind: 'reply', status: 500 },
}));

describe.each([
  ['echoed', true],
  ['not echoed', false],
] as const)('where ids are %s', (_word, echoActivityId) => {
  test.each([0, 30, -30])(
    'a scheduled job of the same second is not taken for ours, with the service’s clock %i s off ours',
    async (seconds) => {
      const app = await startEmbeddedApp({ world: worldOfBoth({ echoActivityId }, true) });
      app.simulator.advance(seconds);
      const ids = [await ask(app, share), await ask(app, disk)];
      const records = await allEnded(app, ids);
      const started = jobsStarted(app);
      await app.stop();
      expect(records.map(({ status, job }) => [status, job?.status])).toEqual([
        ['completed', 'Completed'],
        ['completed', 'Completed'],
      ]);
      // Which of the two vaults is asked first is chance.
      expect(records.map(jobOf).sort()).toEqual([...started].sort());
      expect(started).toHaveLength(2);
    },
  );

  test.each([0, 30, -30])(
    'a job whose operation cannot be read is found by item and start, with the service’s clock %i s off ours',
    async (seconds) => {
      const app = await startEmbeddedApp({ world: worldOfBoth({ echoActivityId }), faults: unreadable });
      app.simulator.advance(seconds);
      const record = await app.runEnded(await ask(app, share));
      const started = jobsStarted(app);
      await app.stop();
      expect([record.status, jobOf(record)]).toEqual(['completed', started[0]]);
      expect(started).toHaveLength(1);
    },
  );

  test('a scheduled job of the same second that nothing tells from ours ends the run unknown, not with its ending', async () => {
    const app = await startEmbeddedApp({ world: worldOfBoth({ echoActivityId }, true), faults: unreadable });
    const record = await app.runEnded(await ask(app, share));
    const [started] = jobsStarted(app);
    await app.stop();
    if (echoActivityId) expect([record.status, jobOf(record)]).toEqual(['completed', started]);
    else expect([record.status, record.error?.code]).toEqual(['unknown', 'BackupJobAmbiguous']);
  });
});

describe('Recovery Services and Backup vaults of one subscription', () => {
  const [shares, disks] = [numbered('docs', 6), numbered('disk', 4)];
  const targets = [
    ...shares.map((share) => shareOf('papers01', share)),
    ...disks.map((name) => ({ kind: 'disk', vaultId: disksVaultId, datasourceId: diskId(name) })),
  ];

  function worldOf(settings: NonNullable<WorldSeed['settings']>): WorldSeed {
    const world = planWorld({
      accounts: [{ name: 'papers01', shares, protectedShares: shares }],
      disks: disks.map((name) => ({ name })),
      more: { settings },
    });
    const instances = disks.map((name) => ({
      ...{ name: `${name}-1`, kind: 'disk' as const, sourceId: diskId(name), policy: 'disks' },
      snapshotResourceGroupId: snapshotsId,
    }));
    const vaults = world.dataProtection?.vaults?.map((vault) => ({ ...vault, instances }));
    return {
      ...world,
      recoveryServices: { ...world.recoveryServices, timings: { jobFileShare: 700 } },
      dataProtection: { vaults: vaults ?? [], seconds: { jobs: { disk: 1300 } } },
    };
  }

  async function backUpAll(world: WorldSeed, faults: readonly FaultRuleSeed[] = []) {
    const app = await startEmbeddedApp({ world, faults });
    const ids: string[] = [];
    for (const target of targets) ids.push(await ask(app, { target }));
    const records = await allEnded(app, ids);
    await app.stop();
    return { app, records };
  }

  test('are followed side by side, each within its own hourly counter', async () => {
    const { app, records } = await backUpAll(
      worldOf({ throttling: { provider: 'hourly', providerLimit: 150 } }),
    );
    expect(records.map(({ status }) => status)).toEqual(targets.map(() => 'completed'));
    expect(records.map(jobOf).sort()).toEqual([...jobsStarted(app)].sort());
    const lists = ['recoveryServices.jobs', 'dataProtection.listJobs'].map(
      (route) => sentAt(app, route).length,
    );
    expect(Math.min(...lists)).toBeGreaterThan(5);
    expect(app.simulator.log.filter(({ status }) => status === 429)).toEqual([]);
    const trackers = app.tables.watches.rows().map((row) => [row['service'], row['state']]);
    expect(trackers.sort()).toEqual([
      ['dataProtection', 'idle'],
      ['recoveryServices', 'idle'],
    ]);
  });

  test.each([true, false])(
    'lose no job when the list of the Backup vault is cut, stale and shifted (ids echoed: %s)',
    async (echoActivityId) => {
      const variants = [
        { variant: 'cut', rows: 2 },
        { variant: 'stale', seconds: 120 },
        { variant: 'shift' },
      ] as const;
      const faults = variants.map((fault) => ({
        ...{ on: 'dataProtection.listJobs', times: 0 },
        fault: { kind: 'list' as const, ...fault },
      }));
      const { app, records } = await backUpAll(worldOf({ echoActivityId }), faults);
      expect(records.map(({ status }) => status)).toEqual(targets.map(() => 'completed'));
      expect(records.map(jobOf).sort()).toEqual([...jobsStarted(app)].sort());
      expect(sentAt(app, 'dataProtection.getJob').length).toBeGreaterThan(0);
    },
  );
});

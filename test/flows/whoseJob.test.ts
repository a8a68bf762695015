import { describe, expect, test } from 'vitest';
import type { FaultRuleSeed } from '../../local/arm-simulator/faults.ts';
import type { WorldSeed } from '../../local/arm-simulator/world.ts';
import type { RunRecord } from '../../src/runs/run.ts';
import { startEmbeddedApp, type EmbeddedApp, type EmbeddedAppOptions } from '../support/embeddedApp.ts';
import { everyRole, instanceWorld, diskTarget, protectedDisk } from '../support/instanceWorld.ts';
import { allEnded, fleetWorld, sentAt } from '../support/shareFleet.ts';
import { shareTarget, shareWorld, storageAccountId, vaultId } from '../support/shareWorld.ts';

const busy = { vault: { whileBusy: 'conflict' as const } };

async function ask(app: EmbeddedApp, target: object, more: object = {}): Promise<string> {
  const answer = await app.request('POST', '/api/backups', { target, ...more });
  return (answer?.body as RunRecord).id;
}

/** The item's id as the vault has it, read from its list. */
async function itemIdOf(
  app: EmbeddedApp,
  friendlyName: string,
  managementType = 'AzureStorage',
): Promise<string> {
  const url = `https://management.azure.com${vaultId}/backupProtectedItems?api-version=2025-08-01&$filter=backupManagementType eq '${managementType}'`;
  const headers = { authorization: `Bearer ${'a'.repeat(40)}` };
  const reply = await app.simulator.handle({ method: 'GET', url, headers });
  const { value } = JSON.parse(reply.body ?? '{}') as {
    value: { id: string; properties: { friendlyName: string } }[];
  };
  return value.find(({ properties }) => properties.friendlyName === friendlyName)?.id ?? '';
}

const cancelsSent = (app: EmbeddedApp) => sentAt(app, 'recoveryServices.cancelJob').length;

describe('a run that has joined another run’s job', () => {
  async function joinAndCancel(more: { settings?: WorldSeed['settings'] } = {}) {
    const app = await startEmbeddedApp({ world: { ...fleetWorld({ docs: 900 }, {}, busy), ...more } });
    const first = await ask(app, shareTarget('docs'));
    await app.clock.runFor(120_000);
    const second = await ask(app, shareTarget('docs'));
    await app.clock.runFor(120_000);
    const asked = await app.request('POST', `/api/runs/${second}/cancel`);
    const [one, other] = await allEnded(app, [first, second]);
    await app.stop();
    return { app, asked, one, other };
  }

  test.each([true, false])(
    'leaves it when it is cancelled, and the other ends completed (ids echoed: %s)',
    async (echoActivityId) => {
      const { app, one, other } = await joinAndCancel({ settings: { echoActivityId } });
      expect(cancelsSent(app)).toBe(0);
      expect(one).toMatchObject({ status: 'completed', job: { status: 'Completed' } });
      expect(other).toMatchObject({
        status: 'cancelled',
        job: { id: one?.job?.id },
        error: { code: 'RunCancelled', message: expect.stringMatching(/not its own .*and was left running/) },
      });
    },
  );

  test('says whose it was', async () => {
    const app = await startEmbeddedApp({ world: fleetWorld({ docs: 900 }, {}, busy) });
    const first = await ask(app, shareTarget('docs'));
    await app.clock.runFor(120_000);
    const [one, other] = await allEnded(app, [
      first,
      await ask(app, shareTarget('docs'), { keepFor: 'P7D' }),
    ]);
    await app.stop();
    expect(one?.result).not.toHaveProperty('joined');
    expect(other).toMatchObject({
      status: 'completed',
      job: { id: one?.job?.id },
      result: { joined: true, startedBy: 'anotherRun' },
      warnings: [expect.stringContaining('begun by another run of this app')],
    });
    expect(other?.result).not.toHaveProperty('expiresAt');
  });
});

test('a batch that is cancelled leaves the job that its child has joined', async () => {
  const app = await startEmbeddedApp({ world: fleetWorld({ docs: 900, plans: 900 }, {}, busy) });
  const alone = await ask(app, shareTarget('docs'));
  await app.clock.runFor(120_000);
  const targets = ['docs', 'plans'].map(shareTarget);
  const { id } = (await app.request('POST', '/api/backups', { targets }))?.body as RunRecord;
  await app.clock.runFor(120_000);
  await app.request('POST', `/api/runs/${id}/cancel`);
  const [one, batch] = await allEnded(app, [alone, id]);
  await app.stop();
  expect([one?.status, batch?.status]).toEqual(['completed', 'cancelled']);
  // Only the job that the batch began itself.
  expect(cancelsSent(app)).toBe(1);
});

describe('a job that the vault’s own policy has begun', () => {
  const world = shareWorld({
    ...busy,
    protectedShares: ['docs'],
    datasource: { scheduledAfterSeconds: [0], jobs: [{ seconds: 900 }] },
  });

  test('is left when the run that joined it is cancelled', async () => {
    const app = await startEmbeddedApp({ world });
    const id = await ask(app, shareTarget('docs'));
    await app.clock.runFor(180_000);
    await app.request('POST', `/api/runs/${id}/cancel`);
    const record = await app.runEnded(id);
    await app.stop();
    expect(record.status).toBe('cancelled');
    expect(record.error?.message).toContain("not its own (begun by the vault's policy) and was left running");
    expect(cancelsSent(app)).toBe(0);
  });

  test('is told to be the policy’s', async () => {
    const app = await startEmbeddedApp({ world });
    const record = await app.runEnded(await ask(app, shareTarget('docs')));
    await app.stop();
    expect(record).toMatchObject({ status: 'completed', result: { joined: true, startedBy: 'policy' } });
    expect(record.warnings[0]).toContain("by the vault's policy");
  });

  test('of a disk is told to be the policy’s, and left', async () => {
    const instances = [{ ...protectedDisk, scheduledAfterSeconds: [0] }];
    const more = { refuseParallelBackups: true, seconds: { jobs: { disk: 900 } } };
    const disks = instanceWorld({ instances }, everyRole, more);
    const app = await startEmbeddedApp({ world: disks });
    const id = await ask(app, diskTarget);
    await app.clock.runFor(180_000);
    await app.request('POST', `/api/runs/${id}/cancel`);
    const record = await app.runEnded(id);
    await app.stop();
    expect([record.status, record.error?.code]).toEqual(['cancelled', 'RunCancelled']);
  });
});

describe('a job that the vault’s policy begins beside this run’s, whose operation names no job', () => {
  const besideOwn = (ownJob: FaultRuleSeed['fault']): EmbeddedAppOptions => ({
    world: fleetWorld({ docs: 900, plans: 2400 }, {}, { datasource: { scheduledBesideOnDemand: true } }),
    faults: [
      {
        ...{ on: 'recoveryServices.backup', nth: 1, times: 1 },
        fault: { kind: 'operation', status: 'Succeeded', withoutProperties: true },
      },
      { on: 'recoveryServices.backup', nth: 1, times: 1, fault: ownJob },
    ],
  });

  test('is not taken for its own, which is listed only minutes later', async () => {
    const app = await startEmbeddedApp(besideOwn({ kind: 'job', hiddenSeconds: 280, seconds: 900 }));
    const record = await app.runEnded(await ask(app, shareTarget('docs')));
    await app.stop();
    const own = app.simulator.effects.all().find(({ kind }) => kind === 'backup')?.id;
    expect(record).toMatchObject({ status: 'completed', job: { id: own } });
    expect(record.result).not.toHaveProperty('joined');
  });

  test.each([
    ['and is read alone', []],
    ['and is listed with others', ['plans']],
  ])('is told to be the policy’s where its own is never listed (%s)', async (_how, others) => {
    const app = await startEmbeddedApp(besideOwn({ kind: 'job', hiddenSeconds: 400_000, seconds: 900 }));
    const id = await ask(app, shareTarget('docs'));
    await app.clock.runFor(60_000);
    for (const share of others) await ask(app, shareTarget(share));
    const record = await app.runEnded(id);
    await app.stop();
    expect(record).toMatchObject({ status: 'completed', result: { joined: true, startedBy: 'policy' } });
    expect(record.result).not.toHaveProperty('expiresAt');
    expect(record.warnings).toEqual([
      `No job that carries an id of this run was found. The job ${record.job?.id} of the same item and time was begun by the vault's policy: this run followed that one, whose expiry is the policy’s. What became of the request itself is not known.`,
    ]);
  });

  test('is left when the run is cancelled', async () => {
    const app = await startEmbeddedApp(besideOwn({ kind: 'job', hiddenSeconds: 400_000, seconds: 900 }));
    const id = await ask(app, shareTarget('docs'));
    await app.clock.runFor(600_000);
    await app.request('POST', `/api/runs/${id}/cancel`);
    const record = await app.runEnded(id);
    await app.stop();
    expect(record.status).toBe('cancelled');
    expect(record.error?.message).toMatch(/ was begun by the vault's policy and was left running\.$/);
    expect(cancelsSent(app)).toBe(0);
  });
});

test('a run whose job no id names cancels the one that was asked for on demand in its minute', async () => {
  const world = fleetWorld({ docs: 900 }, { echoActivityId: false });
  const fault: FaultRuleSeed['fault'] = { kind: 'operation', status: 'Succeeded', withoutProperties: true };
  const app = await startEmbeddedApp({ world, faults: [{ on: 'recoveryServices.backup', fault }] });
  const id = await ask(app, shareTarget('docs'));
  await app.clock.runFor(600_000);
  await app.request('POST', `/api/runs/${id}/cancel`);
  const record = await app.runEnded(id);
  await app.stop();
  expect([record.status, record.job?.status, cancelsSent(app)]).toEqual(['cancelled', 'Cancelled', 1]);
});

describe('an item given by its id alone', () => {
  test.each([true, false])(
    'joins its own job, never its neighbour’s (ids echoed: %s)',
    async (echoActivityId) => {
      const app = await startEmbeddedApp({
        world: fleetWorld({ docs: 600, plans: 1200 }, { echoActivityId }, busy),
      });
      const first = await ask(app, shareTarget('docs'));
      await app.clock.runFor(60_000);
      const neighbour = await ask(app, shareTarget('plans'));
      await app.clock.runFor(60_000);
      const byId = await ask(app, { id: await itemIdOf(app, 'docs') });
      const [one, beside, other] = await allEnded(app, [first, neighbour, byId]);
      await app.stop();
      expect(other).toMatchObject({ status: 'completed', result: { joined: true } });
      expect(other?.job?.id).toBe(one?.job?.id);
      expect(other?.job?.id).not.toBe(beside?.job?.id);
    },
  );
});

describe('databases of one name on two machines', () => {
  const machine = (name: string) =>
    storageAccountId.replace(
      /data\/providers.*/,
      `servers/providers/Microsoft.Compute/virtualMachines/${name}`,
    );
  const worldOf = (names: readonly string[]): WorldSeed => ({
    resources: names.map((name) => ({ id: machine(name) })),
    recoveryServices: {
      vaults: [
        {
          id: vaultId,
          whileBusy: 'conflict',
          items: names.map((name) => ({
            virtualMachineId: machine(name),
            database: 'master',
            policy: 'HourlyLogBackup',
          })),
        },
      ],
      datasources: names.map((name, at) => ({
        ...{ virtualMachineId: machine(name), database: 'master' },
        jobs: [{ seconds: 900 + 300 * at }, {}],
      })),
    },
  });
  const target = (container: string) => ({ kind: 'workload', vaultId, container, database: 'master' });

  test('each joins the job of its own machine', async () => {
    const app = await startEmbeddedApp({ world: worldOf(['app01', 'app02']) });
    const one = await ask(app, target('app01'));
    const two = await ask(app, target('app02'));
    await app.clock.runFor(120_000);
    const again = [await ask(app, target('app01')), await ask(app, target('app02'))];
    const [first, second, joinsFirst, joinsSecond] = await allEnded(app, [one, two, ...again]);
    await app.stop();
    expect(joinsFirst?.job?.id).toBe(first?.job?.id);
    expect(joinsSecond?.job?.id).toBe(second?.job?.id);
    expect([joinsFirst, joinsSecond].map((record) => record?.status)).toEqual(['completed', 'completed']);
  });

  test('whose hosts’ names are cut alike join none: each is backed up when its own turn comes', async () => {
    const names = ['sql-production-01', 'sql-production-02'];
    const app = await startEmbeddedApp({ world: worldOf(names) });
    const one = await ask(app, target(names[0] ?? ''));
    const two = await ask(app, target(names[1] ?? ''));
    await app.clock.runFor(120_000);
    const [first, second, again] = await allEnded(app, [one, two, await ask(app, target(names[0] ?? ''))]);
    await app.stop();
    expect(again?.status).toBe('completed');
    expect(again?.result).not.toHaveProperty('joined');
    expect([first?.job?.id, second?.job?.id]).not.toContain(again?.job?.id);
  });
});

describe('an operation that cannot be read', () => {
  const refused: readonly FaultRuleSeed[] = ['itemStatus', 'operation'].map((route) => ({
    on: `recoveryServices.${route}`,
    times: 0,
    fault: { kind: 'reply', status: 403, code: 'AuthorizationFailed' },
  }));

  test.each([
    ['is refused', refused],
    [
      'is named by a foreign host',
      [
        { on: 'recoveryServices.backup', times: 0, fault: { kind: 'pollUrl', variant: 'foreignHost' } },
      ] as const,
    ],
  ])('%s: the list decides, not the operation', async (_, faults) => {
    const app = await startEmbeddedApp({
      world: fleetWorld({ docs: 300 }, { echoActivityId: false }),
      faults,
    });
    const record = await app.runEnded(await ask(app, shareTarget('docs')));
    await app.stop();
    expect(record).toMatchObject({ status: 'completed', job: { status: 'Completed' } });
  });
});

test('a job that is in the way and never proven to be the item’s ends the run unknown, not after hours', async () => {
  const busyOperation = {
    on: 'recoveryServices.backup',
    times: 0,
    fault: { kind: 'operation', status: 'Failed', code: 'UserErrorBackupOperationInProgress' },
  } as const;
  const app = await startEmbeddedApp({ world: fleetWorld({ docs: 300 }), faults: [busyOperation] });
  const record = await app.runEnded(await ask(app, shareTarget('docs')));
  await app.stop();
  expect([record.status, record.error?.code]).toEqual(['unknown', 'JobNotFound']);
  expect(Date.parse(record.endedAt ?? '') - Date.parse(record.createdAt)).toBeLessThan(3_600_000);
});

test('where no id is echoed, the job of the run that had the item before is joined, not taken for one’s own', async () => {
  const lost = {
    on: 'recoveryServices.backup',
    nth: 2,
    times: 1,
    fault: { kind: 'drop', when: 'before' },
  } as const;
  const app = await startEmbeddedApp({
    world: fleetWorld({ docs: 20 }, { echoActivityId: false }),
    faults: [lost],
  });
  const first = await ask(app, shareTarget('docs'));
  await app.clock.runFor(40_000);
  const [one, other] = await allEnded(app, [first, await ask(app, shareTarget('docs'), { keepFor: 'P99Y' })]);
  await app.stop();
  expect(other?.job?.id).toBe(one?.job?.id);
  expect(other?.result).toMatchObject({ joined: true });
  expect(JSON.stringify(other?.recoveryPoint)).not.toContain('2125');
});

test('where no id is echoed, a job whose details say that the policy began it is joined, and shows no expiry of the run', async () => {
  const refused = {
    on: 'recoveryServices.backup',
    nth: 1,
    times: 1,
    fault: { kind: 'reply', status: 503, code: 'ServiceUnavailable' },
  } as const;
  const datasource = { scheduledAfterSeconds: [30] };
  const app = await startEmbeddedApp({
    world: fleetWorld({ docs: 900 }, { echoActivityId: false }, { datasource }),
    faults: [refused],
  });
  const record = await app.runEnded(await ask(app, shareTarget('docs'), { keepFor: 'P7D' }));
  await app.stop();
  expect(app.simulator.effects.count('backup')).toBe(0);
  expect(record).toMatchObject({
    status: 'completed',
    result: { joined: true, startedBy: 'policy' },
    warnings: [expect.stringContaining("begun by the vault's policy")],
  });
  expect(record.result).not.toHaveProperty('expiresAt');
});

test('a job whose details are never to be had ends by its row of the list, minutes after its end', async () => {
  const faults: readonly FaultRuleSeed[] = [
    {
      on: 'recoveryServices.job',
      times: 0,
      fault: { kind: 'reply', status: 403, code: 'AuthorizationFailed' },
    },
  ];
  const world = fleetWorld({ docs: 300 });
  const failing = {
    ...world.recoveryServices?.datasources?.[0],
    jobs: [{ seconds: 300, status: 'Failed' as const }],
  };
  const app = await startEmbeddedApp({
    world: { ...world, recoveryServices: { ...world.recoveryServices, datasources: [failing] } },
    faults,
  });
  const record = await app.runEnded(await ask(app, shareTarget('docs')));
  await app.stop();
  expect(record).toMatchObject({
    status: 'failed',
    error: {
      code: 'JobFailed',
      message: expect.stringContaining('its row of the list decides: AuthorizationFailed'),
    },
  });
  expect(Date.parse(record.endedAt ?? '') - Date.parse(record.createdAt)).toBeLessThan(1_200_000);
});

test('a joined job without a recovery point in its span is not completed', async () => {
  const world = shareWorld({
    ...busy,
    protectedShares: ['docs'],
    datasource: { scheduledAfterSeconds: [0], jobs: [{ seconds: 900 }] },
  });
  const faults: readonly FaultRuleSeed[] = [
    { on: 'recoveryServices.recoveryPoints', times: 0, fault: { kind: 'list', variant: 'empty' } },
  ];
  const app = await startEmbeddedApp({ world, faults });
  const record = await app.runEnded(await ask(app, shareTarget('docs')));
  await app.stop();
  expect(record).toMatchObject({ status: 'failed', error: { code: 'JoinedWithoutRecoveryPoint' } });
});

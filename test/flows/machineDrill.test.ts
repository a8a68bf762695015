import { describe, expect, test } from 'vitest';
import {
  drillOnce,
  drillPlan,
  failedRestore,
  faultOn,
  into,
  leftIn,
  lockBy,
  machineId,
  machineTarget,
  restore,
  restoredDrill,
  restoreWithout,
  startDrillApp,
} from '../support/drillWorld.ts';
import { subscriptionId } from '../support/planWorld.ts';

const body = { target: machineTarget, into };

const restoreBodyOf = (app: Awaited<ReturnType<typeof startDrillApp>>) =>
  app.simulator.log.filter(({ route }) => route === restore);

test('the disks of a machine are restored into a group of the drill, compared, deleted with it, and proven', async () => {
  const { run, left, rows, app } = await drillOnce(body);
  expect(run).toMatchObject({
    kind: 'drill',
    status: 'completed',
    result: {
      verdict: 'proven',
      resourceId: machineId,
      point: { at: '2026-08-21T05:00:00.000Z' },
      restoredTo: [`/subscriptions/${subscriptionId}/resourceGroups/abd-${run.id}`],
      counts: { disks: 3, expected: 3, gigabytes: '32, 64, 128' },
    },
  });
  expect(run.steps.map(({ name }) => name.split('.')[1])).toEqual([
    'findProtectedItem',
    'choosePoint',
    'readVault',
    'findDrillAccount',
    'findDrillTarget',
    'findRestoreGuard',
    'readMachinePoint',
    'findMachineDisks',
    'createDrillGroup',
    'validateMachineRestore',
    'restoreMachine',
    'readRestoreCounts',
    'findDrillTarget',
    'tagDrillTarget',
    'listDrillDisks',
    'findDrillTarget',
    'deleteDrillTarget',
    'findDrillTarget',
    'findDrillTarget',
    'deleteDrillTarget',
    'findDrillTarget',
  ]);
  expect({ left, rows }).toEqual({ left: [], rows: 0 });
  expect(app.simulator.effects.count('restored')).toBe(1);
  expect(app.simulator.effects.count('delete.group')).toBe(1);
  expect(app.simulator.effects.count('delete.container')).toBe(1);
  expect(restoreBodyOf(app)).toHaveLength(1);
  await app.stop();
});

test('of the disk with the operating system alone one comes back', async () => {
  const os = { ...into, virtualMachine: { ...into.virtualMachine, disks: 'os' } };
  const { run, left, app } = await drillOnce({ ...body, into: os });
  expect(run).toMatchObject({
    status: 'completed',
    result: { verdict: 'proven', counts: { disks: 1, expected: 1, gigabytes: '128' } },
  });
  expect(left).toEqual([]);
  await app.stop();
});

test('disks with private access come back as private as they were', async () => {
  const { run, left, app } = await drillOnce(body, { differs: { privateDisks: true } });
  expect(run).toMatchObject({ status: 'completed', result: { verdict: 'proven' } });
  expect(left).toEqual([]);
  await app.stop();
});

test.each([
  ['no disk came back', restoreWithout.content, 'empty', 'DrillEmpty'],
  ['the disks have half the size of their sources', restoreWithout.wholeContent, 'mismatch', 'DrillMismatch'],
  ['the job failed', failedRestore(400_231), 'failed', '400231'],
  ['the point has vanished', restoreWithout.point, 'failed', 'UserErrorRecoveryPointNotFound'],
  [
    'the target is denied',
    faultOn('subscriptions.putGroup', {
      kind: 'reply',
      status: 403,
      shape: 'gateway',
      code: 'AuthorizationFailed',
    }),
    'failed',
    'AuthorizationFailed',
  ],
] as const)('%s: the verdict says so, and nothing is left', async (_, fault, verdict, code) => {
  const { run, left, rows, app } = await drillOnce(body, { faults: [fault] });
  expect(run).toMatchObject({ status: 'failed', error: { code }, result: { verdict } });
  expect({ left, rows }).toEqual({ left: [], rows: 0 });
  await app.stop();
});

test('500 on every poll: the job tells, and nothing is left', async () => {
  const faults = [faultOn(restore, { kind: 'polls', status: 500 })];
  const { run, left, rows, app } = await drillOnce(body, { faults });
  expect(run).toMatchObject({ status: 'completed', result: { verdict: 'proven' } });
  expect({ left, rows }).toEqual({ left: [], rows: 0 });
  await app.stop();
});

describe('what keeps a machine from being restored is told before anything is made:', () => {
  test.each([
    [
      'a staging account in another region',
      { location: 'northeurope' },
      /drillstaging lies in northeurope, the vault in westeurope/,
    ],
    [
      'a staging account that is zone-redundant',
      { sku: { name: 'Standard_ZRS' } },
      /drillstaging: it is zone-redundant/,
    ],
    [
      'a staging account without keys',
      { properties: { allowSharedKeyAccess: false } },
      /drillstaging: it allows no shared keys/,
    ],
    [
      'a firewall that lets nobody pass',
      { properties: { networkAcls: { defaultAction: 'Deny', bypass: 'None' } } },
      /drillstaging: its firewall/,
    ],
  ])('%s', async (_, staging, message) => {
    const { run, app } = await drillOnce({ ...body, dryRun: true }, { differs: { staging } });
    expect(run).toMatchObject({
      status: 'completedWithWarnings',
      result: { wouldRestore: { obstacles: [expect.stringMatching(message)] } },
    });
    const real = await drillOnce(body, { differs: { staging } });
    expect(real.run).toMatchObject({ status: 'failed', error: { code: 'DrillTargetNotFit' } });
    for (const one of [app, real.app])
      expect(one.simulator.log.filter(({ method }) => method !== 'GET')).toEqual([]);
    await app.stop();
    await real.app.stop();
  });
});

test('a lock keeps the group; the watchdog deletes it once the lock is gone', async () => {
  const { app, id } = await restoredDrill(body, 'PT1H');
  const lock = `/subscriptions/${subscriptionId}/resourceGroups/abd-${id}/providers/Microsoft.Authorization/locks/keep`;
  await lockBy(app, 'PUT', lock);
  const run = await app.runEnded(id, 96);
  expect(run).toMatchObject({ status: 'failed', result: { verdict: 'left over' } });
  expect(run.error?.message).toMatch(/locked/);
  expect(app.simulator.effects.count('delete.group')).toBe(0);
  await lockBy(app, 'DELETE', lock);
  await app.clock.runUntil(() => app.tables.drillCleanUps.rows().length === 0, 86_400_000);
  expect(leftIn(app)).toEqual([]);
  expect(app.simulator.effects.count('delete.group')).toBe(1);
  await app.stop();
});

test('a group that somebody has put something into stays, and a person is told', async () => {
  const { app, id } = await restoredDrill(body, 'PT1H');
  const theirs = `/subscriptions/${subscriptionId}/resourceGroups/abd-${id}/providers/Microsoft.Compute/virtualMachines/looking`;
  app.simulator.core.resources.put({
    ...{ id: theirs, name: 'looking', type: 'Microsoft.Compute/virtualMachines', location: 'westeurope' },
    properties: {},
  });
  const run = await app.runEnded(id, 96);
  expect(run).toMatchObject({ status: 'failed', error: { code: 'DrillLeftOver' } });
  expect(run.error?.message).toMatch(/holds what the drill has not made: .*virtualMachines\/looking/);
  await app.clock.runUntil(() => app.log.some((line) => /ALERT leftOver/.test(line)), 86_400_000);
  expect(app.simulator.effects.count('delete.group')).toBe(0);
  await app.stop();
});

test('rules, events and sweeps pass over what lies in the group of a drill', async () => {
  const plan = drillPlan({
    rules: [
      {
        name: 'every disk',
        match: { kind: 'disk' },
        protect: {
          vaults: {
            '*': into.disk.resourceGroup.replace(
              /resourceGroups.*/,
              'resourceGroups/backup/providers/Microsoft.DataProtection/backupVaults/disks-west',
            ),
          },
          policy: 'disks',
          snapshotResourceGroup: `/subscriptions/${subscriptionId}/resourceGroups/snapshots`,
        },
      },
    ],
  });
  const { app, id } = await restoredDrill(body, 'PT4H', { plan: () => plan });
  expect(leftIn(app).some((one) => /abd-.*\/disks\//.test(one))).toBe(true);
  const answer = await app.request('POST', '/api/sweeps', { dryRun: true });
  const sweep = await app.runEnded((answer?.body as { id: string }).id);
  expect(JSON.stringify(sweep)).not.toContain('abd-');
  expect(sweep).toMatchObject({ status: 'completed' });
  expect(await app.runEnded(id, 96)).toMatchObject({ status: 'completed' });
  await app.stop();
});

test('a subscription that the plan does not list is refused, and what it lists allows only groups of drills', async () => {
  const list = [into.disk.resourceGroup];
  const safety = { ...(drillPlan()['safety' as never] as object), drillTargets: list };
  const app = await startDrillApp({ plan: () => drillPlan({ safety }) });
  const refused = await app.request('POST', '/api/drills', body);
  expect(refused).toMatchObject({ status: 403 });
  expect(JSON.stringify(refused?.body)).toContain('into.virtualMachine.subscription');
  await app.stop();
});

test('the machine of a rule is drilled like a disk', async () => {
  const drills = [
    {
      name: 'machines',
      cron: '30 2 * * *',
      timeZone: 'UTC',
      of: { match: { kind: 'virtualMachine' } },
      into: { virtualMachine: into.virtualMachine },
    },
  ];
  const app = await startDrillApp({ plan: () => drillPlan({ drills }) });
  const batch = await app.request('POST', '/api/drills', { drill: 'machines' });
  const { id } = batch?.body as { id: string };
  await app.runEnded(id, 96);
  const list = (await app.request('GET', `/api/runs?batch=${id}`))?.body as { value: object[] };
  expect(list.value).toMatchObject([{ status: 'completed', result: { verdict: 'proven' } }]);
  expect(leftIn(app)).toEqual([]);
  await app.stop();
});

import { expect, test } from 'vitest';
import { diskId } from '../support/planWorld.ts';
import {
  drillAccountId,
  drillOnce,
  drillPlan,
  failedRestore,
  faultOn,
  into,
  leftIn,
  lockBy,
  restore,
  restoredDrill,
  restoreWithout,
  shareTarget,
  startDrillApp,
} from '../support/drillWorld.ts';

const body = { target: shareTarget, into };

test('a share is restored into a share of its own, counted, deleted, and proven', async () => {
  const { run, left, rows, app } = await drillOnce(body);
  expect(run).toMatchObject({
    kind: 'drill',
    status: 'completed',
    result: {
      verdict: 'proven',
      point: { at: '2026-08-21T03:00:00.000Z', ageSeconds: 82_800 },
      restoredTo: [`${drillAccountId}/fileServices/default/shares/abd-${run.id}`],
      counts: { restored: 12, failed: 0, skipped: 0 },
    },
  });
  expect(run.steps.map(({ name }) => name.split('.')[1])).toEqual([
    'findProtectedItem',
    'findContainer',
    'choosePoint',
    'readVault',
    'findDrillAccount',
    'findDrillTarget',
    'findRestoreGuard',
    'createDrillShare',
    'restoreShare',
    'readRestoreCounts',
    'findDrillTarget',
    'deleteDrillTarget',
    'findDrillTarget',
  ]);
  expect({ left, rows }).toEqual({ left: [], rows: 0 });
  expect(app.simulator.effects.count('restored')).toBe(1);
  await app.stop();
});

test.each([
  ['nothing came back', restoreWithout.content, 'empty', 'DrillEmpty'],
  ['a third of the files failed', restoreWithout.wholeContent, 'mismatch', 'DrillMismatch'],
  ['the job failed', failedRestore(400_055), 'failed', '400055'],
  ['the point has vanished', restoreWithout.point, 'failed', 'UserErrorRecoveryPointNotFound'],
] as const)('%s: the verdict says so, and nothing is left', async (_, fault, verdict, code) => {
  const { run, left, rows, app } = await drillOnce(body, { faults: [fault] });
  expect(run).toMatchObject({ status: 'failed', error: { code }, result: { verdict } });
  expect({ left, rows }).toEqual({ left: [], rows: 0 });
  const [proof] = app.tables.coverage.rows().filter(({ partitionKey }) => partitionKey === 'drill');
  const kept: unknown = JSON.parse(String(proof?.['data']));
  expect(kept).toMatchObject({
    run: run.id,
    verdict,
    pointAt: '2026-08-21T03:00:00.000Z',
    reason: expect.stringMatching(`^${code}: `) as unknown,
  });
  await app.stop();
});

test('fewer files than expected are empty, however many came', async () => {
  const { run, app } = await drillOnce({ ...body, check: { minimumFiles: 13 } });
  expect(run).toMatchObject({ status: 'failed', result: { verdict: 'empty', counts: { restored: 12 } } });
  await app.stop();
});

test('a restore that takes longer than the target is proven late', async () => {
  const { run, app } = await drillOnce({ ...body, restoreWithin: 'PT0H1M' }, {
    faults: [faultOn(restore, { kind: 'job', seconds: 900 })],
  } as never);
  expect(run).toMatchObject({ status: 'completedWithWarnings', result: { verdict: 'proven late' } });
  await app.stop();
});

test.each([
  ['a copy scope that refuses', { properties: { allowedCopyScope: 'AAD' } }, /570035/],
  [
    'a firewall that lets nobody pass',
    { properties: { networkAcls: { defaultAction: 'Deny', bypass: 'None' } } },
    /firewall/,
  ],
  ['another region', { location: 'northeurope' }, /lies in northeurope/],
])('%s is told before anything is made', async (_, account, message) => {
  const { run, app } = await drillOnce(body, { differs: { account } });
  expect(run).toMatchObject({ status: 'failed', error: { code: 'DrillTargetNotFit' } });
  expect(run.error?.message).toMatch(message);
  expect(app.simulator.log.filter(({ method }) => method === 'PUT')).toEqual([]);
  await app.stop();
});

test('a share without a point that can be restored is told; one in the archive is not taken', async () => {
  const archived = { time: '2026-08-21T03:00:00Z', tiers: [{ type: 'ArchivedRP', status: 'Valid' }] };
  const { run, app } = await drillOnce(body, { differs: { pointsOfShare: [archived] } });
  expect(run).toMatchObject({ status: 'failed', error: { code: 'NoEligiblePoint' } });
  expect(run.error?.message).toMatch(/1 are in the archive/);
  await app.stop();
});

test('a dry run says what would be restored where, and makes nothing', async () => {
  const { run, app } = await drillOnce(
    { ...body, dryRun: true },
    { environment: {}, differs: { account: { location: 'northeurope' } } },
  );
  expect(run).toMatchObject({
    kind: 'drill',
    status: 'completedWithWarnings',
    result: { wouldRestore: { obstacles: [expect.stringMatching(/lies in northeurope/)] } },
  });
  expect(app.simulator.log.every(({ method }) => method === 'GET')).toBe(true);
  await app.stop();
});

test('nothing is restored where the setting is off', async () => {
  const { run, app } = await drillOnce(body, { environment: {} });
  expect(run).toMatchObject({ status: 'failed', error: { code: 'DrillNotAllowed' } });
  expect(app.simulator.log.every(({ method }) => method === 'GET')).toBe(true);
  await app.stop();
});

const withoutPlaces = () =>
  drillPlan({ safety: { ...(drillPlan()['safety' as never] as object), drillTargets: [] } });

test('a place that the plan does not list for drills is refused, also when the plan changes under way', async () => {
  const closed = await startDrillApp({ plan: withoutPlaces });
  const refused = await closed.request('POST', '/api/drills', body);
  expect(refused).toMatchObject({ status: 403 });
  expect(JSON.stringify(refused?.body)).toContain('into.fileShare.storageAccount');
  await closed.stop();

  let plan = drillPlan();
  const app = await startDrillApp({ plan: () => plan });
  const asked = await app.request('POST', '/api/drills', body);
  plan = withoutPlaces();
  app.kill();
  const run = await app.runEnded((asked?.body as { id: string }).id);
  expect(run).toMatchObject({ status: 'failed', error: { code: 'TargetNotAllowed' } });
  expect(leftIn(app)).toEqual([]);
  await app.stop();
});

test('a lock leaves the share over; the watchdog deletes it once the lock is gone', async () => {
  const lock = `${drillAccountId}/providers/Microsoft.Authorization/locks/keep`;
  const { run, left, rows, app } = await drillOnce(body, {
    differs: {
      more: {
        authorization: { locks: [{ scope: drillAccountId, name: 'keep', level: 'CanNotDelete' }] },
      } as never,
    },
  });
  expect(run).toMatchObject({
    status: 'failed',
    error: { code: 'DrillLeftOver' },
    result: { verdict: 'left over' },
  });
  expect(left).toEqual([expect.stringMatching(/abd-/)]);
  expect(rows).toBe(1);
  await app.clock.runUntil(
    () => app.log.some((line) => /ALERT leftOver A restore drill has left/.test(line)),
    86_400_000,
  );
  expect(app.log.some((line) => /ALERT leftOver A restore drill has left/.test(line))).toBe(true);
  await lockBy(app, 'DELETE', lock);
  await app.clock.runUntil(() => app.tables.drillCleanUps.rows().length === 0, 86_400_000);
  expect(leftIn(app)).toEqual([]);
  expect(app.simulator.effects.count('delete.share')).toBe(1);
  await app.stop();
});

test.each([
  ['was taken off', {}, /no tag of this drill/],
  [
    'names another run',
    { azure_backup_automation_drill: 'f'.repeat(40) },
    /its tag names another run, f{40}/,
  ],
])('a share whose tag %s is nobody of ours, and stays', async (_what, metadata, message) => {
  const { app, id } = await restoredDrill(body, 'PT1H');
  const share = app.simulator.core.resources.list().find((one) => one.id.endsWith(`abd-${id}`));
  if (share) app.simulator.core.resources.put({ ...share, properties: { metadata } });
  const run = await app.runEnded(id);
  expect(run).toMatchObject({ status: 'failed', error: { code: 'DrillLeftOver' } });
  expect(run.error?.message).toMatch(message);
  await app.clock.runUntil(() => false, 86_400_000);
  expect(app.simulator.effects.count('delete.share')).toBe(0);
  await app.stop();
});

test('a tag that changes between the look and the deletion is seen right before it', async () => {
  const app = await startDrillApp({
    faults: [
      faultOn('resources.deleteShare', {
        kind: 'reply',
        status: 429,
        shape: 'gateway',
        code: 'TooManyRequests',
      }),
    ],
  });
  const asked = await app.request('POST', '/api/drills', body);
  const { id } = asked?.body as { id: string };
  const isRefusedOnce = () => app.simulator.log.some(({ route }) => route === 'resources.deleteShare');
  await app.clock.runUntil(isRefusedOnce, 3_600_000);
  const share = app.simulator.core.resources.list().find((one) => one.id.endsWith(`abd-${id}`));
  const metadata = { azure_backup_automation_drill: 'b'.repeat(40) };
  if (share) app.simulator.core.resources.put({ ...share, properties: { ...share.properties, metadata } });
  const run = await app.runEnded(id);
  expect(run).toMatchObject({ status: 'failed', result: { verdict: 'left over' } });
  expect(run.error?.message).toMatch(/names b{40} now/);
  expect(app.simulator.effects.count('delete.share')).toBe(0);
  await app.stop();
});

test('a drill of the plan restores a sample, once for an occurrence, and the newest proof shows', async () => {
  const drills = [
    {
      name: 'nightly',
      cron: '30 2 * * *',
      timeZone: 'UTC',
      of: { rules: ['daily shares', 'daily disks'] },
      sample: { share: 100, atLeast: 1, atMost: 10 },
      into: { fileShare: into.fileShare },
    },
  ];
  const app = await startDrillApp({ plan: () => drillPlan({ drills }) });
  await app.clock.runUntil(() => app.simulator.effects.count('delete.share') === 1, 7_200_000);
  const isOver = () =>
    app.tables.runs.rows().filter(({ kind, status }) => kind === 'drill' && status !== 'running').length ===
    2;
  await app.clock.runUntil(isOver, 3_600_000);
  const list = (await app.request('GET', '/api/runs?kind=drill'))?.body as {
    value: { counts?: object; status: string }[];
  };
  const batch = list.value.find(({ counts }) => counts !== undefined);
  expect(batch).toMatchObject({ status: 'completed', counts: { total: 2, completed: 1, skipped: 1 } });
  expect(app.tables.coverage.rows().filter(({ partitionKey }) => partitionKey === 'drill')).toHaveLength(1);
  await app.stop();
});

test('a drill that is cancelled while the share is restored cleans up all the same', async () => {
  const app = await startDrillApp();
  const asked = await app.request('POST', '/api/drills', body);
  const { id } = asked?.body as { id: string };
  await app.clock.runUntil(() => app.simulator.log.some(({ route }) => route === restore), 3_600_000);
  await app.request('POST', `/api/runs/${id}/cancel`);
  const run = await app.runEnded(id);
  expect(run).toMatchObject({ status: 'cancelled' });
  await app.clock.runUntil(() => app.tables.drillCleanUps.rows().length === 0, 4 * 86_400_000);
  expect(leftIn(app)).toEqual([]);
  await app.stop();
});

test('a forged clean-up deletes nothing, whatever it says of itself', async () => {
  const { run, app } = await drillOnce(body);
  const things = [{ id: diskId('db-data'), mayBeUntagged: true }];
  const facts = { acceptedAt: '2026-08-22T00:00:00.000Z', mayDeleteBackups: true, mayDrill: true };
  for (const runId of ['f'.repeat(40), run.id]) {
    const request = { kind: 'cleanUp', run: run.id, things } as const;
    app.durable().client.start('run', `${runId}-2`, { runId, generation: 2, request, facts } as never);
  }
  await app.clock.runUntil(() => false, 3_600_000);
  expect(app.simulator.effects.count('delete.disk')).toBe(0);
  expect(app.simulator.core.resources.get(diskId('db-data'))?.tags).toEqual({ backup: 'daily' });
  await app.stop();
});

test('rules, events and sweeps pass over what a drill has made', async () => {
  const { app, id } = await restoredDrill(body, 'PT4H', {
    differs: { account: { tags: { backup: 'daily' } } },
  });
  const answer = await app.request('POST', '/api/sweeps', { dryRun: true });
  const sweep = await app.runEnded((answer?.body as { id: string }).id);
  expect(JSON.stringify(sweep)).not.toContain('abd-');
  expect(sweep).toMatchObject({ status: 'completed' });
  expect(await app.runEnded(id)).toMatchObject({ status: 'completed' });
  await app.stop();
});

test.each([
  ['finds it good', [202, 503, 200], 'completed', 'proven'],
  ['finds it wrong', [202, 422], 'failed', 'mismatch'],
  ['stays silent', [], 'failed', 'unverified'],
])('a webhook that %s decides, and nothing is left', async (_, statuses, status, verdict) => {
  const asked: string[] = [];
  const drills = [
    {
      name: 'nightly',
      cron: '0 5 * * *',
      timeZone: 'UTC',
      of: { rules: ['daily shares'] },
      into: { fileShare: into.fileShare },
      check: { webhook: 'https://verify.example.org/restored', within: 'PT1H' },
    },
  ];
  const app = await startDrillApp({
    plan: () => drillPlan({ drills }),
    post: async (_url, _headers, text) => {
      asked.push(text);
      return statuses[asked.length - 1] ?? 202;
    },
  });
  const batch = await app.request('POST', '/api/drills', { drill: 'nightly' });
  const { id } = batch?.body as { id: string };
  await app.runEnded(id);
  const list = (await app.request('GET', `/api/runs?batch=${id}`))?.body as { value: object[] };
  expect(list.value).toMatchObject([{ status, result: { verdict } }]);
  expect(new Set(asked).size).toBe(1);
  expect(JSON.parse(asked[0] ?? '{}')).toMatchObject({ pointAt: '2026-08-21T03:00:00.000Z' });
  expect(leftIn(app)).toEqual([]);
  await app.stop();
});

test('a drill of the plan that is asked for again is answered with its run, whatever the plan says now', async () => {
  const drill = {
    name: 'nightly',
    cron: '0 5 * * *',
    timeZone: 'UTC',
    of: { rules: ['daily shares'] },
    into: { fileShare: into.fileShare },
  };
  let drills: object[] = [drill];
  const app = await startDrillApp({ plan: () => drillPlan({ drills }) });
  const ask = () =>
    app.request('POST', '/api/drills', { drill: 'nightly' }, { 'idempotency-key': 'proof-1' });
  const { id } = (await ask())?.body as { id: string };
  await app.runEnded(id);
  drills = [{ ...drill, concurrency: 7 }];
  await app.clock.runFor(3_600_000);
  expect(await ask()).toMatchObject({ status: 200, body: { id } });
  drills = [];
  await app.clock.runFor(3_600_000);
  expect(await ask()).toMatchObject({ status: 200, body: { id } });
  await app.stop();
});

test('only the plan names a webhook', async () => {
  const app = await startDrillApp();
  const answer = await app.request('POST', '/api/drills', {
    ...body,
    check: { webhook: 'https://x.example' },
  });
  expect(answer).toMatchObject({ status: 400 });
  await app.stop();
});

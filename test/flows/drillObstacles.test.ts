import { describe, expect, test } from 'vitest';
import {
  blobInstanceId,
  diskInstanceId,
  drillAccountId,
  drillGroupId,
  drillOnce,
  into,
  machineTarget,
  shareTarget,
  stagingId,
  startDrillApp,
  type DrillWorld,
} from '../support/drillWorld.ts';
import { accountId, diskId, filesVaultId } from '../support/planWorld.ts';

const guardId = `${drillGroupId}/providers/Microsoft.DataProtection/resourceGuards/two-persons`;
const guard = { resourceGuardId: guardId, guardsRestore: true };

const made = (app: Awaited<ReturnType<typeof startDrillApp>>) =>
  app.simulator.effects.all().filter(({ kind }) => /^(?:write|restored|delete)/.test(kind));

describe.each([
  ['a share', { target: shareTarget }, { filesVault: guard }, 'triggerRestoreRequests'],
  ['a machine', { target: machineTarget }, { filesVault: guard }, 'triggerRestoreRequests'],
  ['a disk', { target: { id: diskInstanceId } }, { disksVault: guard }, 'dppRestoreRequests'],
  ['containers', { target: { id: blobInstanceId } }, { disksVault: guard }, 'dppRestoreRequests'],
] as const)('where a Resource Guard holds restores back, a drill of %s', (_, target, differs, requests) => {
  const request = `${guardId}/${requests}/default`;
  const body = { ...target, into };

  test('is refused before anything is made, and the request that would let it pass is named', async () => {
    const { run, app } = await drillOnce(body, { differs });
    expect(run).toMatchObject({ status: 'failed', error: { code: 'RestoreGuarded' } });
    expect(run.error?.message).toContain(`guardRequest (${request})`);
    expect(made(app)).toEqual([]);
    await app.stop();
  });

  test('says so in a dry run', async () => {
    const { run, app } = await drillOnce({ ...body, dryRun: true }, { differs });
    expect(run).toMatchObject({
      status: 'completedWithWarnings',
      result: { wouldRestore: { obstacles: [expect.stringContaining(request) as string] } },
    });
    await app.stop();
  });

  test('passes with the request that was approved', async () => {
    const { run, left, app } = await drillOnce({ ...body, guardRequest: request }, { differs });
    expect(run).toMatchObject({ status: 'completed', result: { verdict: 'proven' } });
    expect(left).toEqual([]);
    await app.stop();
  });
});

test('what is no request of a Resource Guard is refused as such', async () => {
  const app = await startDrillApp();
  const answer = await app.request('POST', '/api/drills', {
    target: shareTarget,
    into,
    guardRequest: guardId,
  });
  expect(answer).toMatchObject({ status: 400 });
  await app.stop();
});

describe.each(['AllowPrivate', 'DenyAll'])('a disk whose network access is %s', (networkAccessPolicy) => {
  const differs = { disk: { networkAccessPolicy } };

  test('is not copied to one that cannot be so, and the word that allows it is named', async () => {
    const { run, app } = await drillOnce({ target: { id: diskInstanceId }, into }, { differs });
    expect(run).toMatchObject({ status: 'failed', error: { code: 'DrillTargetNotFit' } });
    expect(run.error?.message).toBe(
      `the network access of ${diskId('db-data')} is ${networkAccessPolicy}, which a restore cannot ask for its copy: allow that with into.disk.evenIfPrivate`,
    );
    expect(made(app)).toEqual([]);
    await app.stop();
  });

  test('is drilled where that is allowed', async () => {
    const allowed = { ...into, disk: { ...into.disk, evenIfPrivate: true } };
    const { run, app } = await drillOnce({ target: { id: diskInstanceId }, into: allowed }, { differs });
    expect(run).toMatchObject({ status: 'completed', result: { verdict: 'proven' } });
    await app.stop();
  });
});

describe('some items of a share', () => {
  const items = ['index.db', 'reports/2026/march.pdf', 'reports/2026/april.pdf'];
  const ofItems = (more: object) => ({
    target: shareTarget,
    into: { fileShare: { ...into.fileShare, ...more } },
  });
  const restoreOf = (app: Awaited<ReturnType<typeof startDrillApp>>) =>
    app.simulator.log.find(({ route }) => route === 'recoveryServices.restore');

  test('come back instead of all of it, and are counted', async () => {
    const { run, left, app } = await drillOnce(ofItems({ items }));
    expect(run).toMatchObject({
      status: 'completed',
      result: { verdict: 'proven', counts: { restored: 3 } },
    });
    expect(restoreOf(app)).toBeDefined();
    expect(left).toEqual([]);
    await app.stop();
  });

  test('may be a choice, another for another drill', async () => {
    const { run, app } = await drillOnce(ofItems({ items, itemsAtMost: 2 }));
    expect(run).toMatchObject({ status: 'completed', result: { counts: { restored: 2 } } });
    await app.stop();
  });

  test('of which one is missing are a mismatch', async () => {
    const faults = [{ on: 'recoveryServices.restore', fault: { kind: 'restored', variant: 'corrupt' } }];
    const { run, app } = await drillOnce(ofItems({ items }), { faults: faults as never });
    expect(run).toMatchObject({ status: 'failed', result: { verdict: 'mismatch' } });
    await app.stop();
  });

  test.each(['/index.db', '../other', 'a/../b', 'a\\b', ''])('are no path such as "%s"', async (item) => {
    const app = await startDrillApp();
    const answer = await app.request('POST', '/api/drills', ofItems({ items: [item] }));
    expect(answer).toMatchObject({ status: 400 });
    await app.stop();
  });

  test('are not taken from a point that only the vault keeps', async () => {
    const tiers = [{ type: 'HardenedRP', status: 'Valid' }];
    const { run, app } = await drillOnce(ofItems({ items }), {
      differs: { pointsOfShare: [{ time: '2026-08-21T03:00:00Z', tiers }] },
    });
    expect(run).toMatchObject({ status: 'failed', error: { code: 'NoEligiblePoint' } });
    await app.stop();
  });
});

describe('a share that the vault reaches by its identity', () => {
  const body = { target: shareTarget, into };
  const role = 'Storage File Data Privileged Contributor';
  const principalId = '77777777-1111-4222-8333-444444444444';
  const byIdentity = (roles: readonly object[]): DrillWorld => ({
    filesVault: {
      ...{ systemAssigned: true, principalId },
      containers: [{ storageAccountId: accountId('papers'), byIdentity: 'system' }],
    },
    account: { properties: { allowSharedKeyAccess: false } },
    more: { authorization: { assignments: roles } } as never,
  });
  const held = [
    { scope: accountId('papers'), role, principalId },
    { scope: drillAccountId, role, principalId },
  ];

  test('is restored by that identity into an account without keys', async () => {
    const { run, left, app } = await drillOnce(body, { differs: byIdentity(held) });
    expect(run).toMatchObject({ status: 'completed', result: { verdict: 'proven' } });
    expect(left).toEqual([]);
    await app.stop();
  });

  test('needs a role on the account that is restored into: named, with nothing made', async () => {
    const { run, app } = await drillOnce(body, { differs: byIdentity([]) });
    expect(run).toMatchObject({ status: 'failed', error: { code: 'RolesMissing' } });
    expect(run.error?.message).toContain(`${role} at ${drillAccountId}`);
    expect(made(app)).toEqual([]);
    const dry = await drillOnce({ ...body, dryRun: true }, { differs: byIdentity([]) });
    expect(dry.run).toMatchObject({
      result: {
        wouldRestore: { obstacles: [expect.stringContaining(`${role} at ${drillAccountId}`) as string] },
      },
    });
    await app.stop();
    await dry.app.stop();
  });

  test('has the role granted where that was asked for', async () => {
    const { run, left, app } = await drillOnce({ ...body, grantRoles: true }, { differs: byIdentity([]) });
    expect(run).toMatchObject({ status: 'completed', result: { verdict: 'proven' } });
    expect(left).toEqual([]);
    await app.stop();
  });
});

test('an account without keys is told where the vault reaches the share by keys', async () => {
  const differs = { account: { properties: { allowSharedKeyAccess: false } } };
  const { run, app } = await drillOnce({ target: shareTarget, into, dryRun: true }, { differs });
  expect(run).toMatchObject({
    result: {
      wouldRestore: { obstacles: [expect.stringMatching(/drillshares: it allows no shared keys/) as string] },
    },
  });
  await app.stop();
});

describe('a dry run says what would be made, how big, and how long it stays', () => {
  test.each([
    ['a share', { target: shareTarget }, [{ what: 'file share', gigabytes: 7 }]],
    ['a disk', { target: { id: diskInstanceId } }, [{ what: 'managed disk', gigabytes: 256 }]],
    ['containers', { target: { id: blobInstanceId } }, [{ what: '3 containers' }]],
    [
      'a machine',
      { target: machineTarget },
      [
        { what: 'managed disk of web-os', gigabytes: 128 },
        { what: 'managed disk of web-data-0', gigabytes: 32 },
        { what: 'managed disk of web-data-3', gigabytes: 64 },
        { what: `container with the configuration in ${stagingId}` },
      ],
    ],
  ])('%s', async (_, target, creates) => {
    const { run, app } = await drillOnce(
      { ...target, into, keepFor: 'PT2H', dryRun: true },
      { differs: { disk: { diskSizeGB: 256 }, usedBytes: 7_000_000_000 } },
    );
    expect(run).toMatchObject({
      status: 'completed',
      result: {
        wouldRestore: { creates, kept: 'until it is checked, and PT2H more when it is good', obstacles: [] },
      },
    });
    expect(made(app)).toEqual([]);
    await app.stop();
  });
});

test('restores that are asked for by hand count for the day, and the one too many begins nothing', async () => {
  const app = await startDrillApp();
  const statuses: unknown[] = [];
  for (let at = 1; at <= 11; at++) {
    const answer = await app.request(
      'POST',
      '/api/drills',
      { target: shareTarget, into },
      { 'idempotency-key': `${at}` },
    );
    const run = await app.runEnded((answer?.body as { id: string }).id);
    statuses.push(run.error?.code ?? run.status);
  }
  expect(statuses).toEqual([...Array.from({ length: 10 }, () => 'completed'), 'DailyLimit']);
  expect(app.simulator.effects.count('restored')).toBe(10);
  expect(filesVaultId).toContain('files-west');
  await app.stop();
});

import { expect, test } from 'vitest';
import {
  blobInstanceId,
  diskInstanceId,
  drillAccountId,
  drillGroupId,
  drillOnce,
  faultOn,
  into,
} from '../support/drillWorld.ts';

const ofDisk = { target: { id: diskInstanceId }, into };
const ofBlobs = { target: { id: blobInstanceId }, into };
const restore = 'dataProtection.restore';

test('a disk is restored to a new disk, tagged, compared with its source, deleted, and proven', async () => {
  const { run, left, rows, app } = await drillOnce(ofDisk);
  expect(run).toMatchObject({
    status: 'completed',
    result: {
      verdict: 'proven',
      restoredTo: [`${drillGroupId}/providers/Microsoft.Compute/disks/abd-${run.id}`],
      counts: { madeFrom: expect.stringMatching(/snapshots/) },
    },
  });
  expect({ left, rows }).toEqual({ left: [], rows: 0 });
  expect(app.simulator.effects.count('restored')).toBe(1);
  expect(app.simulator.effects.count('delete.disk')).toBe(1);
  await app.stop();
});

test('containers are restored into another account, and only those are deleted', async () => {
  const { run, left, rows, app } = await drillOnce(ofBlobs);
  expect(run).toMatchObject({
    status: 'completed',
    result: { verdict: 'proven', counts: { containers: 3, expected: 3 } },
  });
  expect({ left, rows }).toEqual({ left: [], rows: 0 });
  expect(app.simulator.effects.count('delete.container')).toBe(3);
  await app.stop();
});

test.each([
  ['no disk came back', ofDisk, 'empty', 'empty'],
  ['the disk has half the size of its source', ofDisk, 'corrupt', 'mismatch'],
  ['no container came back', ofBlobs, 'empty', 'empty'],
  ['a container is missing', ofBlobs, 'corrupt', 'mismatch'],
] as const)('%s: the verdict says so, and nothing is left', async (_, body, variant, verdict) => {
  const faults = [faultOn(restore, { kind: 'restored', variant })];
  const { run, left, rows, app } = await drillOnce(body, { faults });
  expect(run).toMatchObject({ status: 'failed', result: { verdict } });
  expect({ left, rows }).toEqual({ left: [], rows: 0 });
  await app.stop();
});

test('a role that the identity of the vault lacks is named; nothing is made', async () => {
  const { run, app } = await drillOnce(ofDisk, { differs: { roles: [] } });
  expect(run).toMatchObject({ status: 'failed' });
  expect(run.error?.message).toMatch(/Disk Restore Operator at .*resourceGroups\/drills/);
  expect(app.simulator.effects.count('restored')).toBe(0);
  await app.stop();
});

test('a role is granted where that was asked for, and awaited', async () => {
  const { run, left, app } = await drillOnce({ ...ofDisk, grantRoles: true }, { differs: { roles: [] } });
  expect(run).toMatchObject({ status: 'completed', result: { verdict: 'proven' } });
  expect(left).toEqual([]);
  await app.stop();
});

test('a dry run names the missing role', async () => {
  const { run, app } = await drillOnce({ ...ofDisk, dryRun: true }, { differs: { roles: [] } });
  expect(run).toMatchObject({
    status: 'completedWithWarnings',
    result: { wouldRestore: { obstacles: [expect.stringMatching(/Disk Restore Operator/)] } },
  });
  expect(app.simulator.effects.count('restored')).toBe(0);
  await app.stop();
});

test('a container that is there already is not touched', async () => {
  const { run, left, app } = await drillOnce(ofBlobs, {
    differs: { account: { containers: ['a', 'b', 'c', 'd'] } },
  });
  expect(run).toMatchObject({
    status: 'failed',
    error: { code: expect.stringMatching(/DrillTargetNotFit/) },
  });
  expect(left).toHaveLength(4);
  expect(left[0]).toContain(drillAccountId);
  await app.stop();
});

test('500 on every poll: the job tells, and nothing is left', async () => {
  const faults = [faultOn(restore, { kind: 'polls', status: 500 })];
  const { run, left, rows, app } = await drillOnce(ofDisk, { faults });
  expect(run).toMatchObject({ status: 'completed', result: { verdict: 'proven' } });
  expect({ left, rows }).toEqual({ left: [], rows: 0 });
  await app.stop();
});

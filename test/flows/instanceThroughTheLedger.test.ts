import { expect, test } from 'vitest';
import {
  backupVaultId,
  diskTarget,
  everyRole,
  instancePolicyId,
  instanceWorld,
  protectedDisk,
  snapshotResourceGroupId,
} from '../support/instanceWorld.ts';
import { playThroughLedger } from '../support/ledgerRun.ts';

const world = (instance: object = {}, dataProtection: object = {}) =>
  instanceWorld({ instances: [{ ...protectedDisk, ...instance }] }, everyRole, dataProtection);
const target = { id: `${backupVaultId}/backupInstances/db-data-db-data-1` };
const backUp = { kind: 'backUp', target: diskTarget } as const;
const deleteIt = { kind: 'stop', target, mode: 'deleteData', confirm: 'db-data' } as const;
const lostAfterwards = { kind: 'drop', when: 'after' } as const;

test('a protected disk costs four requests and its looks at the job', async () => {
  const { ending, requests } = await playThroughLedger({ world: world(), request: backUp });
  expect(ending).toMatchObject({ status: 'completed', job: { status: 'Completed' } });
  const looksAtTheJob = ['GET dataProtection.listJobs', 'GET dataProtection.getJob'];
  expect(requests.filter((request) => !looksAtTheJob.includes(request))).toEqual([
    'GET dataProtection.listInstances',
    'GET dataProtection.getPolicy',
    'POST dataProtection.backup',
    'GET dataProtection.listRecoveryPoints',
  ]);
});

test('protecting a disk whose roles are there costs one validation, one PUT and reads', async () => {
  const { ending, requests } = await playThroughLedger({
    world: instanceWorld({}, everyRole),
    request: {
      kind: 'protect',
      target: diskTarget,
      policyId: instancePolicyId('disks'),
      snapshotResourceGroupId,
    },
  });
  expect(ending?.status).toBe('completed');
  const polls = requests.filter((request) => request.includes('operation'));
  expect(polls.length).toBeLessThan(8);
  expect([...new Set(requests.filter((request) => !polls.includes(request)))]).toEqual([
    'GET resources.getDisk',
    'GET dataProtection.getVault',
    'GET dataProtection.getPolicy',
    'GET dataProtection.listInstances',
    'POST dataProtection.validateForBackup',
    'PUT dataProtection.protect',
    'GET dataProtection.getInstance',
  ]);
});

test('a backup whose answer was lost is found in the job list, and none is started twice', async () => {
  const { ending, simulator } = await playThroughLedger({
    world: world(),
    request: backUp,
    faults: [{ on: 'dataProtection.backup', fault: lostAfterwards }],
  });
  expect(ending).toMatchObject({ status: 'completed', recoveryPoint: { type: 'Incremental' } });
  expect(simulator.effects.count('backup')).toBe(1);
});

test('without an echoed id a lost backup is found by instance and start, a scheduled one beside it left alone', async () => {
  const { ending, simulator } = await playThroughLedger({
    world: { ...world({ scheduledBesideOnDemand: true }), settings: { echoActivityId: false } },
    request: backUp,
    faults: [{ on: 'dataProtection.backup', fault: lostAfterwards }],
  });
  expect(ending?.status).toBe('completed');
  expect(simulator.effects.count('backup')).toBe(1);
  const { id: ours } = simulator.effects.all().find(({ kind }) => kind === 'backup') ?? {};
  expect(ending?.job?.id).toContain(ours);
});

test('a backup that never reached the service is sent again, once', async () => {
  const { ending, simulator } = await playThroughLedger({
    world: world(),
    request: backUp,
    faults: [{ on: 'dataProtection.backup', fault: { kind: 'drop', when: 'before' } }],
  });
  expect(ending?.status).toBe('completed');
  expect(simulator.effects.count('backup')).toBe(1);
});

test('a backup that somebody else runs is joined', async () => {
  const { ending, simulator } = await playThroughLedger({
    world: world(
      { scheduledAfterSeconds: [0] },
      { refuseParallelBackups: true, seconds: { jobs: { disk: 900 } } },
    ),
    request: backUp,
  });
  expect(ending).toMatchObject({ status: 'completed', result: { joined: true } });
  expect(ending?.warnings[0]).toContain('was already running');
  expect(simulator.effects.count('backup')).toBe(0);
});

test('messages that are delivered twice start one backup', async () => {
  const { ending, simulator } = await playThroughLedger({ world: world(), request: backUp, deliveries: 2 });
  expect(ending?.status).toBe('completed');
  expect(simulator.effects.count('backup')).toBe(1);
});

test('messages that are delivered twice delete once', async () => {
  const { ending, simulator, requests } = await playThroughLedger({
    world: world(),
    request: deleteIt,
    mayDeleteBackups: true,
    deliveries: 2,
  });
  expect(ending).toMatchObject({ status: 'completed', result: { softDeleted: true } });
  expect(simulator.effects.count('delete')).toBe(1);
  expect(requests.filter((request) => request === 'DELETE dataProtection.deleteInstance')).toHaveLength(1);
});

test('a deletion whose answer was lost is found on its way and awaited, never sent again', async () => {
  const { ending, requests } = await playThroughLedger({
    world: world({}, { seconds: { delete: 600 } }),
    request: deleteIt,
    mayDeleteBackups: true,
    faults: [{ on: 'dataProtection.deleteInstance', fault: lostAfterwards }],
  });
  expect(ending).toMatchObject({ status: 'completed', result: { softDeleted: true } });
  expect(requests.filter((request) => request === 'DELETE dataProtection.deleteInstance')).toHaveLength(1);
});

test('the daily limit parks the backup to the next day, and asks nothing meanwhile', async () => {
  const { ending, requests } = await playThroughLedger({
    world: world(),
    request: backUp,
    faults: [
      {
        on: 'dataProtection.backup',
        fault: {
          kind: 'reply',
          status: 400,
          shape: 'dataProtection',
          code: 'CloudDosAbsoluteLimitReached',
          message: 'The limit has been reached.',
        },
      },
    ],
  });
  expect(ending).toMatchObject({ status: 'completed', job: { status: 'Completed' } });
  expect(ending?.job?.startedAt).toMatch(/^2026-08-23T00:0/);
  expect(requests.filter((request) => request === 'POST dataProtection.backup')).toHaveLength(2);
});

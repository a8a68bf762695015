import { describe, expect, test } from 'vitest';
import { backupWorld, diskProperties, ids, protectedDisk } from './dataProtectionWorld.ts';
import { openSimulator, type SimulatedClient } from './simulated-client.ts';

const instance = `${ids.vault}/backupInstances/disk1`;
const version = 'api-version=2025-07-01';
const post = ({ ask }: SimulatedClient, path: string, body?: unknown) =>
  ask('POST', `${instance}/${path}?${version}`, body);
const stateOf = async ({ ask }: SimulatedClient) =>
  (await ask('GET', `${instance}?${version}`)).body['properties']?.['currentProtectionState'];

const openWith = (state: string, vault = {}, more = {}) =>
  openSimulator(backupWorld({ instances: [{ ...protectedDisk, state }], ...vault }, more));

describe('stop and resume', () => {
  test.each([
    ['stopProtection', 'ProtectionConfigured', 'ProtectionStopped'],
    ['suspendBackups', 'ProtectionConfigured', 'BackupsSuspended'],
    ['resumeProtection', 'ProtectionStopped', 'ProtectionConfigured'],
    ['resumeProtection', 'BackupsSuspended', 'ProtectionConfigured'],
    ['resumeBackups', 'BackupsSuspended', 'ProtectionConfigured'],
  ])('%s from %s ends in %s', async (path, from, to) => {
    const simulated = openWith(from);
    const accepted = await post(simulated, path, {});
    expect([accepted.status, accepted.headers['Retry-After']]).toEqual([202, '60']);
    simulated.pass(62);
    expect(await stateOf(simulated)).toBe(to);
  });

  test('nothing to do is a 200 without poll headers', async () => {
    const simulated = openWith('ProtectionStopped');
    const reply = await post(simulated, 'stopProtection');
    expect([reply.status, reply.headers['Azure-AsyncOperation']]).toEqual([200, undefined]);
  });

  test('resuming a source that has another instance is refused', async () => {
    const other = { ...protectedDisk, name: 'newer' };
    const simulated = openWith('ProtectionStopped', {
      instances: [{ ...protectedDisk, state: 'ProtectionStopped' }, other],
    });
    const refused = await post(simulated, 'resumeProtection');
    expect(refused.status).toBe(400);
    expect(refused.body['error']?.['code']).toBe('UserErrorDppDatasourceAlreadyHasBackupInstance');
  });

  test('a guarded vault wants requests for stop and suspend, not for resume', async () => {
    const guard = {
      resourceGuardId: `${ids.group}/providers/Microsoft.DataProtection/resourceGuards/guard1`,
    };
    const simulated = openWith('ProtectionConfigured', guard);
    expect((await post(simulated, 'stopProtection')).status).toBe(403);
    const body = { resourceGuardOperationRequests: ['/guard/dppDisableStopProtectionRequests/default'] };
    expect((await post(simulated, 'stopProtection', body)).status).toBe(202);
    const proxies = await simulated.ask('GET', `${ids.vault}/backupResourceGuardProxies?${version}`);
    expect(proxies.body['value']?.[0]?.['name']).toBe('DppResourceGuardProxy');
    const vault = await simulated.ask('GET', `${ids.vault}?${version}`);
    expect(vault.body['properties']?.['isVaultProtectedByResourceGuard']).toBe(true);
  });
});

describe('sync', () => {
  test('fails at HTTP 200 until the cause is gone, then protection is configured', async () => {
    const simulated = openSimulator(
      backupWorld(
        {},
        {
          protectionErrors: [
            {
              sourceId: ids.disk,
              code: 'UserErrorMissingMSIPermissionsOnSnapshotResourceGroup',
              message: 'Microsoft Azure Backup encountered an internal error.',
              detail: 'The snapshot group lacks a role.',
              times: 2,
            },
          ],
        },
      ),
    );
    const { ask, pass } = simulated;
    await ask('PUT', `${instance}?${version}`, { properties: diskProperties });
    pass(80);
    expect(await stateOf(simulated)).toBe('ProtectionError');
    const first = await post(simulated, 'sync', { syncType: 'Default' });
    expect([first.status, first.headers['Retry-After']]).toEqual([202, '30']);
    expect(await stateOf(simulated)).toBe('UpdatingProtection');
    pass(31);
    const failed = await ask('GET', first.headers['Azure-AsyncOperation'] ?? '');
    expect([failed.status, failed.body['status']]).toEqual([200, 'Failed']);
    expect(failed.body['error']).toMatchObject({
      code: 'UserErrorMissingMSIPermissionsOnSnapshotResourceGroup',
      message: 'Microsoft Azure Backup encountered an internal error.',
    });
    expect(await stateOf(simulated)).toBe('ProtectionError');
    const second = await post(simulated, 'sync', { syncType: 'ForceResync' });
    pass(31);
    expect((await ask('GET', second.headers['Azure-AsyncOperation'] ?? '')).body['status']).toBe('Succeeded');
    expect(await stateOf(simulated)).toBe('ProtectionConfigured');
  });
});

describe('delete', () => {
  test('an absent instance is a 204', async () => {
    const { ask } = openSimulator(backupWorld());
    expect((await ask('DELETE', `${instance}?${version}`)).status).toBe(204);
  });

  test('with soft delete the instance moves to the deleted ones and comes back stopped', async () => {
    const simulated = openWith('ProtectionConfigured');
    const { ask, pass, simulator } = simulated;
    const accepted = await ask('DELETE', `${instance}?${version}`);
    expect([accepted.status, accepted.headers['Retry-After']]).toEqual([202, '30']);
    expect(await stateOf(simulated)).toBe('SoftDeleting');
    pass(62);
    expect((await ask('GET', `${instance}?${version}`)).status).toBe(404);
    const gone = await ask('GET', `${ids.vault}/deletedBackupInstances/disk1?${version}`);
    expect(gone.body['properties']).toMatchObject({
      objectType: 'DeletedBackupInstance',
      currentProtectionState: 'SoftDeleted',
      deletionInfo: {
        deletionTime: '2026-05-11T04:01:02.0000000Z',
        scheduledPurgeTime: '2026-05-25T04:01:02.0000000Z',
      },
    });
    const back = await ask('POST', `${ids.vault}/deletedBackupInstances/disk1/undelete?${version}`);
    expect([back.status, back.body]).toEqual([200, undefined]);
    expect(await stateOf(simulated)).toBe('ProtectionStopped');
    expect([simulator.effects.count('delete'), simulator.effects.count('undelete')]).toEqual([1, 1]);
  });

  test('a soft-deleted source cannot be protected anew; after the retention it can', async () => {
    const world = backupWorld({ softDeleteDays: 1, instances: [{ ...protectedDisk, softDeleted: true }] });
    const { ask, pass } = openSimulator(world);
    const refused = await ask('PUT', `${instance}?${version}`, { properties: diskProperties });
    expect(refused.body['error']?.['code']).toBe('UserErrorDppDatasourceAlreadyHasBackupInstance');
    pass(86_401);
    expect((await ask('PUT', `${instance}?${version}`, { properties: diskProperties })).status).toBe(201);
  });

  test('without soft delete nothing is left', async () => {
    const simulated = openWith('ProtectionConfigured', { softDelete: 'Off' });
    await simulated.ask('DELETE', `${instance}?${version}`);
    simulated.pass(62);
    const deleted = await simulated.ask('GET', `${ids.vault}/deletedBackupInstances?${version}`);
    expect(deleted.body['value']).toEqual([]);
  });

  test('a guarded instance can be deleted after unlockDelete, for an hour', async () => {
    const simulated = openWith('ProtectionConfigured', { resourceGuardId: '/guards/guard1' });
    const { ask, pass } = simulated;
    expect((await ask('DELETE', `${instance}?${version}`)).status).toBe(403);
    const proxy = `${ids.vault}/backupResourceGuardProxies/DppResourceGuardProxy`;
    const unlocked = await ask('POST', `${proxy}/unlockDelete?${version}`, { resourceToBeDeleted: instance });
    expect(unlocked.body['unlockDeleteExpiryTime']).toBe('2026-05-11T05:00:00.0000000Z');
    pass(3601);
    expect((await ask('DELETE', `${instance}?${version}`)).status).toBe(403);
    await ask('POST', `${proxy}/unlockDelete?${version}`, { resourceToBeDeleted: instance });
    expect((await ask('DELETE', `${instance}?${version}`)).status).toBe(202);
  });
});

describe('policies', () => {
  const policy = `${ids.vault}/backupPolicies/nightly?${version}`;
  const body = (duration: string) => ({
    properties: {
      objectType: 'BackupPolicy',
      datasourceTypes: ['Microsoft.Compute/disks'],
      policyRules: [
        {
          objectType: 'AzureBackupRule',
          name: 'BackupDaily',
          trigger: { taggingCriteria: [{ isDefault: true, tagInfo: { tagName: 'Default' } }] },
        },
        {
          objectType: 'AzureRetentionRule',
          name: 'Default',
          isDefault: true,
          lifecycles: [{ deleteAfter: { objectType: 'AbsoluteDeleteOption', duration } }],
        },
      ],
    },
  });

  test('a new policy is a 200 and gets tag ids; the same again is a 200; a change is refused', async () => {
    const { ask } = openSimulator(backupWorld());
    const made = await ask('PUT', policy, body('P7D'));
    expect(made.status).toBe(200);
    const trigger = made.body['properties']?.['policyRules']?.[0]?.['trigger'];
    expect(trigger?.['taggingCriteria']?.[0]?.['tagInfo']).toEqual({ tagName: 'Default', id: 'Default_' });
    expect((await ask('PUT', policy, body('P7D'))).status).toBe(200);
    const changed = await ask('PUT', policy, body('P9D'));
    expect(changed.body['error']?.['code']).toBe('UserErrorBMSUpdatePolicyNotSupported');
  });

  test('are listed and deleted', async () => {
    const { ask } = openSimulator(backupWorld());
    const listed = await ask('GET', `${ids.vault}/backupPolicies?${version}`);
    expect(listed.body['value']).toHaveLength(4);
    expect((await ask('DELETE', `${ids.vault}/backupPolicies/disks?${version}`)).status).toBe(200);
    expect((await ask('DELETE', `${ids.vault}/backupPolicies/disks?${version}`)).status).toBe(204);
  });
});

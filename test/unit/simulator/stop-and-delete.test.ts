import { describe, expect, test } from 'vitest';
import {
  backUpShare,
  type Cloud,
  itemNamed,
  protectedWorld,
  simulatedCloud,
  vaultId,
} from './simulated-cloud.ts';

const container = `${vaultId}/backupFabrics/Azure/protectionContainers/StorageContainer;Storage;rg1;acct1`;
const shareType = { protectedItemType: 'AzureFileShareProtectedItem' };

async function deleteDocs(cloud: Cloud): Promise<string> {
  const { id } = await itemNamed(cloud, 'docs');
  await cloud.send('DELETE', id);
  cloud.wait(25);
  return id;
}

describe('stopping and deleting', () => {
  test('a stopped item keeps its data, loses its policy and takes no backup until resumed', async () => {
    const cloud = simulatedCloud({ world: protectedWorld });
    const { id } = await itemNamed(cloud, 'docs');
    await cloud.send('PUT', id, {
      properties: { ...shareType, policyId: '', protectionState: 'ProtectionStopped' },
    });
    cloud.wait(45);
    expect((await cloud.get(id)).body.properties).toMatchObject({ protectionState: 'ProtectionStopped' });
    expect((await cloud.get(id)).body.properties['policyId']).toBeUndefined();
    expect((await cloud.send('POST', `${id}/backup`, backUpShare)).status).toBe(400);
    await cloud.send('PUT', id, {
      properties: { ...shareType, policyId: `${vaultId}/backupPolicies/files` },
    });
    cloud.wait(45);
    expect((await cloud.get(id)).body.properties['policyId']).toBe(`${vaultId}/backupPolicies/files`);
    expect(cloud.simulator.effects.all().map(({ kind }) => kind)).toEqual(['stop', 'resume']);
  });

  test('a deleted item stays listed under soft delete, and is followed on the vault', async () => {
    const cloud = simulatedCloud({ world: protectedWorld });
    const { id } = await itemNamed(cloud, 'docs');
    const accepted = await cloud.send('DELETE', id);
    expect(accepted.headers['Azure-AsyncOperation']).toContain(`${vaultId}/backupOperations/`);
    expect(accepted.headers['Location']).toContain(`${vaultId}/backupOperationResults/`);
    cloud.wait(25);
    expect((await cloud.get(accepted.headers['Location'] ?? '')).status).toBe(204);
    cloud.wait(19);
    expect((await itemNamed(cloud, 'docs')).properties).toMatchObject({
      protectionState: 'ProtectionStopped',
      isScheduledForDeferredDelete: true,
      deferredDeleteTimeRemaining: '13.23:59:41.0000000',
      softDeleteRetentionPeriod: 14,
    });
  });

  test('soft-deleted data refuses backups, and is gone after its days', async () => {
    const cloud = simulatedCloud({ world: protectedWorld });
    const id = await deleteDocs(cloud);
    expect((await cloud.send('POST', `${id}/backup`, backUpShare)).body.error.code).toBe(
      'UserErrorBackupAFSInSoftDeleteState',
    );
    cloud.wait(14 * 86_400);
    expect((await cloud.get(id)).status).toBe(404);
    expect((await cloud.send('DELETE', id)).status).toBe(204);
  });

  test('a second delete is accepted for a share and changes nothing, and is refused for a machine', async () => {
    const cloud = simulatedCloud({ world: protectedWorld });
    const id = await deleteDocs(cloud);
    const since = (await cloud.get(id)).body.properties['deferredDeleteTimeInUTC'];
    expect((await cloud.send('DELETE', id)).status).toBe(202);
    cloud.wait(25);
    expect((await cloud.get(id)).body.properties['deferredDeleteTimeInUTC']).toBe(since);
    const machine = await itemNamed(cloud, 'vm1');
    await cloud.send('DELETE', machine.id);
    cloud.wait(112);
    const again = await cloud.send('DELETE', machine.id);
    expect([again.status, again.body.error.code]).toEqual([400, 'BMSUserErrorContainerNotUndeleted']);
  });

  test('disabling soft delete by request is shown, but data is still kept', async () => {
    const cloud = simulatedCloud({ world: protectedWorld });
    const config = `${vaultId}/backupconfig/vaultconfig`;
    const patched = await cloud.send('PATCH', config, { properties: { softDeleteFeatureState: 'Disabled' } });
    expect(patched.body.properties['softDeleteFeatureState']).toBe('Disabled');
    const id = await deleteDocs(cloud);
    expect((await cloud.get(id)).body.properties['isScheduledForDeferredDelete']).toBe(true);
  });

  test('an undeleted item comes back stopped', async () => {
    const cloud = simulatedCloud({ world: protectedWorld });
    const id = await deleteDocs(cloud);
    const undelete = { ...shareType, policyId: '', protectionState: 'ProtectionStopped', isRehydrate: true };
    expect((await cloud.send('PUT', id, { properties: undelete })).status).toBe(202);
    cloud.wait(45);
    const { properties } = (await cloud.get(id)).body;
    expect([properties['protectionState'], properties['isScheduledForDeferredDelete']]).toEqual([
      'ProtectionStopped',
      undefined,
    ]);
    cloud.wait(20 * 86_400);
    expect((await cloud.get(id)).status).toBe(200);
  });

  test('without soft delete the item is gone at once', async () => {
    const [vault] = protectedWorld.recoveryServices.vaults;
    const vaults = [{ ...vault, id: vaultId, softDelete: 'Disabled' as const }];
    const world = { ...protectedWorld, recoveryServices: { ...protectedWorld.recoveryServices, vaults } };
    const cloud = simulatedCloud({ world });
    const id = await deleteDocs(cloud);
    expect((await cloud.get(id)).status).toBe(404);
  });

  test('a container with items cannot be unregistered; one without can, through its own result URL', async () => {
    const cloud = simulatedCloud({ world: protectedWorld });
    expect((await cloud.send('DELETE', container)).body.error.code).toBe(
      'BMSUserErrorContainerHasDatasources',
    );
    await deleteDocs(cloud);
    const accepted = await cloud.send('DELETE', container);
    expect(accepted.status).toBe(202);
    expect(accepted.headers['Location']).toContain('?fabricName=Azure%3Fapi-version%3D2025-08-01&t=');
    expect((await cloud.get(accepted.headers['Location'] ?? '')).body.error.code).toBe(
      'MissingApiVersionParameter',
    );
    const id = /backupOperationResults\/([0-9a-f-]{36})/.exec(accepted.headers['Location'] ?? '')?.[1];
    cloud.wait(24);
    expect((await cloud.get(`${container}/operationResults/${id}`)).status).toBe(204);
    expect((await cloud.get(container)).body.properties).toMatchObject({ registrationStatus: 'SoftDeleted' });
    expect((await cloud.send('DELETE', container)).body.error.code).toBe('BMSContainerStatusNotRegistered');
  });

  test('a switched vault answers an unregister with 500 for ever although it worked', async () => {
    const world = {
      resources: protectedWorld.resources,
      recoveryServices: {
        vaults: [
          {
            id: vaultId,
            unregister: 'endless500' as const,
            containers: [{ storageAccountId: protectedWorld.resources[0]?.id ?? '' }],
          },
        ],
      },
    };
    const cloud = simulatedCloud({ world });
    const accepted = await cloud.send('DELETE', container);
    const id = /backupOperationResults\/([0-9a-f-]{36})/.exec(accepted.headers['Location'] ?? '')?.[1];
    cloud.wait(3600);
    const poll = await cloud.get(`${container}/operationResults/${id}`);
    expect([poll.status, poll.body.error.code]).toEqual([500, 'CloudInternalError']);
    expect((await cloud.get(container)).body.properties).toMatchObject({ registrationStatus: 'SoftDeleted' });
    expect((await cloud.get(`${vaultId}/backupDeletedProtectionContainers`)).body.value).toHaveLength(1);
  });

  test('a resource guard lets stop and delete pass only with its requests', async () => {
    const [vault] = protectedWorld.recoveryServices.vaults;
    const resourceGuardId = `${vaultId}/guard`;
    const world = {
      ...protectedWorld,
      recoveryServices: {
        ...protectedWorld.recoveryServices,
        vaults: [{ ...vault, id: vaultId, resourceGuardId }],
      },
    };
    const cloud = simulatedCloud({ world });
    const { id } = await itemNamed(cloud, 'docs');
    const stop = { ...shareType, policyId: '', protectionState: 'ProtectionStopped' };
    const auxiliary = { 'x-ms-authorization-auxiliary': 'Bearer other' };
    expect((await cloud.send('PUT', id, { properties: stop })).status).toBe(403);
    const asked = { properties: { ...stop, resourceGuardOperationRequests: [`${resourceGuardId}/default`] } };
    expect((await cloud.send('PUT', id, asked, auxiliary)).status).toBe(202);
    cloud.wait(45);
    expect((await cloud.send('DELETE', id)).status).toBe(403);
    expect(
      (
        await cloud.send(
          'POST',
          `${vaultId}/backupResourceGuardProxies/VaultProxy/unlockDelete`,
          {},
          auxiliary,
        )
      ).status,
    ).toBe(200);
    expect((await cloud.send('DELETE', id)).status).toBe(202);
  });

  test('a vault with data in it accepts its deletion and then says no', async () => {
    const cloud = simulatedCloud({ world: protectedWorld });
    const accepted = await cloud.send('DELETE', vaultId);
    cloud.wait(3);
    const status = await cloud.get(accepted.headers['Azure-AsyncOperation'] ?? '');
    expect([status.status, status.body.status, status.body.error.code]).toEqual([
      200,
      'Failed',
      'BMSUserErrorVaultDeletionNotAllowed',
    ]);
    expect((await cloud.get(vaultId)).status).toBe(200);
  });
});

import { describe, expect, test } from 'vitest';
import {
  accountId,
  backUpShare,
  type Cloud,
  filtered,
  itemNamed,
  simulatedCloud,
  smallWorld,
  vaultId,
} from './simulated-cloud.ts';

const container = `${vaultId}/backupFabrics/Azure/protectionContainers/StorageContainer;Storage;rg1;acct1`;
const protectable = filtered(
  `${vaultId}/backupProtectableItems`,
  "backupManagementType eq 'AzureStorage' and workloadType eq 'AzureFileShare'",
);
const registration = {
  properties: {
    containerType: 'StorageContainer',
    backupManagementType: 'AzureStorage',
    sourceResourceId: accountId,
  },
};

async function register(cloud: Cloud) {
  const accepted = await cloud.send('PUT', container, registration);
  cloud.wait(44);
  return { accepted, result: await cloud.get(accepted.headers['Location'] ?? '') };
}

async function inquire(cloud: Cloud) {
  const accepted = await cloud.send(
    'POST',
    filtered(`${container}/inquire`, "workloadType eq 'AzureFileShare'"),
  );
  cloud.wait(7);
  return { accepted, result: await cloud.get(accepted.headers['Location'] ?? '') };
}

async function protectDocs(cloud: Cloud) {
  const [docs] = (await cloud.get(protectable)).body.value;
  const item = docs?.id.replace('protectableItems', 'protectedItems') ?? '';
  const accepted = await cloud.send('PUT', item, {
    properties: {
      protectedItemType: 'AzureFileShareProtectedItem',
      sourceResourceId: accountId,
      policyId: `${vaultId}/backupPolicies/files`,
    },
  });
  return { item, accepted };
}

describe('a file share', () => {
  test('is discovered by a refresh that ends with 204', async () => {
    const world = { ...smallWorld, recoveryServices: { vaults: [{ id: vaultId, discovered: [] }] } };
    const cloud = simulatedCloud({ world });
    const list = filtered(
      `${vaultId}/backupFabrics/Azure/protectableContainers`,
      "backupManagementType eq 'AzureStorage'",
    );
    expect((await cloud.get(list)).body.value).toEqual([]);
    const accepted = await cloud.send(
      'POST',
      filtered(`${vaultId}/backupFabrics/Azure/refreshContainers`, "backupManagementType eq 'AzureStorage'"),
    );
    expect([accepted.status, accepted.text, accepted.headers['Retry-After']]).toEqual([202, undefined, '60']);
    expect(accepted.headers['Azure-AsyncOperation']).toContain('/backupFabrics/Azure/operationsStatus/');
    expect(accepted.headers['Azure-AsyncOperation']).toContain('?api-version=2019-05-13-preview&t=');
    expect(accepted.headers['Location']).toContain('?api-version=2025-08-01&t=');
    const running = await cloud.get(accepted.headers['Location'] ?? '');
    expect([running.status, running.headers['Azure-AsyncOperation'], running.headers['Retry-After']]).toEqual(
      [202, undefined, '60'],
    );
    cloud.wait(13);
    expect((await cloud.get(running.headers['Location'] ?? '')).status).toBe(204);
    expect((await cloud.get(list)).body.value.map(({ name }) => name)).toEqual([
      'StorageContainer;Storage;rg1;acct1',
    ]);
  });

  test('is hidden until its account is registered and inquired', async () => {
    const cloud = simulatedCloud();
    expect((await cloud.get(protectable)).body.value).toEqual([]);
    const { accepted, result } = await register(cloud);
    expect([accepted.status, accepted.text]).toEqual([202, '{}']);
    expect(result.body.properties).toMatchObject({ registrationStatus: 'Registered', protectedItemCount: 0 });
    expect((await cloud.get(protectable)).body.value).toEqual([]);
    expect((await inquire(cloud)).result.status).toBe(204);
    const [docs] = (await cloud.get(protectable)).body.value;
    expect(docs?.name).toMatch(/^azurefileshare;[0-9a-f]{64}$/);
    expect(docs?.id).toContain(
      '/protectionContainers/storagecontainer;storage;rg1;acct1/protectableItems/azurefileshare;',
    );
    expect(docs?.properties).toMatchObject({ friendlyName: 'docs', parentContainerFabricId: accountId });
  });

  test('can be visible right after registration where the world says so', async () => {
    const seen = { storageAccountId: accountId, share: 'docs', hiddenUntilInquire: false };
    const world = {
      ...smallWorld,
      recoveryServices: { ...smallWorld.recoveryServices, datasources: [seen] },
    };
    const cloud = simulatedCloud({ world });
    await register(cloud);
    expect((await cloud.get(protectable)).body.value).toHaveLength(1);
  });

  test('once protected is missing from the protectable items and waits for its first backup', async () => {
    const cloud = simulatedCloud();
    await register(cloud);
    await inquire(cloud);
    const { item, accepted } = await protectDocs(cloud);
    expect([accepted.status, accepted.text]).toEqual([202, undefined]);
    const running = await cloud.get(accepted.headers['Azure-AsyncOperation'] ?? '');
    expect(running.body).toMatchObject({ status: 'InProgress', endTime: '0001-01-01T00:00:00' });
    expect(running.headers['Retry-After']).toBeUndefined();
    expect((await cloud.get(accepted.headers['Location'] ?? '')).text).toBe('{}');
    cloud.wait(45);
    const ended = await cloud.get(accepted.headers['Azure-AsyncOperation'] ?? '');
    expect(ended.body.status).toBe('Succeeded');
    expect(ended.body.properties.jobId).not.toBe(ended.body.id);
    const job = await cloud.get(`${vaultId}/backupJobs/${ended.body.properties.jobId}`);
    expect(job.body.properties).toMatchObject({
      operation: 'ConfigureBackup',
      status: 'Completed',
      duration: 'PT45S',
    });
    expect((await cloud.get(protectable)).body.value).toEqual([]);
    const listed = await itemNamed(cloud, 'docs');
    expect(listed.properties).toMatchObject({ protectionState: 'IRPending', lastBackupStatus: 'IRPending' });
    expect(listed.properties['vaultId']).toBe(`https://arm.test${vaultId}`);
    expect(listed.properties['sourceResourceId']).toContain('/Microsoft.storage/');
    expect(listed.id).not.toBe(item);
    expect(listed.id.toLowerCase()).toBe(item.toLowerCase());
  });

  test('is backed up once per accepted request, under a job that is not the operation', async () => {
    const cloud = simulatedCloud();
    await register(cloud);
    await inquire(cloud);
    await protectDocs(cloud);
    cloud.wait(45);
    const { id } = await itemNamed(cloud, 'docs');
    const requestId = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';
    const accepted = await cloud.send('POST', `${id}/backup`, backUpShare, {
      'x-ms-client-request-id': requestId,
    });
    cloud.wait(2);
    const { body: operation } = await cloud.get(accepted.headers['Azure-AsyncOperation'] ?? '');
    const job = `${vaultId}/backupJobs/${operation.properties.jobId}`;
    expect((await cloud.get(accepted.headers['Location'] ?? '')).status).toBe(204);
    expect((await cloud.get(job)).body.properties).toMatchObject({
      status: 'InProgress',
      activityId: requestId,
    });
    cloud.wait(1);
    expect((await cloud.get(job)).body.properties).toMatchObject({
      status: 'Completed',
      isUserTriggered: false,
      extendedInfo: { tasksList: [{ taskId: 'Take Snapshot', status: 'Completed' }] },
    });
    expect((await itemNamed(cloud, 'docs')).properties).toMatchObject({
      protectionState: 'Protected',
      lastBackupStatus: 'Completed',
    });
    expect((await cloud.get(`${id}/recoveryPoints`)).body.value).toHaveLength(1);
    expect(cloud.simulator.effects.count('backup', id)).toBe(1);
  });

  test('of an account in another region or another vault cannot be registered; the last poll says why', async () => {
    const other = `${vaultId}2`;
    const world = {
      ...smallWorld,
      recoveryServices: {
        vaults: [{ id: vaultId }, { id: other, containers: [{ storageAccountId: accountId }] }],
      },
    };
    const { result } = await register(simulatedCloud({ world }));
    expect(result.status).toBe(400);
    expect(result.body.error.message).toContain(other);
    const far = { ...smallWorld, resources: [{ id: accountId, location: 'northeurope' }] };
    expect((await register(simulatedCloud({ world: far }))).result.body.error.code).toBe(
      'UserErrorStorageAccountRegionMismatch',
    );
  });

  test('a built item name fits nothing', async () => {
    const cloud = simulatedCloud();
    await register(cloud);
    const built = await cloud.send('PUT', `${container}/protectedItems/azurefileshare;docs`, {
      properties: {
        protectedItemType: 'AzureFileShareProtectedItem',
        policyId: `${vaultId}/backupPolicies/files`,
      },
    });
    expect([built.status, built.body.error.code]).toEqual([404, 'BMSUserErrorDataSourceObjectNotFound']);
  });

  test('keeps a readable name in an older vault', async () => {
    const items = [{ storageAccountId: accountId, share: 'docs', policy: 'files', readableName: true }];
    const world = {
      ...smallWorld,
      recoveryServices: { vaults: [{ id: vaultId, policies: [{ name: 'files' }], items }] },
    };
    expect((await itemNamed(simulatedCloud({ world }), 'docs')).name).toBe('AzureFileShare;docs');
  });
});

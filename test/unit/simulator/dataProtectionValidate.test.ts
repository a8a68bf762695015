import { describe, expect, test } from 'vitest';
import { backupWorld, blobProperties, diskProperties, ids, protectedDisk } from './dataProtectionWorld.ts';
import { openSimulator } from './simulated-client.ts';

const validateUrl = `${ids.vault}/validateForBackup?api-version=2025-07-01`;
const diskReader = '3e5e47e6-65f7-47ef-90b5-e5dd4d455f24';
const snapshotContributor = '7efff54f-a5b4-42b5-a1c5-5411624893ce';

const grant = (scope: string, role: string, name: string) =>
  [
    'PUT',
    `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}?api-version=2022-04-01`,
    {
      properties: {
        roleDefinitionId: `${ids.subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
        principalId: ids.vaultPrincipal,
        principalType: 'ServicePrincipal',
      },
    },
  ] as const;

describe('validateForBackup', () => {
  test('is accepted without a body; the status stays at the vault, the result at the location', async () => {
    const { ask } = openSimulator(backupWorld());
    const accepted = await ask('POST', validateUrl, { backupInstance: diskProperties });
    expect(accepted.status).toBe(202);
    expect(accepted.body).toBeUndefined();
    expect(accepted.headers['Retry-After']).toBe('10');
    expect(new URL(accepted.headers['Azure-AsyncOperation'] ?? '').pathname).toMatch(
      /\/backupVaults\/vault1\/operationStatus\/[A-Za-z0-9]{98}==$/,
    );
    expect(new URL(accepted.headers['Location'] ?? '').pathname).toMatch(
      /^\/subscriptions\/[^/]+\/providers\/Microsoft.DataProtection\/locations\/westeurope\/operationResults\//,
    );
  });

  test('before 2022-03-01 the status is at the location too', async () => {
    const { ask } = openSimulator(backupWorld());
    const url = `${ids.vault}/validateForBackup?api-version=2021-07-01`;
    const accepted = await ask('POST', url, { backupInstance: diskProperties });
    expect(new URL(accepted.headers['Azure-AsyncOperation'] ?? '').pathname).toContain(
      '/locations/westeurope/operationStatus/',
    );
  });

  test('the status reads Inprogress with an end in year 1, then Succeeded without properties', async () => {
    const { ask, pass } = openSimulator(backupWorld());
    const { headers } = await ask('POST', validateUrl, { backupInstance: diskProperties });
    const running = await ask('GET', headers['Azure-AsyncOperation'] ?? '');
    expect(running.headers['Retry-After']).toBeUndefined();
    expect(running.body).toMatchObject({
      status: 'Inprogress',
      startTime: '2026-05-11T04:00:00.0000000Z',
      endTime: '0001-01-01T00:00:00Z',
    });
    pass(40);
    const ended = await ask('GET', headers['Azure-AsyncOperation'] ?? '');
    expect(ended.body).toMatchObject({ status: 'Succeeded', endTime: '2026-05-11T04:00:32Z' });
    expect(ended.body['properties']).toBeUndefined();
    const result = await ask('GET', headers['Location'] ?? '');
    expect(result.body).toEqual({ objectType: 'OperationJobExtendedInfo' });
    expect(result.headers['Azure-AsyncOperation']).toContain('/locations/westeurope/operationStatus/');
  });

  test('the result is 202 while the validation runs', async () => {
    const { ask } = openSimulator(backupWorld());
    const { headers } = await ask('POST', validateUrl, { backupInstance: diskProperties });
    const result = await ask('GET', headers['Location'] ?? '');
    expect(result.status).toBe(202);
    expect(result.headers['Location']).toContain('/operationResults/');
  });

  test('a result URL can be made to answer with the status document', async () => {
    const { ask, simulator } = openSimulator(backupWorld());
    simulator.faults.add([
      { on: 'dataProtection.operationResults', fault: { kind: 'statusAtResult' }, times: 0 },
    ]);
    const { headers } = await ask('POST', validateUrl, { backupInstance: diskProperties });
    const result = await ask('GET', headers['Location'] ?? '');
    expect([result.status, result.body['status']]).toEqual([200, 'Inprogress']);
  });

  test('fails at HTTP 200 and names both roles while the vault has none', async () => {
    const { ask, pass } = openSimulator(backupWorld({}, { requireVaultRoles: true }));
    const { headers } = await ask('POST', validateUrl, { backupInstance: diskProperties });
    pass(40);
    const { status, body } = await ask('GET', headers['Azure-AsyncOperation'] ?? '');
    expect(status).toBe(200);
    expect(body['status']).toBe('Failed');
    expect(body['error']?.['code']).toBe('UserErrorDiskAndSnapshotRGOrMSIPermissionsNotPresent');
    const info = body['error']?.['additionalInfo']?.[0]?.['info'];
    expect(String(info?.['innerError']?.['additionalInfo']?.['DetailedNonLocalisedMessage'])).toBe(
      `The identity of the Backup vault needs: Disk Backup Reader on ${ids.disk}; Disk Snapshot Contributor on ${ids.snapshots}.`,
    );
  });

  test('a result URL answers 400 when the validation has failed', async () => {
    const { ask, pass } = openSimulator(backupWorld({}, { requireVaultRoles: true }));
    const { headers } = await ask('POST', validateUrl, { backupInstance: diskProperties });
    pass(40);
    expect((await ask('GET', headers['Location'] ?? '')).status).toBe(400);
  });

  test('granted roles count only when they are older than the delay', async () => {
    const world = backupWorld({}, { requireVaultRoles: true, seconds: { validate: 5 } });
    const { ask, pass } = openSimulator({ ...world, authorization: { effectiveAfterSeconds: 120 } });
    await ask(...grant(ids.disk, diskReader, '44444444-4444-4444-8444-444444444401'));
    await ask(...grant(ids.snapshots, snapshotContributor, '44444444-4444-4444-8444-444444444402'));
    const outcome = async () => {
      const { headers } = await ask('POST', validateUrl, { backupInstance: diskProperties });
      pass(5);
      return (await ask('GET', headers['Azure-AsyncOperation'] ?? '')).body['status'];
    };
    expect(await outcome()).toBe('Failed');
    pass(120);
    expect(await outcome()).toBe('Succeeded');
  });

  test('one missing role has a code of its own', async () => {
    const world = backupWorld({}, { requireVaultRoles: true });
    const assignments = [{ scope: ids.group, role: 'Disk Backup Reader', principalId: ids.vaultPrincipal }];
    const { ask, pass } = openSimulator({ ...world, authorization: { assignments } });
    const { headers } = await ask('POST', validateUrl, { backupInstance: diskProperties });
    pass(40);
    const { body } = await ask('GET', headers['Azure-AsyncOperation'] ?? '');
    expect(body['error']?.['code']).toBe('UserErrorDiskBackupSnapshotRGOrMSIPermissionsNotPresent');
  });

  test('a protected source is a 400 at once that names vault and instance', async () => {
    const { ask } = openSimulator(backupWorld({ instances: [protectedDisk] }));
    const refused = await ask('POST', validateUrl, { backupInstance: diskProperties });
    expect(refused.status).toBe(400);
    expect(refused.body['error']?.['code']).toBe('UserErrorDppDatasourceAlreadyProtected');
    expect(String(refused.body['error']?.['message'])).toContain(`disk1 in the vault ${ids.vault}`);
  });

  test('a source protected by a vault outside this world is refused the same way', async () => {
    const elsewhere = { sourceId: ids.disk, vaultId: '/subscriptions/other/vault9', instance: 'theirs' };
    const { ask } = openSimulator(backupWorld({}, { protectedElsewhere: [elsewhere] }));
    const refused = await ask('POST', validateUrl, { backupInstance: diskProperties });
    expect(String(refused.body['error']?.['message'])).toContain(
      'theirs in the vault /subscriptions/other/vault9',
    );
  });

  test('no containers is a 400; a container that is not there fails the operation', async () => {
    const { ask, pass } = openSimulator(backupWorld());
    const none = await ask('POST', validateUrl, { backupInstance: blobProperties([]) });
    expect(none.status).toBe(400);
    expect(none.body['error']?.['code']).toBe('UserErrorNoContainersSelectedForOperation');
    const { headers } = await ask('POST', validateUrl, {
      backupInstance: blobProperties(['pictures', 'gone']),
    });
    pass(40);
    const { body } = await ask('GET', headers['Azure-AsyncOperation'] ?? '');
    expect(body['error']?.['code']).toBe('UserErrorStorageAccountContainerNotFound');
  });

  test('a disk that does not exist fails the operation', async () => {
    const { ask, pass } = openSimulator(backupWorld());
    const missing = { ...diskProperties.dataSourceInfo, resourceID: `${ids.disk}x` };
    const { headers } = await ask('POST', validateUrl, {
      backupInstance: { ...diskProperties, dataSourceInfo: missing },
    });
    pass(40);
    const { body } = await ask('GET', headers['Azure-AsyncOperation'] ?? '');
    expect(body['error']?.['code']).toBe('UserErrorManagedDiskNotFound');
  });

  test('a vault that is not there is a 404 of the gateway', async () => {
    const { ask } = openSimulator(backupWorld());
    const { status, body, headers } = await ask('POST', validateUrl.replace('vault1', 'vault2'), {
      backupInstance: diskProperties,
    });
    expect(status).toBe(404);
    expect(body['error']?.['code']).toBe('ResourceNotFound');
    expect(headers['x-ms-failure-cause']).toBe('gateway');
  });
});

test('validateForModifyBackup of a protected instance is accepted; another snapshot group is a 400', async () => {
  const { ask } = openSimulator(backupWorld({ instances: [protectedDisk] }));
  const url = `${ids.vault}/backupInstances/disk1/validateForModifyBackup?api-version=2025-07-01`;
  expect((await ask('POST', url, { backupInstance: diskProperties })).status).toBe(202);
  const moved = structuredClone(diskProperties);
  (
    moved.policyInfo.policyParameters.dataStoreParametersList[0] as { resourceGroupId: string }
  ).resourceGroupId = ids.group;
  const refused = await ask('POST', url, { backupInstance: moved });
  expect(refused.body['error']?.['code']).toBe('UserErrorInvalidOperationalStoreResourceGroup');
});

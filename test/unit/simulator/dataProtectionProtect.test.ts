import { describe, expect, test } from 'vitest';
import { backupWorld, blobProperties, diskProperties, ids, protectedDisk } from './dataProtectionWorld.ts';
import { openSimulator } from './simulated-client.ts';

const url = (apiVersion: string, name = 'disk1-disk1-0001') =>
  `${ids.vault}/backupInstances/${name}?api-version=${apiVersion}`;

describe('PUT of a backup instance', () => {
  test.each([
    ['disk', '2024-04-01', 201],
    ['disk', '2025-07-01', 201],
    ['disk', '2026-03-01', 202],
    ['blob', '2024-04-01', 201],
    ['blob', '2025-07-01', 202],
    ['blob', '2026-03-01', 202],
  ])('%s at %s answers %d', async (kind, apiVersion, status) => {
    const { ask } = openSimulator(backupWorld());
    const properties = kind === 'disk' ? diskProperties : blobProperties(['pictures']);
    const reply = await ask('PUT', url(apiVersion), { properties });
    expect(reply.status).toBe(status);
    expect(reply.headers['Retry-After']).toBe('15');
    expect(reply.headers['Azure-AsyncOperation']).toContain('/backupVaults/vault1/operationStatus/');
    expect(reply.headers['Location'] === undefined).toBe(status === 201);
    expect(reply.body === undefined).toBe(status === 202);
  });

  test('the 201 body is still provisioning and carries the tags', async () => {
    const { ask } = openSimulator(backupWorld());
    const { body } = await ask('PUT', url('2025-07-01'), {
      properties: diskProperties,
      tags: { owner: 'ops' },
    });
    expect(body).toMatchObject({
      tags: { owner: 'ops' },
      name: 'disk1-disk1-0001',
      type: 'Microsoft.DataProtection/backupVaults/backupInstances',
      properties: {
        protectionStatus: { status: 'ConfiguringProtection' },
        currentProtectionState: 'ConfiguringProtection',
        provisioningState: 'Provisioning',
        objectType: 'BackupInstance',
      },
    });
  });

  test('the operation ends first, protection is configured later', async () => {
    const { ask, pass } = openSimulator(backupWorld());
    const put = await ask('PUT', url('2026-03-01'), { properties: diskProperties });
    pass(31);
    const result = await ask('GET', put.headers['Location'] ?? '');
    expect(result.status).toBe(200);
    expect(result.body['properties']).toMatchObject({
      currentProtectionState: 'ConfiguringProtection',
      provisioningState: 'Succeeded',
    });
    pass(40);
    const instance = await ask('GET', url('2025-07-01'));
    expect(instance.body['properties']?.['currentProtectionState']).toBe('ProtectionConfigured');
  });

  test('while protection is being configured a backup and a DELETE are refused', async () => {
    const { ask, pass, simulator } = openSimulator(backupWorld());
    await ask('PUT', url('2025-07-01'), { properties: diskProperties });
    pass(35);
    const body = { backupRuleOptions: { ruleName: 'BackupHourly', triggerOption: {} } };
    const backup = await ask('POST', url('2025-07-01').replace('?', '/backup?'), body);
    const removal = await ask('DELETE', url('2025-07-01'));
    for (const refused of [backup, removal]) {
      expect(refused.status).toBe(400);
      expect(refused.body['error']?.['code']).toBe('UserErrorInvalidBackupInstanceOperation');
    }
    expect(simulator.effects.count('backup')).toBe(0);
  });

  test('without the vault roles the operation succeeds and the state is ProtectionError', async () => {
    const { ask, pass } = openSimulator(backupWorld({}, { requireVaultRoles: true }));
    const put = await ask('PUT', url('2025-07-01'), { properties: diskProperties });
    pass(80);
    const operation = await ask('GET', put.headers['Azure-AsyncOperation'] ?? '');
    expect(operation.body['status']).toBe('Succeeded');
    const { body } = await ask('GET', url('2025-07-01'));
    expect(body['properties']).toMatchObject({
      currentProtectionState: 'ProtectionError',
      protectionErrorDetails: {
        code: 'UserErrorDiskAndSnapshotRGOrMSIPermissionsNotPresent',
        isRetryable: false,
        isUserError: false,
      },
      provisioningState: 'Succeeded',
    });
  });

  test('the same PUT again shows the running operation, and 200 without headers when it has ended', async () => {
    const { ask, pass, simulator } = openSimulator(backupWorld());
    const first = await ask('PUT', url('2025-07-01'), { properties: diskProperties });
    const again = await ask('PUT', url('2025-07-01'), { properties: diskProperties });
    const operationOf = (text = '') => new URL(text).pathname;
    expect(operationOf(again.headers['Azure-AsyncOperation'])).toBe(
      operationOf(first.headers['Azure-AsyncOperation']),
    );
    pass(100);
    const later = await ask('PUT', url('2025-07-01'), { properties: diskProperties });
    expect(later.status).toBe(200);
    expect(later.headers['Azure-AsyncOperation']).toBeUndefined();
    expect(simulator.effects.count('protect')).toBe(1);
  });

  test('another instance for a protected source is refused and names the first', async () => {
    const { ask } = openSimulator(backupWorld({ instances: [protectedDisk] }));
    const refused = await ask('PUT', url('2025-07-01', 'second'), { properties: diskProperties });
    expect(refused.status).toBe(400);
    expect(refused.body['error']?.['code']).toBe('UserErrorDppDatasourceAlreadyProtected');
    expect(String(refused.body['error']?.['message'])).toContain('backup instance disk1');
  });

  test('an update without the list drops the containers', async () => {
    const { ask, pass } = openSimulator(backupWorld());
    await ask('PUT', url('2025-07-01', 'blobs1'), { properties: blobProperties(['pictures']) });
    pass(100);
    await ask('PUT', url('2025-07-01', 'blobs1'), { properties: blobProperties(undefined) });
    pass(100);
    const { body } = await ask('GET', url('2025-07-01', 'blobs1'));
    expect(body['properties']?.['policyInfo']).toEqual({ policyId: `${ids.vault}/backupPolicies/vaulted` });
    expect(body['properties']?.['currentProtectionState']).toBe('ProtectionConfigured');
  });

  test('containers by rule need api-version 2026-03-01', async () => {
    const { ask } = openSimulator(backupWorld());
    const properties = {
      ...blobProperties(undefined),
      policyInfo: {
        policyId: `${ids.vault}/backupPolicies/vaulted`,
        policyParameters: {
          backupDatasourceParametersList: [
            {
              objectType: 'BlobBackupDatasourceParametersForAutoProtection',
              autoProtectionSettings: { enabled: true, rules: [] },
            },
          ],
        },
      },
    };
    expect((await ask('PUT', url('2025-07-01', 'blobs1'), { properties })).status).toBe(400);
    expect((await ask('PUT', url('2026-03-01', 'blobs1'), { properties })).status).toBe(202);
  });

  test('a disk without a snapshot group is a 400', async () => {
    const { ask } = openSimulator(backupWorld());
    const properties = { ...diskProperties, policyInfo: { policyId: diskProperties.policyInfo.policyId } };
    const refused = await ask('PUT', url('2025-07-01'), { properties });
    expect(refused.body['error']?.['code']).toBe('UserErrorOperationalStoreParametersNotProvided');
  });

  test('a failing operation leaves ConfiguringProtectionFailed', async () => {
    const { ask, pass, simulator } = openSimulator(backupWorld());
    simulator.faults.add([{ on: 'dataProtection.protect', fault: { kind: 'operation', status: 'Failed' } }]);
    await ask('PUT', url('2025-07-01'), { properties: diskProperties });
    pass(100);
    const { body } = await ask('GET', url('2025-07-01'));
    expect(body['properties']?.['currentProtectionState']).toBe('ConfiguringProtectionFailed');
  });
});

describe('reading instances', () => {
  test('an instance that is not there is a 404 of the service', async () => {
    const { ask } = openSimulator(backupWorld());
    const { status, body } = await ask('GET', url('2025-07-01'));
    expect(status).toBe(404);
    expect(body['error']).toMatchObject({
      code: 'UserErrorGenericResourceNotFound',
      target: null,
      details: null,
    });
  });

  test('lists by vault in pages, and by source', async () => {
    const other = {
      ...protectedDisk,
      name: 'other',
      sourceId: `${ids.group}/providers/Microsoft.Compute/disks/d2`,
    };
    const world = backupWorld({ instances: [protectedDisk, other] });
    const { ask } = openSimulator({ ...world, settings: { pageSize: 1 } });
    const first = await ask('GET', `${ids.vault}/backupInstances?api-version=2025-07-01`);
    const second = await ask('GET', String(first.body['nextLink']));
    expect([first.body['value']?.[0]?.['name'], second.body['value']?.[0]?.['name']]).toEqual([
      'disk1',
      'other',
    ]);
    expect(second.body['nextLink']).toBeUndefined();
    const mine = await ask(
      'GET',
      `${ids.disk.toUpperCase()}/providers/Microsoft.DataProtection/backupInstances?api-version=2025-07-01`,
    );
    expect(mine.body['value']).toHaveLength(1);
  });
});

import { describe, expect, test } from 'vitest';
import type { FaultRuleSeed } from '../../../local/arm-simulator/faults.ts';
import { backupWorld, ids, protectedDisk } from './dataProtectionWorld.ts';
import { openSimulator, type SimulatedClient } from './simulated-client.ts';

const version = 'api-version=2025-07-01';
const drillGroup = `${ids.subscription}/resourceGroups/drills`;
const newDisk = `${drillGroup}/providers/Microsoft.Compute/disks/restored`;
const target = `${ids.group}/providers/Microsoft.Storage/storageAccounts/blobs2`;
const disk = `${ids.vault}/backupInstances/disk1`;
const blobs = `${ids.vault}/backupInstances/blobs1`;

const protectedBlobs = {
  name: 'blobs1',
  kind: 'blobVaulted' as const,
  sourceId: ids.account,
  policy: 'vaulted',
  containers: ['pictures', 'invoices'],
};

function restorableWorld(more = {}) {
  const instances = [
    { ...protectedDisk, recoveryPoints: 3 },
    { ...protectedBlobs, recoveryPoints: 3 },
  ];
  const world = backupWorld({ instances }, more);
  const groups = [{ name: 'apps' }, { name: 'snapshots' }, { name: 'drills' }];
  return {
    ...world,
    subscriptions: [{ id: '22222222-2222-4222-8222-222222222222', resourceGroups: groups }],
    resources: [
      { id: ids.disk, properties: { diskSizeGB: 64 }, sku: { name: 'Premium_LRS' } },
      { id: ids.account, containers: ['pictures', 'invoices'] },
      { id: target, containers: ['there'] },
    ],
  };
}

const request = (store: string, info: object, point: string) => ({
  objectType: 'AzureBackupRecoveryPointBasedRestoreRequest',
  recoveryPointId: point,
  sourceDataStoreType: store,
  restoreTargetInfo: {
    objectType: 'RestoreTargetInfo',
    recoveryOption: 'FailIfExists',
    restoreLocation: 'westeurope',
    ...info,
  },
});
const toDisk = (resourceId: string) => ({
  datasourceInfo: {
    objectType: 'Datasource',
    datasourceType: 'Microsoft.Compute/disks',
    resourceId,
    resourceLocation: 'westeurope',
  },
});
const toAccount = (...containers: string[]) => ({
  objectType: 'ItemLevelRestoreTargetInfo',
  datasourceInfo: { objectType: 'Datasource', resourceID: target, resourceLocation: 'westeurope' },
  restoreCriteria: containers.map((itemPath) => ({
    objectType: 'ItemPathBasedRestoreCriteria',
    itemPath,
    isPathRelativeToBackupItem: true,
  })),
});

async function newestPoint({ ask }: SimulatedClient, instance: string): Promise<string> {
  const { body } = await ask('GET', `${instance}/recoveryPoints?${version}`);
  return String(body['value']?.[0]?.['name']);
}

async function finished(client: SimulatedClient, instance: string, body: object) {
  const started = await client.ask('POST', `${instance}/restore?${version}`, body);
  client.pass(300);
  const { body: status } = await client.ask('GET', started.headers['Azure-AsyncOperation'] ?? '');
  const job = await client.ask('GET', `${String(status['properties']?.['jobId'])}?${version}`);
  return { started, status, job: job.body['properties'] };
}

// Answers and job of dpp-disk-restore (2025-11).
describe('restore of a disk', () => {
  test('is validated, answers 202 and a job, and the new disk has size and source', async () => {
    const client = openSimulator(restorableWorld());
    const point = await newestPoint(client, disk);
    const body = request('OperationalStore', toDisk(newDisk), point);
    const validated = await client.ask('POST', `${disk}/validateRestore?${version}`, {
      restoreRequestObject: body,
    });
    expect([validated.status, validated.headers['Retry-After']]).toEqual([202, '10']);
    expect(validated.headers['Location']).toContain('/locations/westeurope/operationResults/');
    const { started, job } = await finished(client, disk, body);
    expect(started.status).toBe(202);
    expect(job).toMatchObject({
      operationCategory: 'Restore',
      operation: 'Restore',
      status: 'Completed',
      sourceDataStoreType: 'OperationalStore',
      isUserTriggered: true,
      extendedInfo: {
        sourceRecoverPoint: { recoveryPointID: point },
        targetRecoverPoint: null,
        recoveryDestination: newDisk,
        subTasks: [{ taskName: 'Trigger Restore', taskStatus: 'Completed' }],
      },
    });
    const made = await client.ask('GET', `${newDisk}?api-version=2024-03-02`);
    expect(made.body['properties']).toMatchObject({
      diskSizeGB: 64,
      creationData: {
        createOption: 'Copy',
        sourceResourceId: expect.stringContaining('/resourceGroups/snapshots/') as string,
      },
    });
    expect(client.simulator.effects.count('restored', newDisk)).toBe(1);
  });

  test.each([
    ['the vault lacks its role on the group', newDisk, 'UserErrorMissingRequiredPermissions'],
    [
      'the group is not there',
      newDisk.replace('/drills/', '/nowhere/'),
      'UserErrorTargetResourceGroupNotFound',
    ],
    ['the disk is there', ids.disk, 'UserErrorTargetDiskAlreadyExists'],
  ])('the validation fails when %s', async (_why, id, code) => {
    const client = openSimulator(restorableWorld({ requireVaultRoles: true }));
    const body = request('OperationalStore', toDisk(id), await newestPoint(client, disk));
    const started = await client.ask('POST', `${disk}/validateRestore?${version}`, {
      restoreRequestObject: body,
    });
    client.pass(60);
    const { body: status } = await client.ask('GET', started.headers['Azure-AsyncOperation'] ?? '');
    expect([status['status'], status['error']?.['code']]).toEqual(['Failed', code]);
  });

  test('Disk Restore Operator on the target group suffices', async () => {
    const world = {
      ...restorableWorld({ requireVaultRoles: true }),
      authorization: {
        assignments: [{ scope: drillGroup, role: 'Disk Restore Operator', principalId: ids.vaultPrincipal }],
      },
    };
    const client = openSimulator(world);
    const body = request('OperationalStore', toDisk(newDisk), await newestPoint(client, disk));
    expect((await finished(client, disk, body)).job?.['status']).toBe('Completed');
  });

  test('a point that has expired is neither listed nor restored', async () => {
    const client = openSimulator(restorableWorld());
    const point = await newestPoint(client, disk);
    client.pass(30 * 86_400);
    const { body: list } = await client.ask('GET', `${disk}/recoveryPoints?${version}`);
    expect(list['value']).toEqual([]);
    const refused = await client.ask(
      'POST',
      `${disk}/restore?${version}`,
      request('OperationalStore', toDisk(newDisk), point),
    );
    expect(refused.status).toBe(400);
    expect(refused.body['error']?.['code']).toBe('UserErrorRecoveryPointNotFound');
  });

  test('a daily limit of restores is counted apart from backups', async () => {
    const client = openSimulator(restorableWorld({ dailyRestoreLimits: { disk: 1 } }));
    const point = await newestPoint(client, disk);
    const again = () =>
      client.ask('POST', `${disk}/restore?${version}`, request('OperationalStore', toDisk(newDisk), point));
    expect((await again()).status).toBe(202);
    const refused = await again();
    expect(refused.body['error']?.['code']).toBe('CloudDosAbsoluteLimitReached');
  });

  test.each([
    [{ kind: 'job', status: 'Failed' }, 'Failed', undefined],
    [{ kind: 'restored', variant: 'empty' }, 'Completed', undefined],
    [{ kind: 'restored', variant: 'corrupt' }, 'Completed', 32],
  ] as const)('with the fault %o the job is %s and the disk has %s GB', async (fault, status, size) => {
    const client = openSimulator(restorableWorld());
    client.simulator.faults.add([{ on: 'dataProtection.restore', fault } satisfies FaultRuleSeed]);
    const body = request('OperationalStore', toDisk(newDisk), await newestPoint(client, disk));
    expect((await finished(client, disk, body)).job?.['status']).toBe(status);
    const made = await client.ask('GET', `${newDisk}?api-version=2024-03-02`);
    expect(made.body['properties']?.['diskSizeGB']).toBe(size);
  });
});

// Body and job of dpp-blob-restore (2025-11).
describe('restore of vaulted blobs', () => {
  test('brings the chosen containers into the other account', async () => {
    const client = openSimulator(restorableWorld());
    const body = request('VaultStore', toAccount('pictures'), await newestPoint(client, blobs));
    const { job } = await finished(client, blobs, body);
    expect(job).toMatchObject({
      status: 'Completed',
      dataSourceSetName: 'blobs1',
      sourceDataStoreType: 'VaultStore',
      extendedInfo: { recoveryDestination: target },
    });
    const containers = await client.ask(
      'GET',
      `${target}/blobServices/default/containers?api-version=2023-05-01`,
    );
    const names = (containers.body['value'] as unknown as { name: string }[]).map(({ name }) => name);
    expect(names).toEqual(['there', 'pictures']);
  });

  test.each([
    ['a container that is there', toAccount('there'), {}, 'UserErrorTargetContainerAlreadyExists'],
    [
      'the role missing on the target',
      toAccount('pictures'),
      { requireVaultRoles: true },
      'UserErrorMissingRequiredPermissions',
    ],
  ])('fails for %s', async (_why, info, more, code) => {
    const client = openSimulator(restorableWorld(more));
    const body = request('VaultStore', info, await newestPoint(client, blobs));
    const { status } = await finished(client, blobs, body);
    expect(status['error']?.['code']).toBe(code);
  });
});

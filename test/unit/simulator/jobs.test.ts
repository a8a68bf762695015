import { describe, expect, test } from 'vitest';
import {
  accountId,
  backUpShare,
  type Cloud,
  filtered,
  itemNamed,
  machineId,
  protectedWorld,
  simulatedCloud,
  vaultId,
} from './simulated-cloud.ts';

async function backUp(
  cloud: Cloud,
  friendlyName: string,
  properties: Record<string, unknown>,
): Promise<string> {
  const { id } = await itemNamed(cloud, friendlyName);
  const accepted = await cloud.send('POST', `${id}/backup`, { properties });
  cloud.wait(2);
  const { body } = await cloud.get(accepted.headers['Azure-AsyncOperation'] ?? '');
  return `${vaultId}/backupJobs/${body.properties.jobId}`;
}

interface MachineJob {
  readonly status: string;
  readonly extendedInfo: {
    readonly tasksList: readonly { readonly taskId: string; readonly status: string }[];
  };
}

const machineBackup = {
  objectType: 'IaasVMBackupRequest',
  recoveryPointExpiryTimeInUTC: '2026-09-21T00:00:00Z',
};
const databaseBackup = {
  objectType: 'AzureWorkloadBackupRequest',
  backupType: 'Full',
  recoveryPointExpiryTimeInUTC: '2026-09-21T00:00:00Z',
};
const behaving = (datasource: Record<string, unknown>) => ({
  ...protectedWorld,
  recoveryServices: {
    ...protectedWorld.recoveryServices,
    datasources: [
      ...protectedWorld.recoveryServices.datasources,
      { storageAccountId: accountId, share: 'docs', ...datasource },
    ],
  },
});

describe('jobs', () => {
  test('a machine stays InProgress for the transfer although its snapshot is taken', async () => {
    const cloud = simulatedCloud({ world: protectedWorld });
    const job = await backUp(cloud, 'vm1', machineBackup);
    const tasks = async () => (await cloud.get(job)).body.properties as unknown as MachineJob;
    expect((await tasks()).extendedInfo.tasksList).toMatchObject([
      { taskId: 'Take Snapshot', status: 'InProgress', endTime: '0001-01-01T00:00:00' },
      { taskId: 'Transfer data to vault', status: 'NotStarted' },
    ]);
    cloud.wait(1200);
    const moving = await tasks();
    expect([moving.status, ...moving.extendedInfo.tasksList.map(({ status }) => status)]).toEqual([
      'InProgress',
      'Completed',
      'InProgress',
    ]);
    cloud.wait(1300);
    expect((await tasks()).status).toBe('Completed');
    const item = await itemNamed(cloud, 'vm1');
    expect(item.properties).toMatchObject({
      lastBackupStatus: 'Completed',
      lastBackupTime: '2026-08-22T02:00:00Z',
    });
  });

  test('a machine’s job can be cancelled before the transfer and not during it', async () => {
    const cloud = simulatedCloud({ world: protectedWorld });
    const job = await backUp(cloud, 'vm1', machineBackup);
    const accepted = await cloud.send('POST', `${job}/cancel`);
    expect([
      accepted.status,
      accepted.headers['Azure-AsyncOperation']?.includes('2019-05-13-preview'),
    ]).toEqual([202, true]);
    expect((await cloud.get(job)).body.properties).toMatchObject({ status: 'Cancelling' });
    cloud.wait(20);
    expect((await cloud.get(job)).body.properties).toMatchObject({ status: 'Cancelled' });
    expect((await cloud.get(accepted.headers['Location'] ?? '')).status).toBe(204);
    const second = await backUp(cloud, 'vm1', machineBackup);
    cloud.wait(1200);
    expect((await cloud.send('POST', `${second}/cancel`)).status).toBe(400);
  });

  test('a database’s job carries the backup type in its operation and is found by the plain word', async () => {
    const cloud = simulatedCloud({ world: protectedWorld });
    const job = await backUp(cloud, 'orders', databaseBackup);
    expect((await cloud.get(job)).body.properties).toMatchObject({
      operation: 'Backup (Full)',
      isUserTriggered: true,
    });
    const found = await cloud.get(
      filtered(`${vaultId}/backupJobs`, "operation eq 'Backup' and status eq 'InProgress'"),
    );
    expect(found.body.value.map(({ id }) => id)).toEqual([job]);
  });

  test('list rows are bare, and times filter in the 12-hour form', async () => {
    const cloud = simulatedCloud({ world: protectedWorld });
    const job = await backUp(cloud, 'docs', backUpShare.properties);
    const within = await cloud.get(
      filtered(
        `${vaultId}/backupJobs`,
        "startTime eq '2026-08-22 01:59:00 AM' and endTime eq '2026-08-22 12:00:00 PM'",
      ),
    );
    expect(within.body.value.map(({ id }) => id)).toEqual([job]);
    expect(within.body.value[0]?.properties['extendedInfo']).toBeUndefined();
    const before = await cloud.get(
      filtered(
        `${vaultId}/backupJobs`,
        "startTime eq '2026-08-21 01:00:00 PM' and endTime eq '2026-08-22 01:00:00 AM'",
      ),
    );
    expect(before.body.value).toEqual([]);
    const unreadable = await cloud.get(
      filtered(`${vaultId}/backupJobs`, "startTime eq '2026-08-22T01:00:00Z'"),
    );
    expect(unreadable.status).toBe(400);
  });

  test('end as the world says, in order, with the errors only in the single read', async () => {
    const jobs = [
      { status: 'Failed' as const, errorCode: 400146, errorString: 'The share was not found.' },
      { status: 'CompletedWithWarnings' as const },
    ];
    const cloud = simulatedCloud({ world: behaving({ jobs }) });
    const failed = await backUp(cloud, 'docs', backUpShare.properties);
    cloud.wait(3);
    expect((await cloud.get(failed)).body.properties).toMatchObject({
      status: 'Failed',
      errorDetails: [{ errorCode: 400146, errorString: 'The share was not found.' }],
    });
    expect(
      (await cloud.get(`${vaultId}/backupJobs`)).body.value[0]?.properties['errorDetails'],
    ).toBeUndefined();
    expect((await itemNamed(cloud, 'docs')).properties).toMatchObject({ lastBackupStatus: 'Failed' });
    const warned = await backUp(cloud, 'docs', backUpShare.properties);
    cloud.wait(3);
    expect((await cloud.get(warned)).body.properties).toMatchObject({ status: 'CompletedWithWarnings' });
    const good = await backUp(cloud, 'docs', backUpShare.properties);
    cloud.wait(3);
    expect((await cloud.get(good)).body.properties).toMatchObject({ status: 'Completed' });
  });

  test('a scheduled job can begin beside ours, marked as scheduled', async () => {
    const cloud = simulatedCloud({ world: behaving({ scheduledBesideOnDemand: true }) });
    await backUp(cloud, 'docs', backUpShare.properties);
    const { body } = await cloud.get(filtered(`${vaultId}/backupJobs`, "operation eq 'Backup'"));
    const marks = await Promise.all(
      body.value.map(async ({ id }) => (await cloud.get(id)).body.properties['extendedInfo']),
    );
    expect(
      marks.map(
        (mark) =>
          (mark as { propertyBag: Record<string, string> }).propertyBag['Whether job is adhoc or scheduled.'],
      ),
    ).toEqual(['False', 'True']);
    expect(cloud.simulator.effects.count('backup')).toBe(1);
  });

  test('a recovery point shows its expiry only when read alone, and is gone after it', async () => {
    const cloud = simulatedCloud({ world: protectedWorld });
    await backUp(cloud, 'docs', {
      ...backUpShare.properties,
      recoveryPointExpiryTimeInUTC: '2026-08-23T00:00:00Z',
    });
    cloud.wait(3);
    const { id } = await itemNamed(cloud, 'docs');
    const [point] = (await cloud.get(`${id}/recoveryPoints`)).body.value;
    expect(point?.properties).not.toHaveProperty('recoveryPointProperties');
    const single = await cloud.get(point?.id ?? '');
    expect(single.body.properties).toMatchObject({
      recoveryPointProperties: { expiryTime: '2026-08-23T00:00:00Z' },
    });
    cloud.wait(86_400);
    expect((await cloud.get(`${id}/recoveryPoints`)).body.value).toEqual([]);
  });

  test('a job whose operation failed has failed too', async () => {
    const world = {
      ...protectedWorld,
      recoveryServices: {
        vaults: [
          { id: vaultId },
          { id: `${vaultId}2`, items: [{ virtualMachineId: machineId, policy: 'DefaultPolicy' }] },
        ],
      },
    };
    const cloud = simulatedCloud({ world });
    const item = `${vaultId}/backupFabrics/Azure/protectionContainers/IaasVMContainer;iaasvmcontainerv2;rg1;vm1/protectedItems/VM;iaasvmcontainerv2;rg1;vm1`;
    const properties = {
      protectedItemType: 'Microsoft.Compute/virtualMachines',
      policyId: `${vaultId}/backupPolicies/DefaultPolicy`,
    };
    const { headers } = await cloud.send('PUT', item, { properties });
    cloud.wait(32);
    const { body } = await cloud.get(headers['Azure-AsyncOperation'] ?? '');
    expect([body.status, body.error.message.includes(`${vaultId}2`)]).toEqual(['Failed', true]);
    const [job] = (await cloud.get(`${vaultId}/backupJobs`)).body.value;
    expect(job?.properties).toMatchObject({ operation: 'ConfigureBackup', status: 'Failed' });
    expect((await cloud.get(item)).status).toBe(404);
  });

  test('of the past can be told in the world, newest first', async () => {
    const cloud = simulatedCloud({ world: behaving({ scheduledAfterSeconds: [-7200, -3600] }) });
    const rows = (await cloud.get(`${vaultId}/backupJobs`)).body.value;
    expect(rows.map(({ properties }) => [properties['status'], properties['startTime']])).toEqual([
      ['Completed', '2026-08-22T01:00:00Z'],
      ['Completed', '2026-08-22T00:00:00Z'],
    ]);
    expect((await itemNamed(cloud, 'docs')).properties).toMatchObject({
      lastBackupTime: '2026-08-22T01:00:00Z',
    });
  });

  test('another kind’s backup request is refused', async () => {
    const cloud = simulatedCloud({ world: protectedWorld });
    const { id } = await itemNamed(cloud, 'vm1');
    expect((await cloud.send('POST', `${id}/backup`, backUpShare)).body.error.code).toBe(
      'BMSUserErrorInvalidInput',
    );
    const past = { properties: { ...machineBackup, recoveryPointExpiryTimeInUTC: '2020-01-01T00:00:00Z' } };
    expect((await cloud.send('POST', `${id}/backup`, past)).status).toBe(400);
    expect(cloud.simulator.effects.count('backup')).toBe(0);
  });

  test('a machine is protected without registration, under a name that its list row does not show whole', async () => {
    const world = { ...protectedWorld, recoveryServices: { vaults: [{ id: vaultId }] } };
    const cloud = simulatedCloud({ world });
    const [row] = (
      await cloud.get(filtered(`${vaultId}/backupProtectableItems`, "backupManagementType eq 'AzureIaasVM'"))
    ).body.value;
    expect(row?.name).toBe('iaasvmcontainerv2;rg1;vm1');
    expect(row?.id.endsWith('/vm;iaasvmcontainerv2;rg1;vm1')).toBe(true);
    const item = row?.id.replace('protectableItems', 'protectedItems') ?? '';
    const properties = {
      protectedItemType: 'Microsoft.Compute/virtualMachines',
      sourceResourceId: machineId,
      policyId: `${vaultId}/backupPolicies/DefaultPolicy`,
    };
    expect((await cloud.send('PUT', item, { properties })).status).toBe(202);
    cloud.wait(32);
    expect((await itemNamed(cloud, 'vm1')).properties).toMatchObject({
      protectionState: 'IRPending',
      lastBackupTime: '2001-01-01T00:00:00Z',
    });
  });
});

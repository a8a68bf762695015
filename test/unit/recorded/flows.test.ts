import { describe, expect, test } from 'vitest';
import { replayFlows } from '../../recorded/flows.ts';
import { readRecording } from '../../recorded/readExchanges.ts';

const arm = 'https://management.azure.com';
const group = '/subscriptions/0a1b2c3d-0000-4000-8000-00000000000f/resourceGroups/rg';
const vault = `${group}/providers/Microsoft.RecoveryServices/vaults/vault`;
const backupVault = `${group}/providers/Microsoft.DataProtection/backupVaults/backups`;
const fabric = `${vault}/backupFabrics/Azure`;
const machine = `${group}/providers/Microsoft.Compute/virtualMachines/web`;
const item = `${fabric}/protectionContainers/IaasVMContainer;iaasvmcontainerv2;rg;web/protectedItems/VM;iaasvmcontainerv2;rg;web`;
const policy = `${vault}/backupPolicies/daily`;
const disk = `${group}/providers/Microsoft.Compute/disks/data`;
const instance = `${backupVault}/backupInstances/data-data-5f0d`;

interface Said {
  readonly method?: string;
  readonly path: string;
  readonly status?: number;
  readonly asks?: object;
  readonly says?: object;
  readonly headers?: Record<string, string>;
}

const said = ({ method = 'GET', path, status = 200, asks, says, headers = {} }: Said): string =>
  JSON.stringify({
    ...{ method, status },
    url: `${arm}${encodeURI(path)}?api-version=2025-02-01`,
    requestBody: asks ? JSON.stringify(asks) : null,
    responseHeaders: { date: 'Sat, 22 Aug 2026 02:00:00 GMT', ...headers },
    responseBody: says ? JSON.stringify(says) : '',
  });

const replay = (...exchanges: readonly Said[]) =>
  replayFlows(readRecording('r.jsonl', exchanges.map(said).join('\n')));

const accepted = (method: string, path: string, operation: string, asks?: object): Said => ({
  ...{ method, path, status: 202 },
  ...(asks && { asks }),
  headers: {
    'azure-asyncoperation': `${arm}${encodeURI(path)}/operationsStatus/${operation}?api-version=2025-02-01&t=1`,
  },
});
const polled = (operation: string, status: string, more: object = {}): Said => ({
  path: `${vault}/backupOperations/${operation}`,
  says: { id: operation, status, startTime: '2026-08-22T02:00:00Z', ...more },
});
const job = (status: string): Said => ({
  path: `${vault}/backupJobs/job-1`,
  says: { id: `${vault}/backupJobs/job-1`, name: 'job-1', properties: { jobType: 'AzureIaaSVMJob', status } },
});
const listed = (properties: object): Said => ({
  path: `${vault}/backupProtectedItems`,
  says: { value: [{ id: item, name: 'VM;iaasvmcontainerv2;rg;web', properties }] },
});
const offered: Said = {
  path: `${vault}/backupProtectableItems`,
  says: {
    value: [
      {
        id: item.replace('/protectedItems/', '/protectableItems/'),
        properties: { friendlyName: 'web', virtualMachineId: machine },
      },
    ],
  },
};
const isProtected = {
  friendlyName: 'web',
  protectionState: 'Protected',
  policyId: policy,
  protectedItemType: 'Microsoft.Compute/virtualMachines',
  virtualMachineId: machine,
};
const backup = accepted('POST', `${item}/backup`, 'op-1', {
  properties: {
    objectType: 'IaasVMBackupRequest',
    recoveryPointExpiryTimeInUTC: '2026-09-21T02:00:00Z',
  },
});
const machineItem = { protectedItemType: 'Microsoft.Compute/virtualMachines', sourceResourceId: machine };
const protection = accepted('PUT', item, 'op-1', {
  properties: {
    ...machineItem,
    policyId: policy,
  },
});
const started = polled('op-1', 'Succeeded', { properties: { jobId: 'job-1' } });

describe('flows of Recovery Services vaults are found by their writes and replayed', () => {
  test('a backup ends as its recorded job: completed or failed', async () => {
    const completed = await replay(backup, started, job('InProgress'), job('Completed'));
    const failed = await replay(backup, started, job('Failed'));
    expect(completed).toMatchObject([{ kind: 'asRecorded', says: 'job Completed' }]);
    expect(failed).toMatchObject([{ kind: 'asRecorded', says: 'job Failed' }]);
  });

  test('every flow of a file counts, whatever lies between them', async () => {
    const stop = accepted('PUT', item, 'op-2', {
      properties: { ...machineItem, policyId: '', protectionState: 'ProtectionStopped' },
    });
    const flows = await replay(
      ...[offered, protection, started, listed({ ...isProtected, protectionState: 'IRPending' })],
      ...[listed(isProtected), stop, polled('op-2', 'InProgress'), polled('op-2', 'Succeeded')],
      ...[listed({ ...isProtected, protectionState: 'ProtectionStopped' })],
      ...[accepted('DELETE', item, 'op-3'), polled('op-3', 'Succeeded')],
    );
    expect(flows.map(({ title, kind }) => [title.split(' VM;')[0], kind])).toEqual([
      ['r.jsonl:2 protect', 'asRecorded'],
      ['r.jsonl:6 stop (retain)', 'asRecorded'],
      ['r.jsonl:10 stop (deleteData)', 'asRecorded'],
    ]);
  });

  test('an operation that failed ends the run with its code', async () => {
    const error = { code: 'UserErrorGuestAgentStatusUnavailable', message: 'no agent' };
    const flows = await replay(offered, protection, polled('op-1', 'Failed', { error }));
    expect(flows).toMatchObject([
      { kind: 'asRecorded', says: 'failed, UserErrorGuestAgentStatusUnavailable' },
    ]);
  });

  test('names are compared without case', async () => {
    const upper = { ...started, path: started.path.toUpperCase().replace('OP-1', 'op-1') };
    const flows = await replay(backup, upper, job('Completed'));
    expect(flows).toMatchObject([{ kind: 'asRecorded', says: 'job Completed' }]);
  });

  test('a name that the recorder left in another casing is the one it numbered', async () => {
    const numbered = (text: string) =>
      text.replaceAll('/rg/', '/testgroup000001/').replaceAll(';rg;', ';testgroup000001;');
    const lines = [offered, protection, started, listed(isProtected)].map((one) => numbered(said(one)));
    lines[0] = (lines[0] ?? '').replaceAll(
      `testgroup000001/providers/Microsoft.Compute`,
      'TESTGROUPK4Q2/providers/Microsoft.Compute',
    );
    const flows = await replayFlows(readRecording('r.jsonl', lines.join('\n')));
    expect(flows).toMatchObject([{ kind: 'asRecorded', says: 'succeeded, then Protected' }]);
  });

  test('a recording that stops early is followed as far as it goes', async () => {
    const flows = await replay(backup);
    expect(flows).toMatchObject([{ kind: 'asFarAsRecorded', says: 'its operation was not followed' }]);
    expect(flows[0]?.readsNotRecorded).toBeGreaterThan(0);
  });
});

describe('a flow that goes otherwise is said', () => {
  test('a write that was not recorded fails', async () => {
    const nothing = { ...offered, says: { value: [] } };
    const [flow] = await replay(nothing, protection, started);
    expect(flow).toMatchObject({ kind: 'otherwise' });
    expect(flow?.says).toMatch(/^a write that was not recorded: POST .*\/refreshcontainers$/);
  });

  test('a flow that refuses what the recording did is not as recorded', async () => {
    const ofShares = {
      path: policy,
      says: { id: policy, name: 'daily', properties: { backupManagementType: 'AzureStorage' } },
    };
    const [flow] = await replay(offered, ofShares, protection, started);
    expect(flow?.says).toMatch(/^the write was not sent: the run ended failed, PolicyOfAnotherKind/);
  });

  test('an item that ends in error fails the run, as it was recorded', async () => {
    const error = listed({ ...isProtected, protectionState: 'ProtectionError' });
    const flows = await replay(offered, protection, started, error);
    expect(flows).toMatchObject([{ kind: 'asRecorded', says: 'succeeded, then ProtectionError' }]);
  });
});

describe('a write is compared field by field', () => {
  const sent = (properties: object) =>
    replay(accepted('POST', `${item}/backup`, 'op-1', { properties }), started, job('Completed'));
  const asked = { objectType: 'IaasVMBackupRequest', recoveryPointExpiryTimeInUTC: '2026-09-21T02:00:00Z' };

  test('a field that only the recorded request has is a difference', async () => {
    const [flow] = await sent({ ...asked, tier: 'Instant' });
    expect(flow).toMatchObject({ kind: 'otherwise' });
    expect(flow?.says).toMatch(/properties\.tier is not said, recorded is "Instant"$/);
  });

  test('a field that only ours has is a difference', async () => {
    const [flow] = await sent({ recoveryPointExpiryTimeInUTC: asked.recoveryPointExpiryTimeInUTC });
    expect(flow?.says).toMatch(/properties\.objecttype is "IaasVMBackupRequest", recorded is nothing$/);
  });

  test('an expiry may differ by the rest of a day, not by two', async () => {
    const dateOnly = await sent({ ...asked, recoveryPointExpiryTimeInUTC: '2026-09-21T00:00:00Z' });
    expect(dateOnly).toMatchObject([{ kind: 'asRecorded' }]);
  });

  test('a body as Python prints its bytes is read as the JSON that it stands for', async () => {
    const text = said({ ...backup, asks: { properties: asked } });
    const line = JSON.parse(text) as { requestBody: string };
    const printed = JSON.stringify({ ...line, requestBody: `b'${line.requestBody}'` });
    const lines = [printed, said(started), said(job('Completed'))];
    const flows = await replayFlows(readRecording('r.jsonl', lines.join('\n')));
    expect(flows).toMatchObject([{ kind: 'asRecorded', says: 'job Completed' }]);
  });
});

test('a preparation belongs to the protection that it prepares, not to that of another vault', async () => {
  const elsewhere = (path: string) => path.replaceAll('/vaults/vault', '/vaults/other');
  const refresh = (path: string) => accepted('POST', `${path}/refreshContainers`, 'r-1');
  const refreshed = (path: string) => ({ path: `${path}/operationResults/r-1`, status: 204 });
  const nothing = { ...offered, says: { value: [] } };
  const [flow] = await replay(
    ...[nothing, refresh(elsewhere(fabric)), refreshed(elsewhere(fabric)), offered],
    ...[protection, started, listed(isProtected)],
  );
  expect(flow).toMatchObject({ kind: 'asRecorded' });
  const [own] = await replay(
    ...[nothing, refresh(fabric), refreshed(fabric), offered],
    ...[protection, started, listed(isProtected)],
  );
  expect(own).toMatchObject({ kind: 'asRecorded' });
});

describe('what is not ours says why', () => {
  test('a file without a write to an item', async () => {
    const flows = await replay({ method: 'PUT', path: vault, says: { location: 'westeurope' } });
    expect(flows).toMatchObject([
      { kind: 'notOurs', says: 'no write to a protected item or backup instance' },
    ]);
  });

  test('a deletion of what is soft-deleted already', async () => {
    const gone = listed({ ...isProtected, isScheduledForDeferredDelete: true });
    const flows = await replay(gone, accepted('DELETE', item, 'op-3'), polled('op-3', 'Succeeded'));
    expect(flows).toMatchObject([{ kind: 'notOurs', says: 'deletes an item that is soft-deleted already' }]);
  });
});

describe('flows of Backup vaults', () => {
  const statusUrl = (id: string) => `${backupVault}/operationStatus/${id}`;
  const began = (method: string, path: string, id: string, asks?: object): Said => ({
    ...accepted(method, path, id, asks),
    headers: { 'azure-asyncoperation': `${arm}${statusUrl(id)}?api-version=2025-07-01` },
  });
  const ended = (id: string, status: string, more: object = {}): Said => ({
    path: statusUrl(id),
    says: { id, status, startTime: '2026-08-22T02:00:00Z', ...more },
  });
  const seen = (currentProtectionState: string): Said => ({
    path: instance,
    says: {
      id: instance,
      name: 'data-data-5f0d',
      properties: {
        currentProtectionState,
        policyInfo: { policyId: `${backupVault}/backupPolicies/other` },
        dataSourceInfo: { resourceID: disk, datasourceType: 'Microsoft.Compute/disks' },
      },
    },
  });
  const configured = began('PUT', instance, 'put-1', {
    properties: {
      ...{ objectType: 'BackupInstance', friendlyName: 'data' },
      dataSourceInfo: {
        ...{ objectType: 'Datasource', datasourceType: 'Microsoft.Compute/disks', resourceID: disk },
        ...{ resourceName: 'data', resourceLocation: 'westeurope' },
        ...{ resourceType: 'Microsoft.Compute/disks', resourceUri: disk },
      },
      policyInfo: {
        policyId: `${backupVault}/backupPolicies/disks`,
        policyParameters: {
          dataStoreParametersList: [
            {
              ...{ objectType: 'AzureOperationalStoreParameters', dataStoreType: 'OperationalStore' },
              resourceGroupId: group,
            },
          ],
        },
      },
    },
  });

  test('a disk is protected under our name for its instance, from what the write proves', async () => {
    const flows = await replay(
      ...[configured, ended('put-1', 'Inprogress'), ended('put-1', 'Succeeded')],
      ...[seen('ConfiguringProtection'), seen('ProtectionConfigured')],
    );
    expect(flows).toMatchObject([{ kind: 'asRecorded', says: 'succeeded, then ProtectionConfigured' }]);
  });

  test('a synchronisation that fails at HTTP 200 ends with its code; one that helps ends protected', async () => {
    const code = 'UserErrorMissingMSIPermissionsOnSnapshotResourceGroup';
    const flows = await replay(
      ...[seen('ConfiguringProtection'), seen('ProtectionError')],
      began('POST', `${instance}/sync`, 'sync-1', { syncType: 'Default' }),
      ended('sync-1', 'Failed', { error: { code, message: 'm' } }),
      seen('ProtectionError'),
      began('POST', `${instance}/sync`, 'sync-2', { syncType: 'Default' }),
      ...[ended('sync-2', 'Inprogress'), seen('ProtectionConfigured')],
    );
    expect(flows.map(({ kind, says }) => [kind, says])).toEqual([
      ['asRecorded', `failed, ${code}`],
      ['asRecorded', 'succeeded, then ProtectionConfigured'],
    ]);
  });

  test('a deletion of nothing ends without a write', async () => {
    const flows = await replay({ method: 'DELETE', path: instance, status: 204 });
    expect(flows).toMatchObject([{ kind: 'asRecorded', says: 'nothing there to delete' }]);
  });

  test('a datasource of another kind is not ours', async () => {
    const cluster = {
      properties: { dataSourceInfo: { datasourceType: 'Microsoft.ContainerService/managedClusters' } },
    };
    const flows = await replay(began('PUT', instance, 'put-1', cluster));
    expect(flows).toMatchObject([{ kind: 'notOurs' }]);
  });

  test('stop, resume, delete and undelete of an instance are four flows', async () => {
    const deleted = instance.replace('/backupInstances/', '/deletedBackupInstances/');
    const flows = await replay(
      ...[seen('ProtectionConfigured'), began('POST', `${instance}/stopProtection`, 'a')],
      ...[ended('a', 'Succeeded'), seen('ProtectionStopped')],
      ...[began('POST', `${instance}/resumeProtection`, 'b'), ended('b', 'Succeeded')],
      ...[seen('ProtectionConfigured'), began('DELETE', instance, 'c'), ended('c', 'Succeeded')],
      ...[began('POST', `${deleted}/undelete`, 'd'), ended('d', 'Succeeded')],
      ...[began('POST', `${instance}/resumeProtection`, 'e'), ended('e', 'Succeeded')],
      seen('ProtectionConfigured'),
    );
    expect(flows.map(({ title, kind, says }) => [title.split(' data')[0], kind, says])).toEqual([
      ['r.jsonl:2 stop (retain)', 'asRecorded', 'succeeded, then ProtectionStopped'],
      ['r.jsonl:5 resume', 'asRecorded', 'succeeded, then ProtectionConfigured'],
      ['r.jsonl:8 stop (deleteData)', 'asRecorded', 'succeeded'],
      ['r.jsonl:10 undelete', 'asRecorded', 'succeeded, then ProtectionConfigured'],
    ]);
  });

  test('a backup of an instance names the recorded rule and follows the recorded job', async () => {
    const jobId = `${backupVault}/backupJobs/6b2f2f0e-0000-4000-8000-000000000001`;
    const flows = await replay(
      seen('ConfiguringProtection'),
      began('POST', `${instance}/backup`, 'op', {
        backupRuleOptions: { ruleName: 'Daily', triggerOption: {} },
      }),
      ended('op', 'Succeeded', { properties: { jobId } }),
      { path: jobId, says: { id: jobId, name: 'job', properties: { status: 'Completed' } } },
    );
    expect(flows).toMatchObject([{ kind: 'asRecorded', says: 'job Completed' }]);
  });
});

test('a change of policy, a suspension and its end are flows of the item', async () => {
  const put = (operation: string, properties: object) =>
    accepted('PUT', item, operation, { properties: { ...machineItem, ...properties } });
  const other = `${vault}/backupPolicies/weekly`;
  const flows = await replay(
    ...[listed(isProtected), put('a', { policyId: other }), polled('a', 'Succeeded')],
    ...[listed({ ...isProtected, policyId: other })],
    ...[put('b', { policyId: '', protectionState: 'BackupsSuspended' }), polled('b', 'Succeeded')],
    ...[listed({ ...isProtected, protectionState: 'BackupsSuspended' })],
    ...[put('c', { policyId: policy }), polled('c', 'Succeeded'), listed(isProtected)],
  );
  expect(flows.map(({ title, kind }) => [title.split(' VM;')[0], kind])).toEqual([
    ['r.jsonl:2 protect', 'asRecorded'],
    ['r.jsonl:5 stop (suspend)', 'asRecorded'],
    ['r.jsonl:8 resume', 'asRecorded'],
  ]);
});

test('an undeleted database is resumed and backed up; one the recording has not shown is not ours', async () => {
  const database = `${fabric}/protectionContainers/VMAppContainer;Compute;rg;db/protectedItems/SQLDataBase;mssqlserver;sales`;
  const put = (operation: string, properties: object) =>
    accepted('PUT', database, operation, {
      properties: { protectedItemType: 'AzureVmWorkloadSQLDatabase', ...properties },
    });
  const undeleted = put('a', { policyId: '', isRehydrate: true, protectionState: 'ProtectionStopped' });
  const shown = { path: database, says: { id: database, properties: { protectionState: 'IRPending' } } };
  const flows = await replay(
    ...[undeleted, polled('a', 'Succeeded'), put('b', { policyId: policy }), polled('b', 'Succeeded'), shown],
    accepted('POST', `${database}/backup`, 'op-1', {
      properties: {
        objectType: 'AzureWorkloadBackupRequest',
        backupType: 'Differential',
        enableCompression: true,
        recoveryPointExpiryTimeInUTC: '2026-09-21T02:00:00.000Z',
      },
    }),
    ...[started, job('Completed')],
  );
  expect(flows.map(({ kind, says }) => [kind, says])).toEqual([
    ['asRecorded', 'succeeded'],
    ['asRecorded', 'succeeded, then IRPending'],
    ['asRecorded', 'job Completed'],
  ]);
  const [unknown] = await replay(put('b', { policyId: policy }), polled('b', 'Succeeded'));
  expect(unknown).toMatchObject({ kind: 'notOurs' });
});

import { describe, expect, test } from 'vitest';
import {
  backUpNow,
  followBackupOperation,
  type BackupHandle,
  type BackupOrder,
} from '../../../src/recovery-services/backup.ts';
import { readItemOperation } from '../../../src/recovery-services/operations.ts';
import { context, itemId, list, reply, vaultId } from './replies.ts';

const shareItem = itemId('StorageContainer;storage;data;papers01', 'AzureFileShare;0a');
const order: BackupOrder = {
  itemId: shareItem,
  kind: 'fileShare',
  friendlyName: 'docs',
  expiresAt: '2026-09-21T02:00:00.000Z',
};

describe('the request of a backup', () => {
  test('of a share names its type and the expiry', () => {
    expect(backUpNow.describe(order)).toEqual({
      action:
        'Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems/backup/action',
      method: 'POST',
      path: `${shareItem}/backup`,
      apiVersion: '2025-08-01',
      body: {
        properties: {
          objectType: 'AzureFileShareBackupRequest',
          recoveryPointExpiryTimeInUTC: '2026-09-21T02:00:00.000Z',
        },
      },
    });
  });

  test('of a machine has its own type', () => {
    expect(backUpNow.describe({ ...order, kind: 'virtualMachine' }).body).toMatchObject({
      properties: { objectType: 'IaasVMBackupRequest' },
    });
  });

  test('of a database is full and uncompressed unless said otherwise', () => {
    expect(backUpNow.describe({ ...order, kind: 'workload' }).body).toEqual({
      properties: {
        objectType: 'AzureWorkloadBackupRequest',
        recoveryPointExpiryTimeInUTC: '2026-09-21T02:00:00.000Z',
        backupType: 'Full',
        enableCompression: false,
      },
    });
    expect(
      backUpNow.describe({ ...order, kind: 'workload', backupType: 'Log', compress: true }).body,
    ).toMatchObject({
      properties: { backupType: 'Log', enableCompression: true },
    });
  });
});

test('an accepted backup gives a handle that names step, attempt, operation and the wait that was asked for', () => {
  const accepted = { status: 202, headers: {}, body: undefined };
  expect(
    backUpNow.read(accepted, order, { ...context, operationId: '0e0e0e0e-0000-4000-8000-000000000001' }),
  ).toEqual({
    kind: 'done',
    result: {
      service: 'recoveryServices',
      vaultId,
      itemId: shareItem,
      kind: 'fileShare',
      friendlyName: 'docs',
      expiresAt: '2026-09-21T02:00:00.000Z',
      stepId: '02',
      attemptId: '5a1d1c50-0000-4000-8000-000000000001',
      sentAt: '2026-08-22T01:58:00Z',
      waitSeconds: 60,
      operationId: '0e0e0e0e-0000-4000-8000-000000000001',
    },
  });
});

describe('a backup in doubt', () => {
  const { repeat } = backUpNow;
  if (repeat === 'safe') throw new Error('A backup must look before it is sent again.');
  const attempts = {
    attemptIds: ['5a1d1c50-0000-4000-8000-000000000001'],
    firstClaimAt: '2026-08-22T02:00:00Z',
    lastSendBy: '2026-08-22T02:01:00Z',
    joinForeign: true,
  };
  const running = {
    name: '0d0d0d0d-0000-4000-8000-000000000001',
    properties: {
      ...{
        operation: 'Backup',
        status: 'InProgress',
        startTime: '2026-08-22T01:50:00.000Z',
        activityId: 'other',
      },
      ...{ entityFriendlyName: 'docs', storageAccountName: 'papers01' },
    },
  };

  test('looks in the list of the jobs of its kind that started since, whatever their status', () => {
    expect(repeat.describeLook(order, { ...attempts, joinForeign: false })).toMatchObject({
      method: 'GET',
      path: `${vaultId}/backupJobs`,
      query: {
        $filter:
          "startTime eq '2026-08-22 01:00:00 AM' and endTime eq '2026-08-23 02:01:00 AM' and backupManagementType eq 'AzureStorage'",
      },
    });
  });

  test('looks for the running backup of somebody else in the list of all jobs of its kind', () => {
    expect(repeat.describeLook(order, attempts)).toMatchObject({
      method: 'GET',
      path: `${vaultId}/backupJobs`,
      query: { $filter: "backupManagementType eq 'AzureStorage'" },
    });
  });

  test('joins the running backup of somebody else, and the handle says so', () => {
    const effect = repeat.findEarlier(list(running), order, attempts);
    expect(effect).toMatchObject({
      kind: 'foreign',
      result: {
        joined: true,
        jobId: '0d0d0d0d-0000-4000-8000-000000000001',
        sentAt: '2026-08-22T01:50:00.000Z',
      },
    });
    expect(effect).not.toHaveProperty('result.operationId');
  });

  test('adopts its own job without saying that it joined', () => {
    const own = { ...running, properties: { ...running.properties, activityId: attempts.attemptIds[0] } };
    const effect = repeat.findEarlier(list(own), order, attempts);
    expect(effect.kind).toBe('ours');
    expect(effect).not.toHaveProperty('result.joined');
  });

  test('of an adopted job that shows no start, the first attempt is the time it was sent', () => {
    const { startTime: _none, ...properties } = running.properties;
    const own = { ...running, properties: { ...properties, activityId: attempts.attemptIds[0] } };
    expect(repeat.findEarlier(list(own), order, attempts)).toMatchObject({
      result: { sentAt: '2026-08-22T02:00:00Z' },
    });
  });
});

describe('the operation of a backup', () => {
  const status = (differs: object) => reply({ id: 'o', name: 'o', status: 'Succeeded', ...differs });
  const read = (differs: object) => readItemOperation(status(differs), 60);
  const named = (jobId: string) => ({ properties: { objectType: 'OperationStatusJobExtendedInfo', jobId } });

  test('names its job as a GUID', () => {
    expect(read(named('0d0d0d0d-0000-4000-8000-000000000001'))).toEqual({
      kind: 'done',
      result: { jobId: '0d0d0d0d-0000-4000-8000-000000000001' },
    });
  });

  test('may name it as an ARM id, or in a list', () => {
    expect(read(named(`${vaultId}/backupJobs/0d0d/`))).toMatchObject({ result: { jobId: '0d0d' } });
    expect(read({ properties: { jobIds: ['0c0c', '0d0d'] } })).toMatchObject({ result: { jobId: '0c0c' } });
  });

  test('that succeeded may name none', () => {
    expect(read({})).toEqual({ kind: 'done', result: { jobId: null } });
    expect(readItemOperation({ status: 204, headers: {}, body: undefined }, 60)).toMatchObject({
      kind: 'done',
    });
  });

  test.each(['InProgress', 'Inprogress', 'Accepted', 'Invalid'])('with the word %s is running', (word) => {
    expect(read({ status: word })).toEqual({ kind: 'waiting', waitSeconds: 60 });
  });

  test.each(['Failed', 'failed', 'Canceled'])(
    'with the word %s is refused, in the words of the service',
    (word) => {
      const error = { code: 'UserErrorStorageAccountIsLocked', message: 'A lock forbids it.' };
      expect(read({ status: word, error })).toMatchObject({ kind: 'refused', failure: error });
    },
  );

  test('that succeeded beside an error counts only when it names a job', () => {
    const error = { code: 'CloudInternalError', message: 'Something.' };
    expect(read({ error }).kind).toBe('refused');
    expect(read({ error, ...named('0d0d') })).toMatchObject({ kind: 'done', result: { jobId: '0d0d' } });
  });

  test('is followed by the URL of the step that started it, and by the unsigned path without it', () => {
    const handle: BackupHandle = {
      service: 'recoveryServices',
      vaultId,
      itemId: shareItem,
      kind: 'fileShare',
      expiresAt: '2026-09-21T02:00:00.000Z',
      stepId: '02',
      attemptId: '5a1d1c50-0000-4000-8000-000000000001',
      sentAt: '2026-08-22T01:58:00Z',
      waitSeconds: 60,
      operationId: '0e0e',
    };
    expect(followBackupOperation.followsStep?.(handle)).toBe('02');
    expect(followBackupOperation.describe(handle).path).toBe(`${vaultId}/backupOperations/0e0e`);
  });
});

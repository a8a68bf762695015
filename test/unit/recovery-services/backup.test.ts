import { describe, expect, test } from 'vitest';
import {
  backUpNow,
  followBackupOperation,
  followSecondsOf,
  watchedBackup,
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
    isSettled: true,
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

  test('of a database is looked for by its type: a log backup is no full one', () => {
    const database: BackupOrder = {
      itemId: itemId('VMAppContainer;c;g;sql1', 'SQLDataBase;mssqlserver;docs'),
      ...{ kind: 'workload', friendlyName: 'docs', serverName: 'sql1', hasNamesake: false },
    };
    const job = (operation: string) => ({
      ...running,
      properties: { operation, status: 'InProgress', entityFriendlyName: 'docs [sql1]' },
    });
    expect(repeat.findEarlier(list(job('Backup (Log)')), database, attempts).kind).toBe('absent');
    expect(repeat.findEarlier(list(job('Backup (Full)')), database, attempts)).toMatchObject({
      kind: 'foreign',
      result: { backupType: 'Full', stepId: '', attemptId: '', waitSeconds: 60 },
    });
  });

  test('of an adopted job the expiry is counted from the last sending', () => {
    const own = { ...running, properties: { ...running.properties, activityId: attempts.attemptIds[0] } };
    const lastClaimAt = '2026-08-22T03:00:00.000Z';
    expect(
      repeat.findEarlier(list(own), { ...order, keepFor: 'P1D' }, { ...attempts, lastClaimAt }),
    ).toMatchObject({ result: { expiresAt: '2026-08-23T03:00:00.000Z', attemptId: attempts.attemptIds[0] } });
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

  test.each(['Failed', 'Cancelled'])('that ended %s without a reason is refused all the same', (word) => {
    expect(read({ status: word, ...named('0d0d') })).toEqual({
      kind: 'refused',
      failure: { code: 'OperationFailed', message: `The operation ended ${word} without a reason.` },
    });
  });

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
    expect(followBackupOperation.read(reply({ status: 'InProgress' }), handle, context)).toEqual({
      kind: 'waiting',
      waitSeconds: 60,
    });
    expect(followBackupOperation.describe(handle).path).toBe(`${vaultId}/backupOperations/0e0e`);
  });
});

describe('the expiry of a backup that is kept for a time', () => {
  const kept = { ...order, keepFor: 'P10D' };

  test('is counted from the sending, not from the asking', () => {
    const attempt = { claimedAt: '2026-08-22T23:00:00.000Z' } as Parameters<typeof backUpNow.describe>[1];
    expect(backUpNow.describe(kept, attempt).body).toMatchObject({
      properties: { recoveryPointExpiryTimeInUTC: '2026-09-01T23:00:00.000Z' },
    });
    expect(
      backUpNow.read(reply({}), kept, { ...context, claimedAt: '2026-08-22T23:00:00.000Z' }),
    ).toMatchObject({
      result: { expiresAt: '2026-09-01T23:00:00.000Z' },
    });
  });

  test('is the one asked for as long as nothing is sent; none is sent where none is known', () => {
    expect(backUpNow.describe(kept).body).toMatchObject({
      properties: { recoveryPointExpiryTimeInUTC: '2026-09-21T02:00:00.000Z' },
    });
    const { expiresAt: _none, ...without } = order;
    expect(backUpNow.describe(without).body).toEqual({
      properties: { objectType: 'AzureFileShareBackupRequest' },
    });
    expect(backUpNow.read(reply({}), without, context)).not.toHaveProperty('result.expiresAt');
  });
});

describe('what the tracker is told of a backup', () => {
  const handle: BackupHandle = {
    service: 'recoveryServices',
    ...{
      vaultId,
      itemId: shareItem,
      kind: 'workload',
      stepId: '02',
      attemptId: 'a',
      sentAt: 's',
      waitSeconds: 45,
    },
  };
  const told = {
    service: 'recoveryServices',
    vaultId,
    itemId: shareItem,
    kind: 'workload',
    attemptId: 'a',
    sentAt: 's',
  };

  test('is what its job is known by; without an operation the job is found by its item', () => {
    expect(watchedBackup(handle)).toEqual({ ...told, waitSeconds: 45, byItem: true });
    expect(watchedBackup({ ...handle, operationId: 'o' })).toEqual({ ...told, waitSeconds: 45 });
  });

  test('is everything that tells it from others', () => {
    const more: Partial<BackupHandle> = {
      ...{ friendlyName: 'orders', serverName: 'sql1', hasNamesake: false, backupType: 'Log', jobId: 'j' },
      joined: true,
      operation: 'Restore',
      otherSentBy: 'before',
    };
    expect(watchedBackup({ ...handle, ...more, operationId: 'o' })).toEqual({
      ...{ ...told, waitSeconds: 45 },
      ...more,
    });
  });

  test('lasts six hours for a share, a day for all else', () => {
    expect([followSecondsOf({ kind: 'fileShare' }), followSecondsOf({ kind: 'virtualMachine' })]).toEqual([
      21_600, 86_400,
    ]);
    expect(followSecondsOf({ kind: 'workload' })).toBe(86_400);
  });
});

test('the handle of a database names its host, its namesake and its type; who had it before is kept', () => {
  const ofDatabase = { ...order, kind: 'workload', serverName: 'sql1', hasNamesake: true } as const;
  expect(backUpNow.read(reply({}), ofDatabase, { ...context, otherSentBy: 'before' })).toMatchObject({
    result: { serverName: 'sql1', hasNamesake: true, backupType: 'Full', otherSentBy: 'before' },
  });
  expect(backUpNow.read(reply({}), order, context)).not.toHaveProperty('result.backupType');
});

test('an operation that may not be read has not failed: the list of jobs tells', () => {
  const handle = {} as BackupHandle;
  expect(followBackupOperation.readRefusal?.({ code: 'X', message: '' }, 400, handle)).toEqual({
    kind: 'done',
    result: { jobId: null },
  });
  expect(followBackupOperation.readRefusal?.({ code: 'X', message: '' }, 399, handle)).toBeUndefined();
});

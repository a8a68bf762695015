import { describe, expect, test } from 'vitest';
import {
  changeInstance,
  configureProtection,
  instanceName,
  stopProtection,
  syncInstance,
  validateForBackup,
} from '../../../src/data-protection/instanceChanges.ts';
import {
  awaitDeleted,
  deleteInstance,
  findDeletedInstance,
  findDeletedInstancesOf,
  undeleteInstance,
} from '../../../src/data-protection/deletion.ts';
import {
  awaitProtection,
  findInstance,
  findInstanceContent,
  findInstancesBySource,
  findInstancesOf,
  readInstance,
} from '../../../src/data-protection/instances.ts';
import { accountId, context, diskId, instanceId, list, policyId, reply, vaultId } from './replies.ts';

const instance = (state: string, more: object = {}) => ({
  id: instanceId,
  name: 'ledger-1',
  type: 'Microsoft.DataProtection/backupVaults/backupInstances',
  tags: null,
  properties: {
    objectType: 'BackupInstance',
    friendlyName: 'ledger',
    dataSourceInfo: {
      objectType: 'Datasource',
      datasourceType: 'Microsoft.Compute/disks',
      resourceID: diskId.toUpperCase(),
      resourceName: 'ledger',
    },
    dataSourceSetInfo: null,
    policyInfo: { policyId, policyVersion: '', policyParameters: null },
    provisioningState: 'Succeeded',
    protectionStatus: { status: state },
    currentProtectionState: state,
    protectionErrorDetails: null,
    ...more,
  },
});

describe('an instance', () => {
  test('is read with its state, policy and datasource', () => {
    expect(readInstance(instance('ProtectionConfigured'))).toEqual({
      id: instanceId,
      name: 'ledger-1',
      state: 'ProtectionConfigured',
      policyId,
      datasourceId: diskId.toUpperCase(),
      datasourceType: 'Microsoft.Compute/disks',
      friendlyName: 'ledger',
    });
  });

  test('in error says why: the innermost reason beside the code', () => {
    const protectionErrorDetails = {
      code: 'UserErrorMissingRequiredPermissions',
      message: 'Appropriate permissions are missing.',
      recommendedAction: [],
      innerError: { additionalInfo: { DetailedNonLocalisedMessage: 'Reader on the snapshot group.' } },
      isRetryable: false,
      isUserError: false,
      properties: { ActivityId: 'activity-7' },
    };
    expect(readInstance(instance('ProtectionError', { protectionErrorDetails })).failure).toMatchObject({
      code: 'UserErrorMissingRequiredPermissions',
      message: 'Appropriate permissions are missing. Reader on the snapshot group.',
      class: 'permission',
      correlationId: 'activity-7',
    });
  });

  test('older answers keep the reason in protectionStatus', () => {
    const protectionStatus = { status: 'ProtectionError', errorDetails: { code: 'X', message: 'm' } };
    expect(readInstance(instance('ProtectionError', { protectionStatus })).failure?.code).toBe('X');
  });

  test.each([null, undefined, {}, { properties: null }, 'text'])('nothing breaks on %j', (body) => {
    expect(readInstance(body)).toMatchObject({ id: '', state: 'unknown', policyId: '' });
  });

  test('404 and 204 mean that there is none', () => {
    const failure = { code: 'UserErrorGenericResourceNotFound', message: 'No.' };
    expect(findInstance.readRefusal?.(failure, 404, { instanceId })).toEqual({ kind: 'done', result: {} });
    expect(findInstance.read({ status: 204, headers: {}, body: undefined }, { instanceId }, context)).toEqual(
      {
        kind: 'done',
        result: {},
      },
    );
    expect(findInstance.readRefusal?.(failure, 403, { instanceId })).toBeUndefined();
  });

  test('is chosen by its datasource, ids compared without case', () => {
    const other = { ...instance('ProtectionConfigured'), id: 'other' };
    const rows = list(instance('ProtectionConfigured'), {
      ...other,
      properties: { ...other.properties, dataSourceInfo: { resourceID: accountId } },
    });
    const reading = findInstancesOf.read(rows, { vaultId, resourceId: diskId }, context);
    expect(reading).toMatchObject({ kind: 'done', result: [{ id: instanceId }] });
  });
});

describe('an instance on its way', () => {
  test.each(['ConfiguringProtection', 'UpdatingProtection', 'SoftDeleting', 'configuringprotection'])(
    '%s is waited for, a beat at a time',
    (state) => {
      const input = { instanceId, waitSeconds: 30 };
      expect(awaitProtection.read(reply(instance(state)), input, context)).toEqual({
        kind: 'waiting',
        waitSeconds: 30,
        detail: { state },
      });
    },
  );

  test.each([
    'ProtectionConfigured',
    'ProtectionError',
    'ProtectionStopped',
    'BackupsSuspended',
    'BackupSchedulesSuspended',
    'Invalid',
    'SomethingNew',
  ])('%s has settled', (state) => {
    const input = { instanceId, waitSeconds: 30 };
    expect(awaitProtection.read(reply(instance(state)), input, context)).toMatchObject({
      kind: 'done',
      result: { state },
    });
  });
});

describe('a new instance', () => {
  test('has the same name for the same vault and resource, however they are written', () => {
    const name = instanceName(vaultId, diskId, 'ledger');
    expect(name).toMatch(/^ledger-ledger-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(
      instanceName(vaultId.toUpperCase(), diskId.replace('resourceGroups', 'resourcegroups'), 'ledger'),
    ).toBe(name);
    expect(instanceName(vaultId, diskId.replace('/data/', '/other/'), 'ledger')).not.toBe(name);
  });

  const input = {
    vaultId,
    kind: 'disk',
    resourceId: diskId,
    resourceName: 'ledger',
    location: 'westeurope',
    policyId,
  } as const;

  test('is validated by the body without, and put by the body with a wrapper', () => {
    const { body: validation, path } = validateForBackup.describe(input);
    expect(path).toBe(`${vaultId}/validateForBackup`);
    const { body: put } = configureProtection.describe(input);
    expect((validation as { backupInstance: object }).backupInstance).toEqual(
      (put as { properties: object }).properties,
    );
  });

  test('that exists under another name keeps it', () => {
    expect(configureProtection.describe({ ...input, instanceId }).path).toBe(instanceId);
  });

  test('with automatic protection asks for the version that knows it', () => {
    const blobs = { ...input, kind: 'vaultedBlobs', autoProtect: { excludePrefixes: [] } } as const;
    expect(configureProtection.describe(blobs).apiVersion).toBe('2026-03-01');
    expect(configureProtection.describe(input).apiVersion).toBe('2025-07-01');
  });
});

test('actions are posts below the instance; a stop sends no body', () => {
  expect(stopProtection.describe({ instanceId })).toEqual({
    action: 'Microsoft.DataProtection/backupVaults/backupInstances/stopProtection/action',
    method: 'POST',
    path: `${instanceId}/stopProtection`,
    apiVersion: '2025-07-01',
  });
  expect(syncInstance.describe({ instanceId }).body).toEqual({ syncType: 'Default' });
});

describe('a deletion', () => {
  const attempts = {
    attemptIds: ['a'],
    firstClaimAt: '',
    lastSendBy: '',
    joinForeign: false,
    isSettled: true,
  };
  const look = (body: ReturnType<typeof reply>) => {
    if (deleteInstance.repeat === 'safe') throw new Error('A deletion is never safe to repeat.');
    return deleteInstance.repeat.findEarlier(body, { instanceId }, attempts);
  };

  test('in doubt is not repeated once the instance is gone or going', () => {
    expect(look({ status: 404, headers: {}, body: undefined }).kind).toBe('ours');
    expect(look(reply(instance('SoftDeleting'))).kind).toBe('ours');
    expect(look(reply(instance('ProtectionConfigured'))).kind).toBe('absent');
  });

  test('has ended when the instance is no longer there', () => {
    const input = { instanceId, waitSeconds: 30 };
    expect(awaitDeleted.read(reply(instance('SoftDeleting')), input, context).kind).toBe('waiting');
    expect(awaitDeleted.readRefusal?.({ code: '', message: '' }, 404, input)?.kind).toBe('done');
  });

  test('leaves what soft delete keeps, with the day it is purged', () => {
    const deletionInfo = { scheduledPurgeTime: '2026-09-05T02:00:00.1234567Z', deleteActivityID: 'x' };
    const body = { ...instance('SoftDeleted', { deletionInfo }), id: 'elsewhere' };
    const found = { id: instanceId, name: 'ledger-1', keptUntil: '2026-09-05T02:00:00.123Z' };
    expect(findDeletedInstance.read(reply(body), { instanceId }, context)).toEqual({
      kind: 'done',
      result: { found },
    });
    expect(findDeletedInstance.describe({ instanceId }).path).toBe(
      `${vaultId}/deletedBackupInstances/ledger-1`,
    );
    expect(findDeletedInstancesOf.read(list(body), { vaultId, resourceId: diskId }, context)).toEqual({
      kind: 'done',
      result: [found],
    });
  });
});

describe('what may be written of an instance', () => {
  test('is all that it has, but for what the service alone sets', () => {
    const body = instance('ProtectionConfigured', { validationType: 'ShallowValidation', empty: null });
    const reading = findInstanceContent.read(reply(body), { instanceId }, context);
    expect(reading).toMatchObject({ kind: 'done', result: { found: { id: instanceId } } });
    const { found } = (reading as { result: { found: { properties: object } } }).result;
    expect(Object.keys(found.properties).sort()).toEqual([
      'dataSourceInfo',
      'friendlyName',
      'objectType',
      'policyInfo',
      'validationType',
    ]);
  });

  test('is nothing where there is none', () => {
    const none = { kind: 'done', result: {} };
    const failure = { code: 'X', message: '' };
    expect(
      findInstanceContent.read({ status: 204, headers: {}, body: undefined }, { instanceId }, context),
    ).toEqual(none);
    expect(findInstanceContent.readRefusal?.(failure, 404, { instanceId })).toEqual(none);
    expect(findInstanceContent.readRefusal?.(failure, 500, { instanceId })).toBeUndefined();
  });
});

test('instances of a resource are found in any vault; what is not there has none, and a refusal is one', () => {
  const rows = list(instance('ProtectionConfigured'), { ...instance('ProtectionStopped'), id: 'other' });
  expect(findInstancesBySource.read(rows, { resourceId: diskId }, context)).toMatchObject({
    kind: 'done',
    result: [{ id: instanceId }, { id: 'other' }],
  });
  const failure = { code: 'X', message: '' };
  expect(findInstancesBySource.readRefusal?.(failure, 404, { resourceId: diskId })).toEqual({
    kind: 'done',
    result: [],
  });
  expect(findInstancesBySource.readRefusal?.(failure, 403, { resourceId: diskId })).toBeUndefined();
});

describe('a deletion, told exactly', () => {
  const input = { instanceId, waitSeconds: 45 };
  const gone = { kind: 'done', result: { deleted: true } };
  const failure = { code: 'X', message: '' };

  test('has ended where the instance is gone or soft-deleted, and is waited for else', () => {
    expect(awaitDeleted.read({ status: 204, headers: {}, body: undefined }, input, context)).toEqual(gone);
    expect(awaitDeleted.read(reply(instance('softdeleted')), input, context)).toEqual(gone);
    expect(awaitDeleted.read(reply(instance('ProtectionConfigured')), input, context)).toEqual({
      kind: 'waiting',
      waitSeconds: 45,
      detail: { state: 'ProtectionConfigured' },
    });
    expect(awaitDeleted.readRefusal?.(failure, 404, input)).toEqual(gone);
    expect(awaitDeleted.readRefusal?.(failure, 403, input)).toBeUndefined();
  });

  test('of what is not there is done; a refusal is one', () => {
    expect(deleteInstance.read(reply({}), { instanceId }, context)).toEqual(gone);
    expect(deleteInstance.readRefusal?.(failure, 404, { instanceId })).toEqual(gone);
    expect(deleteInstance.readRefusal?.(failure, 409, { instanceId })).toBeUndefined();
  });

  test('leaves nothing to find where soft delete is off', () => {
    expect(
      findDeletedInstance.read({ status: 204, headers: {}, body: undefined }, { instanceId }, context),
    ).toEqual({
      kind: 'done',
      result: {},
    });
    expect(findDeletedInstance.readRefusal?.(failure, 404, { instanceId })).toEqual({
      kind: 'done',
      result: {},
    });
    expect(findDeletedInstance.readRefusal?.(failure, 403, { instanceId })).toBeUndefined();
  });

  test('of a resource leaves what was its own, each instance', () => {
    const other = instance('SoftDeleted');
    const rows = list(
      { ...instance('SoftDeleted'), name: 'one' },
      { ...other, properties: { ...other.properties, dataSourceInfo: { resourceID: accountId } } },
      { ...instance('SoftDeleted'), name: 'two' },
    );
    expect(findDeletedInstancesOf.read(rows, { vaultId, resourceId: diskId }, context)).toEqual({
      kind: 'done',
      result: ['one', 'two'].map((name) => ({ id: `${vaultId}/backupInstances/${name}`, name })),
    });
  });
});

test('what acts on an instance tells which, and holds it', () => {
  const done = { kind: 'done', result: { instanceId } };
  const change = { instanceId, properties: {} };
  expect(stopProtection.read(reply({}), { instanceId }, context)).toEqual(done);
  expect(undeleteInstance.read(reply({}), { instanceId }, context)).toEqual(done);
  expect(changeInstance.read(reply({}), change, context)).toEqual(done);
  expect([stopProtection.itemOf?.({ instanceId }), undeleteInstance.itemOf?.({ instanceId })]).toEqual([
    instanceId,
    instanceId,
  ]);
  expect(stopProtection.describe({ instanceId })).not.toHaveProperty('body');
});

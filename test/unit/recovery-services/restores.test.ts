import { describe, expect, test } from 'vitest';
import type { ShareRestoreOrder } from '../../../src/recovery-services/restoreRequests.ts';
import { chooseItemPoint, readRestoreCounts, restoreShare } from '../../../src/recovery-services/restores.ts';

const group = '/subscriptions/88888888-0000-4000-8000-000000000000/resourceGroups/rg';
const vaultId = `${group}/providers/Microsoft.RecoveryServices/vaults/vault`;
const itemId = `${vaultId}/backupFabrics/Azure/protectionContainers/StorageContainer;storage;rg;source/protectedItems/AzureFileShare;ba87`;
const account = (name: string) => `${group}/providers/Microsoft.Storage/storageAccounts/${name}`;
const context = {
  now: new Date('2025-05-28T10:55:00Z'),
  ...{ attemptId: 'd5ed7b7f-3bb1-11f0-89b8-cc15311bf11f', waitSeconds: 30, stepId: '07' },
  ...{ sentAt: '2025-05-28T10:52:30.000Z', firstAt: '2025-05-28T10:52:30.000Z' },
};
const reply = (body: object) => ({ status: 200, headers: {}, body: body as never });

test('the restore of a share into another is asked for as azure-cli was recorded in 2025', () => {
  const call = restoreShare.describe({
    ...{
      itemId,
      kind: 'fileShare',
      friendlyName: 'documents',
      pointId: `${itemId}/recoveryPoints/673374646651031`,
    },
    sourceAccountId: account('source'),
    targetAccountId: account('target'),
    targetShare: 'restored',
  });
  expect(call).toMatchObject({
    method: 'POST',
    body: {
      properties: {
        objectType: 'AzureFileShareRestoreRequest',
        recoveryType: 'AlternateLocation',
        sourceResourceId: account('source'),
        copyOptions: 'Overwrite',
        restoreRequestType: 'FullShareRestore',
        targetDetails: { name: 'restored', targetResourceId: account('target') },
      },
    },
  });
  expect(call.path).toMatch(/\/recoveryPoints\/673374646651031\/restore$/);
});

test('the counters of a job are read as it was recorded; what it does not say is left out', () => {
  const propertyBag = {
    'Source File Share Name': 'documents',
    'Job Type': 'Recover to an alternate file share',
    RestoreDestination: 'target/restored/',
    'Data Transferred (in MB)': '0',
    'Number Of Restored Files': '2',
    'Number Of Skipped Files': '0',
    'Number Of Failed Files': '0',
  };
  const read = (bag: object) =>
    readRestoreCounts.read(
      reply({ properties: { extendedInfo: { propertyBag: bag } } }),
      { vaultId, jobId: 'c59a41ac-c204-41e8-b2e8-903099a0a4b4' },
      context,
    );
  expect(read(propertyBag)).toEqual({
    kind: 'done',
    result: { restored: 2, skipped: 0, failed: 0, megabytes: 0, destination: 'target/restored/' },
  });
  expect(read({ 'Number Of Restored Files': '' })).toEqual({ kind: 'done', result: {} });
});

test('a tier that is valid holds the point; one that is only promised does not', () => {
  const row = (name: string, time: string, tiers: readonly object[]) => ({
    ...{ id: `${itemId}/recoveryPoints/${name}`, name },
    properties: {
      objectType: 'AzureFileShareRecoveryPoint',
      recoveryPointTime: time,
      recoveryPointTierDetails: tiers,
    },
  });
  const value = [
    row('673374646651031', '2025-05-28T10:50:47Z', [{ type: 'InstantRP', status: 'Valid' }]),
    row('673374646651032', '2025-05-28T10:51:47Z', [
      { type: 'ArchivedRP', status: 'Valid' },
      { type: 'HardenedRP', status: 'Deleted' },
    ]),
  ];
  const wish = {
    ...{ itemId, choose: 'latest' as const, seed: 's' },
    notBefore: '2025-04-28T10:55:00.000Z',
    notAfter: '2025-05-28T10:55:00.000Z',
  } as const;
  expect(chooseItemPoint.read(reply({ value }), wish, context)).toMatchObject({
    result: { chosen: { name: '673374646651031' }, eligible: 1, passedOver: 1 },
  });
});

describe('the restore of a share', () => {
  const order: ShareRestoreOrder = {
    ...{ itemId, friendlyName: 'documents', pointId: `${itemId}/recoveryPoints/673` },
    kind: 'fileShare',
    ...{ sourceAccountId: account('source'), targetAccountId: account('target'), targetShare: 'restored' },
  };
  const handle = {
    ...{ service: 'recoveryServices', operation: 'Restore', vaultId, itemId, kind: 'fileShare' },
    ...{ stepId: '07', attemptId: context.attemptId, sentAt: context.sentAt, waitSeconds: 30 },
    friendlyName: 'documents',
  };
  const { repeat } = restoreShare;
  if (repeat === 'safe') throw new Error('A restore must look first.');
  const attempts = {
    attemptIds: [context.attemptId],
    firstClaimAt: '2025-05-28T10:52:00Z',
    lastSendBy: '2025-05-28T10:53:00Z',
    joinForeign: false,
    isSettled: true,
  };
  const job = (differs: object) => ({
    name: 'j1',
    properties: {
      ...{ operation: 'Restore', status: 'InProgress', startTime: '2025-05-28T10:52:31.5Z' },
      ...{ activityId: 'ffffffff-0000-4000-8000-00000000000f', entityFriendlyName: 'documents' },
      storageAccountName: 'source',
      ...differs,
    },
  });
  const earlier = (rows: readonly object[], differs = {}) =>
    repeat.findEarlier(reply({ value: rows }), order, { ...attempts, ...differs });

  test('that is accepted is followed by its step, attempt and operation', () => {
    expect(restoreShare.read(reply({}), order, context)).toEqual({ kind: 'done', result: handle });
    expect(
      restoreShare.read(reply({}), order, { ...context, operationId: 'o', otherSentBy: 'before' }),
    ).toEqual({ kind: 'done', result: { ...handle, operationId: 'o', otherSentBy: 'before' } });
    expect(restoreShare.itemOf?.(order)).toBe(itemId);
  });

  test('in doubt is the job that it started', () => {
    const started = { ...handle, stepId: '', sentAt: '2025-05-28T10:52:31.500Z', jobId: 'j1' };
    expect(earlier([job({ activityId: context.attemptId })])).toEqual({ kind: 'ours', result: started });
    expect(earlier([job({ activityId: context.attemptId, startTime: '' })])).toEqual({
      kind: 'ours',
      result: { ...started, sentAt: '2025-05-28T10:52:00Z' },
    });
  });

  test('in doubt is never a backup, and never somebody else’s restore', () => {
    expect(earlier([job({ operation: 'Backup' })])).toEqual({ kind: 'absent' });
    expect(earlier([job({})], { joinForeign: true })).toEqual({
      kind: 'unproven',
      failure: {
        code: 'RestoreInProgress',
        message: 'Another restore of the item is running, which this run has not started.',
        advice: 'Ask again when it has ended.',
      },
    });
  });

  test('in doubt is looked for in the jobs of its span, also where another stands in the way', () => {
    const $filter =
      "startTime eq '2025-05-28 09:52:00 AM' and endTime eq '2025-05-29 10:53:00 AM' and backupManagementType eq 'AzureStorage'";
    expect(repeat.describeLook(order, { ...attempts, joinForeign: true })).toMatchObject({
      query: { $filter },
    });
  });
});

test('a point says when it was made and where it lies; a tier that says no status is valid', () => {
  const row = {
    ...{ id: `${itemId}/recoveryPoints/1`, name: '1' },
    properties: {
      objectType: 'AzureFileShareRecoveryPoint',
      recoveryPointTime: '2025-05-28T10:50:47Z',
      recoveryPointTierDetails: [{ type: 'HardenedRP' }, { type: 'InstantRP', status: 'valid' }],
    },
  };
  const wish = {
    ...{ itemId, choose: 'latest' as const, seed: 's' },
    ...{ notBefore: '2025-04-28T10:55:00.000Z', notAfter: '2025-05-28T10:55:00.000Z' },
  };
  expect(chooseItemPoint.read(reply({ value: [row] }), wish, context)).toMatchObject({
    result: { chosen: { id: `${itemId}/recoveryPoints/1`, name: '1', at: '2025-05-28T10:50:47.000Z' } },
  });
});

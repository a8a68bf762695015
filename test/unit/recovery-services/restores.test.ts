import { expect, test } from 'vitest';
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

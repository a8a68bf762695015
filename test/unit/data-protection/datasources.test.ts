import { expect, test } from 'vitest';
import { containerParameters, describeInstance } from '../../../src/data-protection/datasources.ts';
import { accountId, diskId, policyId, snapshotResourceGroupId, vaultId } from './replies.ts';

const disk = {
  vaultId,
  kind: 'disk',
  resourceId: diskId,
  resourceName: 'ledger',
  location: 'westeurope',
  policyId,
  snapshotResourceGroupId,
} as const;
const account = { ...disk, resourceId: accountId, resourceName: 'papers01' };
const blobService = (objectType: string) => ({
  objectType,
  datasourceType: 'Microsoft.Storage/storageAccounts/blobServices',
  resourceID: accountId,
  resourceName: 'papers01',
  resourceType: 'Microsoft.Storage/storageAccounts',
  resourceUri: accountId,
  resourceLocation: 'westeurope',
});

test('a disk names its snapshot group and no set', () => {
  expect(describeInstance(disk)).toEqual({
    objectType: 'BackupInstance',
    friendlyName: 'ledger',
    dataSourceInfo: {
      objectType: 'Datasource',
      datasourceType: 'Microsoft.Compute/disks',
      resourceID: diskId,
      resourceName: 'ledger',
      resourceType: 'Microsoft.Compute/disks',
      resourceUri: diskId,
      resourceLocation: 'westeurope',
    },
    policyInfo: {
      policyId,
      policyParameters: {
        dataStoreParametersList: [
          {
            objectType: 'AzureOperationalStoreParameters',
            dataStoreType: 'OperationalStore',
            resourceGroupId: snapshotResourceGroupId,
          },
        ],
      },
    },
  });
});

test('operational blobs name the account and nothing of its containers', () => {
  expect(describeInstance({ ...account, kind: 'operationalBlobs' })).toEqual({
    objectType: 'BackupInstance',
    friendlyName: 'papers01',
    dataSourceInfo: blobService('Datasource'),
    policyInfo: { policyId },
  });
});

test('vaulted blobs name the account as their set, too, and every container', () => {
  const body = describeInstance({ ...account, kind: 'vaultedBlobs', containers: ['a-1', 'a-2'] });
  expect(body).toEqual({
    objectType: 'BackupInstance',
    friendlyName: 'papers01',
    dataSourceInfo: blobService('Datasource'),
    dataSourceSetInfo: blobService('DatasourceSet'),
    policyInfo: {
      policyId,
      policyParameters: {
        backupDatasourceParametersList: [
          { objectType: 'BlobBackupDatasourceParameters', containersList: ['a-1', 'a-2'] },
        ],
      },
    },
  });
});

test('automatic protection names what it leaves out, instead of containers', () => {
  const body = describeInstance({
    ...account,
    kind: 'vaultedBlobs',
    autoProtect: { excludePrefixes: ['tmp'] },
  });
  expect(body).toMatchObject({
    policyInfo: {
      policyParameters: {
        backupDatasourceParametersList: [
          {
            objectType: 'BlobBackupDatasourceParametersForAutoProtection',
            autoProtectionSettings: {
              enabled: true,
              rules: [{ mode: 'Exclude', type: 'Prefix', pattern: 'tmp' }],
            },
          },
        ],
      },
    },
  });
});

test('each prefix that is left out is a rule of its own, in the service’s words', () => {
  const [first, second] = ['tmp', 'log'].map((pattern) => ({
    ...{ objectType: 'BlobBackupAutoProtectionRule', mode: 'Exclude', type: 'Prefix', pattern },
  }));
  expect(containerParameters({ autoProtect: { excludePrefixes: ['tmp', 'log'] } })).toEqual({
    objectType: 'BlobBackupDatasourceParametersForAutoProtection',
    autoProtectionSettings: {
      objectType: 'BlobBackupRuleBasedAutoProtectionSettings',
      enabled: true,
      rules: [first, second],
    },
  });
});

test('an identity that was given to the vault is said, the vault’s own is not', () => {
  const userAssignedIdentityId = '/subscriptions/1/identities/i';
  expect(describeInstance({ ...disk, userAssignedIdentityId })['identityDetails']).toEqual({
    useSystemAssignedIdentity: false,
    userAssignedIdentityArmUrl: userAssignedIdentityId,
  });
  expect(describeInstance(disk)).not.toHaveProperty('identityDetails');
});

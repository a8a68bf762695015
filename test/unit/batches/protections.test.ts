import { describe, expect, test } from 'vitest';
import { protectionRequest } from '../../../src/batches/protectionRequest.ts';
import type { Rule } from '../../../src/plan/schema.ts';
import type { Candidate } from '../../../src/plan/select.ts';
import {
  accountId,
  diskId,
  disksVaultId,
  filesVaultId,
  snapshotsId,
  subscriptionId,
} from '../../support/planWorld.ts';

const share = `${accountId('papers01')}/fileServices/default/shares/docs`;
const candidate = (kind: Candidate['kind'], id: string, name: string): Candidate => ({
  ...{ kind, id, name, subscriptionId, resourceGroup: 'apps', region: 'westeurope', tags: {} },
});
const asked = (one: Candidate, vaultId: string, protect: object = {}) => {
  const rule = { name: 'r', protect } as unknown as Rule;
  return protectionRequest(one, { rule, vaultId, policyId: 'p' });
};
const everything = {
  ...{
    containers: { pattern: 'a*' },
    autoProtect: { excludePrefixes: ['tmp'] },
    grantRoles: true,
    identity: 'systemAssigned',
  },
  ...{
    snapshotResourceGroup: snapshotsId,
    lockStorageAccount: true,
    accessType: 'identity',
    backUpAfterwards: true,
  },
};

describe('what a rule says of protecting', () => {
  test.each([
    [
      'a share',
      candidate('fileShare', share, 'docs'),
      { kind: 'fileShare', vaultId: filesVaultId, storageAccountId: accountId('papers01'), share: 'docs' },
    ],
    [
      'a machine',
      candidate('virtualMachine', diskId('vm'), 'vm'),
      { kind: 'virtualMachine', vaultId: filesVaultId, virtualMachineId: diskId('vm') },
    ],
    ['a database', candidate('workload', '/item', 'orders'), { id: '/item' }],
    [
      'a disk',
      candidate('disk', diskId('data'), 'data'),
      { kind: 'disk', vaultId: filesVaultId, datasourceId: diskId('data') },
    ],
    [
      'blobs',
      candidate('blobs', accountId('papers01'), 'papers01'),
      { kind: 'blobs', vaultId: filesVaultId, datasourceId: accountId('papers01') },
    ],
  ])('%s, by vault and policy alone, asks for no more', (_what, one, target) => {
    expect(Object.entries(asked(one, filesVaultId))).toEqual([
      ['kind', 'protect'],
      ['target', target],
      ['policyId', 'p'],
    ]);
  });

  test('of blobs is said of blobs', () => {
    const { containers, autoProtect } = everything;
    expect(asked(candidate('blobs', accountId('papers01'), 'papers01'), disksVaultId, everything)).toEqual({
      ...{
        kind: 'protect',
        target: { kind: 'blobs', vaultId: disksVaultId, datasourceId: accountId('papers01') },
        policyId: 'p',
      },
      ...{ containers, autoProtect, identity: 'systemAssigned', grantRoles: true, backUpAfterwards: true },
    });
  });

  test('of a disk is said of it, with the group of its snapshots', () => {
    expect(asked(candidate('disk', diskId('data'), 'data'), disksVaultId, everything)).toMatchObject({
      ...{ snapshotResourceGroupId: snapshotsId, grantRoles: true, identity: 'systemAssigned' },
    });
  });

  test('of a share is said of its account', () => {
    const told = (protect: object) =>
      Object.entries(asked(candidate('fileShare', share, 'docs'), filesVaultId, protect)).slice(3);
    expect(told(everything)).toEqual([
      ['lockStorageAccount', true],
      ['identity', 'systemAssigned'],
      ['accessType', 'identity'],
      ['grantRoles', true],
      ['backUpAfterwards', true],
    ]);
    expect(told({ lockStorageAccount: false })).toEqual([['lockStorageAccount', false]]);
    expect(told({ grantRoles: true })).toEqual([]);
    expect(told({ grantRoles: true, accessType: 'keys' })).toEqual([['accessType', 'keys']]);
    expect(told({ grantRoles: true, identity: 'i' })).toEqual([
      ['identity', 'i'],
      ['grantRoles', true],
    ]);
    expect(told({ grantRoles: false, accessType: 'identity' })).toEqual([['accessType', 'identity']]);
  });

  test('of a machine is none of this', () => {
    const request = asked(candidate('virtualMachine', diskId('vm'), 'vm'), filesVaultId, everything);
    expect(Object.keys(request)).toEqual(['kind', 'target', 'policyId', 'backUpAfterwards']);
  });
});

import { describe, expect, test } from 'vitest';
import {
  createDrillGroup,
  createDrillShare,
  findDrillAccount,
  findMachineDisks,
  findShareUsage,
  listDrillDisks,
} from '../../../src/resources/drillPlaces.ts';
import { deleteDrillTarget, findDrillTarget, tagDrillTarget } from '../../../src/resources/drillTargets.ts';
import { queryGraph } from '../../../src/resources/resourceGraph.ts';
import { grantRole, listRolesAt } from '../../../src/resources/roleAssignments.ts';
import {
  findDisk,
  findShareAccount,
  findStorageAccount,
  listContainers,
  listShares,
} from '../../../src/resources/sources.ts';
import {
  accountId,
  context,
  diskId,
  list,
  reply,
  snapshotResourceGroupId as groupId,
} from '../data-protection/replies.ts';

const runId = 'r'.repeat(40);
const shareId = `${accountId}/fileServices/default/shares/docs`;
const containerId = `${accountId}/blobServices/default/containers/docs`;
const machineId = diskId.replace('/disks/', '/virtualMachines/');
const done = (result: unknown) => ({ kind: 'done', result });

describe('the calls of a drill', () => {
  test.each([
    [
      'make a share that carries the run in its metadata',
      createDrillShare.describe({ targetId: shareId, runId }),
      {
        ...{
          action: 'Microsoft.Storage/storageAccounts/fileServices/shares/write',
          method: 'PUT',
          path: shareId,
        },
        ...{
          apiVersion: '2023-05-01',
          body: { properties: { metadata: { azure_backup_automation_drill: runId } } },
        },
      },
    ],
    [
      'make a group that carries the run in its tag',
      createDrillGroup.describe({ targetId: groupId, runId, region: 'westeurope' }),
      {
        ...{ action: 'Microsoft.Resources/subscriptions/resourceGroups/write', method: 'PUT', path: groupId },
        ...{
          apiVersion: '2021-04-01',
          body: { location: 'westeurope', tags: { 'azure-backup-automation-drill': runId } },
        },
      },
    ],
    [
      'read a disk',
      findDrillTarget.describe({ targetId: diskId, runId }),
      { action: 'Microsoft.Compute/disks/read', method: 'GET', path: diskId, apiVersion: '2024-03-02' },
    ],
    [
      'read a group',
      findDrillTarget.describe({ targetId: groupId, runId }),
      {
        action: 'Microsoft.Resources/subscriptions/resourceGroups/read',
        method: 'GET',
        path: groupId,
        apiVersion: '2021-04-01',
      },
    ],
    [
      'tag a disk beside it, and leave its other tags',
      tagDrillTarget.describe({ targetId: diskId, runId }),
      {
        ...{ action: 'Microsoft.Resources/tags/write', method: 'PATCH', apiVersion: '2021-04-01' },
        path: `${diskId}/providers/Microsoft.Resources/tags/default`,
        body: { operation: 'Merge', properties: { tags: { 'azure-backup-automation-drill': runId } } },
      },
    ],
    [
      'mark a container in its metadata',
      tagDrillTarget.describe({ targetId: containerId, runId }),
      {
        ...{
          action: 'Microsoft.Storage/storageAccounts/blobServices/containers/write',
          method: 'PATCH',
          path: containerId,
        },
        ...{
          apiVersion: '2023-05-01',
          body: { properties: { metadata: { azure_backup_automation_drill: runId } } },
        },
      },
    ],
    [
      'delete a disk',
      deleteDrillTarget.describe({ targetId: diskId, runId }),
      { action: 'Microsoft.Compute/disks/delete', method: 'DELETE', path: diskId, apiVersion: '2024-03-02' },
    ],
    [
      'read the account that is restored into',
      findDrillAccount.describe({ accountId }),
      {
        action: 'Microsoft.Storage/storageAccounts/read',
        method: 'GET',
        path: accountId,
        apiVersion: '2023-05-01',
      },
    ],
    [
      'ask how full a share is',
      findShareUsage.describe({ shareId }),
      {
        ...{
          action: 'Microsoft.Storage/storageAccounts/fileServices/shares/read',
          method: 'GET',
          path: shareId,
        },
        ...{ apiVersion: '2023-05-01', query: { $expand: 'stats' } },
      },
    ],
    [
      'read a machine',
      findMachineDisks.describe({ machineId }),
      {
        action: 'Microsoft.Compute/virtualMachines/read',
        method: 'GET',
        path: machineId,
        apiVersion: '2024-07-01',
      },
    ],
    [
      'list the disks of a group',
      listDrillDisks.describe({ groupId }),
      {
        action: 'Microsoft.Compute/disks/read',
        method: 'GET',
        path: `${groupId}/providers/Microsoft.Compute/disks`,
        apiVersion: '2024-03-02',
      },
    ],
    [
      'read a disk that is backed up',
      findDisk.describe({ resourceId: diskId }),
      { action: 'Microsoft.Compute/disks/read', method: 'GET', path: diskId, apiVersion: '2024-03-02' },
    ],
    [
      'read an account whose blobs are backed up',
      findStorageAccount.describe({ resourceId: accountId }),
      {
        action: 'Microsoft.Storage/storageAccounts/read',
        method: 'GET',
        path: accountId,
        apiVersion: '2023-05-01',
      },
    ],
    [
      'list its containers',
      listContainers.describe({ resourceId: accountId }),
      {
        ...{ action: 'Microsoft.Storage/storageAccounts/blobServices/containers/read', method: 'GET' },
        ...{ path: `${accountId}/blobServices/default/containers`, apiVersion: '2023-05-01' },
      },
    ],
    [
      'list its shares',
      listShares.describe({ resourceId: accountId }),
      {
        ...{ action: 'Microsoft.Storage/storageAccounts/fileServices/shares/read', method: 'GET' },
        ...{ path: `${accountId}/fileServices/default/shares`, apiVersion: '2023-05-01' },
      },
    ],
    [
      'list the roles of a principal',
      listRolesAt.describe({ scope: diskId, principalId: 'p' }),
      {
        ...{
          action: 'Microsoft.Authorization/roleAssignments/read',
          method: 'GET',
          apiVersion: '2022-04-01',
        },
        ...{
          path: `${diskId}/providers/Microsoft.Authorization/roleAssignments`,
          query: { $filter: "principalId eq 'p'" },
        },
      },
    ],
    [
      'query the graph',
      queryGraph.describe({ subscriptions: ['s'], query: 'q', top: 5 }),
      {
        ...{ action: 'Microsoft.ResourceGraph/resources/read', method: 'POST', apiVersion: '2022-10-01' },
        path: '/providers/Microsoft.ResourceGraph/resources',
        body: { subscriptions: ['s'], query: 'q', options: { $top: 5, resultFormat: 'objectArray' } },
      },
    ],
  ])('%s', (_what, call, wanted) => {
    expect(call).toEqual(wanted);
  });

  test('that make or delete are told apart by what they are about', () => {
    const target = { targetId: shareId, runId };
    const about = [createDrillShare, tagDrillTarget, deleteDrillTarget].map((step) => step.itemOf?.(target));
    expect(about).toEqual([shareId, shareId, shareId]);
    expect(createDrillGroup.itemOf?.({ targetId: groupId, runId, region: 'x' })).toBe(groupId);
    expect(grantRole.itemOf?.({ scope: diskId, roleId: 'r', principalId: 'p' })).toBe(
      `${diskId}/providers/Microsoft.Authorization/grants/p`,
    );
  });
});

describe('what is not there', () => {
  const failure = { code: 'NotFound', message: 'No.' };
  const refusal = (step: { readonly readRefusal?: unknown }, status: number) =>
    (step.readRefusal as ((failure: object, status: number, input: object) => unknown) | undefined)?.(
      failure,
      status,
      {},
    );

  test.each([
    ['target', findDrillTarget, {}],
    ['account', findDrillAccount, {}],
    ['machine', findMachineDisks, {}],
    ['source', findShareAccount, {}],
    ['share', findShareUsage, {}],
    ['target to delete', deleteDrillTarget, { deleted: true }],
  ])('as a %s is an answer; what may not be read is none', (_what, step, result) => {
    expect(refusal(step, 404)).toEqual(done(result));
    expect(refusal(step, 409)).toBeUndefined();
  });

  test('of a share’s use may not be told either', () => {
    expect(refusal(findShareUsage, 403)).toEqual(done({}));
    expect(refusal(findDrillAccount, 403)).toBeUndefined();
  });
});

describe('an account that is restored into', () => {
  const read = (body: object) => findDrillAccount.read(reply(body as never), { accountId }, context);
  const found = (body: object) => (read(body) as { result: { found: object } }).result.found;
  const firewall = 'its firewall does not let trusted Azure services pass';

  test('is free where nothing speaks against it', () => {
    expect(read({ location: 'West Europe', sku: { name: 'Standard_LRS' }, properties: {} })).toEqual(
      done({ found: { region: 'westeurope', obstacles: [], hasKeys: true, stagingObstacles: [] } }),
    );
    expect(found({})).toEqual({ region: '', obstacles: [], hasKeys: true, stagingObstacles: [] });
  });

  test.each([
    [{ defaultAction: 'Deny' }, [firewall]],
    [{ defaultAction: 'Deny', bypass: 'Logging, Metrics' }, [firewall]],
    [{ defaultAction: 'Deny', bypass: 'Logging, AzureServices' }, []],
    [{ defaultAction: 'Allow' }, []],
  ])('with the firewall %j has the obstacles %j', (networkAcls, obstacles) => {
    expect(found({ properties: { networkAcls } })).toMatchObject({ obstacles, stagingObstacles: obstacles });
  });

  test('that copies in its tenant alone fails', () => {
    expect(found({ properties: { allowedCopyScope: 'AAD' } })).toMatchObject({
      ...{
        obstacles: ['its permitted scope for copy operations is AAD: the service fails with 570035'],
        stagingObstacles: [],
      },
    });
  });

  test('stages no machine without keys or across zones', () => {
    expect(
      found({ sku: { name: 'Standard_ZRS' }, properties: { allowSharedKeyAccess: false } }),
    ).toMatchObject({
      hasKeys: false,
      stagingObstacles: [
        'it is zone-redundant (Standard_ZRS): machines are staged in an account that is not',
        'it allows no shared keys, by which the service stages',
      ],
    });
    expect(found({ properties: { allowSharedKeyAccess: true } })).toMatchObject({
      hasKeys: true,
      stagingObstacles: [],
    });
  });
});

test.each([
  [{ properties: { shareUsageBytes: 1_073_741_824 } }, { gigabytes: 1 }],
  [{ properties: { shareUsageBytes: 1_073_741_825 } }, { gigabytes: 2 }],
  [{ properties: { shareUsageBytes: 0 } }, { gigabytes: 0 }],
  [{ properties: {} }, {}],
])('a share %j is so full: %j', (body, result) => {
  expect(findShareUsage.read(reply(body), { shareId }, context)).toEqual(done(result));
});

test('a machine shows its disks, with their sizes where they are told', () => {
  const storageProfile = {
    osDisk: { name: 'os', diskSizeGB: 127 },
    dataDisks: [
      { lun: 0, name: 'data', diskSizeGB: 64 },
      { lun: 1, name: 'log' },
      { name: 'no place' },
      { lun: 2 },
    ],
  };
  expect(findMachineDisks.read(reply({ properties: { storageProfile } }), { machineId }, context)).toEqual(
    done({
      found: {
        osDisk: { name: 'os', gigabytes: 127 },
        dataDisks: [
          { lun: 0, name: 'data', gigabytes: 64 },
          { lun: 1, name: 'log' },
        ],
      },
    }),
  );
  expect(findMachineDisks.read(reply({}), { machineId }, context)).toEqual(
    done({ found: { dataDisks: [] } }),
  );
});

describe('the disks that came back', () => {
  const read = (...rows: readonly object[]) =>
    listDrillDisks.read(list(...(rows as never[])), { groupId }, context);
  const ready = { provisioningState: 'Succeeded' };

  test('are counted, sized in order, and one of them has an operating system', () => {
    expect(
      read(
        { name: 'a', properties: { ...ready, diskSizeGB: 127, osType: 'Linux' } },
        { name: 'b', properties: { ...ready, diskSizeGB: 8 } },
        { name: 'c', properties: { provisioningState: 'Creating' } },
        { properties: {} },
      ),
    ).toEqual(done({ disks: 4, gigabytes: [8, 127], hasOperatingSystem: true, unready: ['c', ''] }));
    expect(read()).toEqual(done({ disks: 0, gigabytes: [], hasOperatingSystem: false, unready: [] }));
  });

  test('that are not ready are named, ten of them', () => {
    const rows = Array.from({ length: 11 }, (_, at) => ({ name: `disk-${at}` }));
    expect(read(...rows)).toMatchObject({
      result: { disks: 11, unready: Array.from({ length: 10 }, (_, at) => `disk-${at}`) },
    });
  });
});

describe('a target', () => {
  const found = (body: object) =>
    findDrillTarget.read(reply(body as never), { targetId: diskId, runId }, context);

  test('shows whose it is, by tag or metadata in any case, and what of a disk can be checked', () => {
    const properties = {
      ...{ provisioningState: 'Succeeded', diskSizeGB: 64, networkAccessPolicy: 'DenyAll' },
      creationData: { sourceResourceId: '/snapshots/s' },
    };
    expect(found({ tags: { other: 'x', 'Azure-Backup-Automation-Drill': runId }, properties })).toEqual(
      done({
        found: {
          taggedBy: runId,
          provisioningState: 'Succeeded',
          gigabytes: 64,
          madeFrom: '/snapshots/s',
          networkAccess: 'DenyAll',
        },
      }),
    );
    expect(found({ properties: { metadata: { Azure_Backup_Automation_Drill: runId } } })).toEqual(
      done({ found: { taggedBy: runId } }),
    );
    expect(found({ tags: { other: 'x' } })).toEqual(done({ found: { taggedBy: '' } }));
  });

  describe('before it is deleted', () => {
    const { precondition } = deleteDrillTarget;
    const tags = { 'azure-backup-automation-drill': runId };
    const check = (target: object, contents: readonly object[] = [], status = 200) =>
      precondition?.read([{ ...reply(target as never), status }, list(...(contents as never[]))], {
        targetId: groupId,
        runId,
      });
    const refusal = (code: string, message: string) => ({
      kind: 'refused',
      failure: { code, message, class: 'user' },
    });

    test('is read, and of a group all that lies in it', () => {
      expect(precondition?.describe({ targetId: diskId, runId })).toEqual([
        { call: findDrillTarget.describe({ targetId: diskId, runId }) },
      ]);
      expect(precondition?.describe({ targetId: groupId, runId })).toEqual([
        { call: findDrillTarget.describe({ targetId: groupId, runId }) },
        {
          call: {
            ...{ action: 'Microsoft.Resources/subscriptions/resourceGroups/resources/read', method: 'GET' },
            ...{ path: `${groupId}/resources`, apiVersion: '2021-04-01' },
          },
          pages: true,
        },
      ]);
    });

    test('must still carry the run', () => {
      expect(check({ tags, etag: 'W/1' })).toEqual({ kind: 'holds', ifMatch: 'W/1' });
      expect(check({ tags })).toEqual({ kind: 'holds' });
      expect(check({}, [], 404)).toEqual({ kind: 'holds' });
      expect(check({ tags: {} })).toEqual(
        refusal('DrillTargetChanged', `the tag of ${groupId} names no run now`),
      );
      expect(check({ tags: { 'azure-backup-automation-drill': 'x' } })).toEqual(
        refusal('DrillTargetChanged', `the tag of ${groupId} names x now`),
      );
    });

    test('must hold nothing but disks that are attached to nothing', () => {
      const disk = { id: '/d', type: 'microsoft.compute/disks' };
      expect(check({ tags }, [disk])).toEqual({ kind: 'holds' });
      const attached = { ...disk, id: '/attached', managedBy: '/vm' };
      const others = [attached, { id: '/vault', type: 'x' }, { type: 'y' }, { id: '/more', type: 'z' }];
      expect(check({ tags }, [disk, ...others])).toEqual(
        refusal('DrillGroupInUse', 'the group holds what the drill has not made: /attached, /vault, ?'),
      );
    });
  });
});

describe('an account whose shares are backed up', () => {
  test.each([
    [
      { networkAcls: { defaultAction: 'deny' } },
      ["the account's firewall does not let trusted Azure services pass"],
    ],
    [{ networkAcls: { defaultAction: 'Deny', bypass: 'azureservices' } }, []],
    [{ networkAcls: { defaultAction: 'Allow' } }, []],
    [{ allowSharedKeyAccess: false }, ['the account allows no shared keys: ask with accessType "identity"']],
    [{ allowSharedKeyAccess: true }, []],
    [
      { routingPreference: { routingChoice: 'InternetRouting' } },
      ['the account is routed by the internet, not by Microsoft'],
    ],
    [{ routingPreference: { routingChoice: 'MicrosoftRouting' } }, []],
  ])('like %j has the obstacles %j', (properties, obstacles) => {
    expect(findShareAccount.read(reply({ properties }), { resourceId: accountId }, context)).toMatchObject({
      result: { found: { obstacles } },
    });
  });

  test('is read with everything that conditions look at', () => {
    const body = {
      ...{
        id: accountId,
        name: 'papers01',
        location: 'westeurope',
        kind: 'StorageV2',
        managedBy: '/x',
        sku: { name: 'Standard_LRS' },
      },
      properties: { isHnsEnabled: true },
    };
    const wanted = {
      sku: 'Standard_LRS',
      kind: 'StorageV2',
      managedBy: '/x',
      hierarchicalNamespace: true,
      tags: {},
      provisioningState: '',
    };
    expect(findShareAccount.read(reply(body), { resourceId: accountId }, context)).toMatchObject({
      result: { found: wanted },
    });
  });
});

test('every obstacle of an account’s blobs is told', () => {
  const properties = { isHnsEnabled: true, isNfsV3Enabled: true, isSftpEnabled: true };
  const read = (body: object) =>
    findStorageAccount.read(reply(body as never), { resourceId: accountId }, context);
  expect(read({ kind: 'FileStorage', properties })).toMatchObject({
    result: {
      found: {
        obstacles: [
          'the account has a hierarchical namespace (Data Lake): blob backup does not support it',
          'the account has NFS 3.0 enabled',
          'the account has SFTP enabled',
          "the account's kind is FileStorage; blob backup needs general-purpose v2",
        ],
      },
    },
  });
  expect(read({ kind: 'StorageV2' })).toMatchObject({ result: { found: { obstacles: [] } } });
  expect(read({})).toMatchObject({ result: { found: { obstacles: [] } } });
});

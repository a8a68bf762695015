import { describe, expect, test } from 'vitest';
import { queryGraph } from '../../../src/resources/resourceGraph.ts';
import { grantRole, listRolesAt, roleAssignmentName } from '../../../src/resources/roleAssignments.ts';
import { findDisk, findStorageAccount, listContainers } from '../../../src/resources/sources.ts';
import {
  accountId,
  context,
  diskId,
  list,
  reply,
  snapshotResourceGroupId,
} from '../data-protection/replies.ts';

const subscription = '/subscriptions/11111111-2222-4333-8444-555555555555';
const principalId = '99999999-1111-4222-8333-444444444444';
const roleId = '3e5e47e6-65f7-47ef-90b5-e5dd4d455f24';

describe('a source', () => {
  test('is read with tags, region and state', () => {
    const body = {
      id: diskId,
      name: 'ledger',
      location: 'westeurope',
      tags: { backup: 'daily', owner: 7, empty: '' },
      properties: { provisioningState: 'Succeeded', diskState: 'Attached' },
    };
    expect(findDisk.read(reply(body), { resourceId: diskId }, context)).toEqual({
      kind: 'done',
      result: {
        found: {
          id: diskId,
          name: 'ledger',
          location: 'westeurope',
          tags: { backup: 'daily', owner: '7', empty: '' },
          provisioningState: 'Succeeded',
          obstacles: [],
          sku: '',
          kind: '',
          managedBy: '',
          hierarchicalNamespace: false,
        },
      },
    });
  });

  test('that is not there is a value, one that may not be read a refusal', () => {
    const failure = { code: 'ResourceNotFound', message: 'No.' };
    expect(findDisk.readRefusal?.(failure, 404, { resourceId: diskId })).toEqual({
      kind: 'done',
      result: {},
    });
    expect(findDisk.readRefusal?.(failure, 403, { resourceId: diskId })).toBeUndefined();
  });

  test.each([
    [{ kind: 'StorageV2', properties: { isHnsEnabled: true } }, 'hierarchical namespace'],
    [{ kind: 'StorageV2', properties: { isNfsV3Enabled: true } }, 'NFS 3.0'],
    [{ kind: 'StorageV2', properties: { isSftpEnabled: true } }, 'SFTP'],
    [{ kind: 'BlobStorage', properties: {} }, 'general-purpose v2'],
  ])('an account like %j is not eligible: %s', (body, why) => {
    const reading = findStorageAccount.read(reply(body), { resourceId: accountId }, context);
    expect(JSON.stringify(reading)).toContain(why);
  });

  test('an encrypted disk is not eligible', () => {
    const body = { properties: { encryptionSettingsCollection: { enabled: true } } };
    const reading = findDisk.read(reply(body), { resourceId: diskId }, context);
    expect(reading).toMatchObject({
      result: { found: { obstacles: [expect.stringContaining('Encryption')] } },
    });
  });

  test('names of containers come from every row that has one', () => {
    const rows = list({ name: 'invoices' }, { name: '' }, {}, { name: 'letters' });
    expect(listContainers.read(rows, { resourceId: accountId }, context)).toEqual({
      kind: 'done',
      result: ['invoices', 'letters'],
    });
  });
});

describe('a role', () => {
  const grant = { scope: diskId, roleId, principalId };

  test('is granted under a name made of its triple, whatever the case of the scope', () => {
    expect(roleAssignmentName({ ...grant, scope: diskId.toLowerCase() })).toBe(roleAssignmentName(grant));
    expect(roleAssignmentName({ ...grant, scope: accountId })).not.toBe(roleAssignmentName(grant));
    expect(grantRole.describe(grant).path).toBe(
      `${diskId}/providers/Microsoft.Authorization/roleAssignments/${roleAssignmentName(grant)}`,
    );
  });

  test('is defined in the subscription of its scope, for a service principal', () => {
    expect(grantRole.describe(grant).body).toEqual({
      properties: {
        roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`,
        principalId,
        principalType: 'ServicePrincipal',
      },
    });
  });

  test('that exists under another name counts as granted', () => {
    const failure = { code: 'RoleAssignmentExists', message: 'Already.' };
    expect(grantRole.readRefusal?.(failure, 409, grant)).toEqual({ kind: 'done', result: { granted: true } });
    expect(grantRole.readRefusal?.({ code: 'AuthorizationFailed', message: '' }, 403, grant)).toBeUndefined();
  });

  const held = (scope: string, more: object = {}) => ({
    properties: {
      scope,
      principalId: principalId.toUpperCase(),
      roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`,
      ...more,
    },
  });
  const rolesAt = (...rows: object[]) =>
    listRolesAt.read(reply({ value: rows as never }), { scope: diskId, principalId }, context);

  test.each([
    ['at the scope', diskId],
    ['at its group', diskId.split('/providers/')[0] ?? ''],
    ['at its subscription', subscription.toUpperCase()],
    ['at the root', '/'],
  ])('held %s counts', (_, scope) => {
    expect(rolesAt(held(scope))).toEqual({ kind: 'done', result: [roleId] });
  });

  test.each([
    ['at another group', snapshotResourceGroupId],
    ['at a group whose name begins alike', (diskId.split('/providers/')[0] ?? '').slice(0, -1)],
    ['below the scope', `${diskId}/children/x`],
    ['nowhere', ''],
  ])('held %s does not', (_, scope) => {
    expect(rolesAt(held(scope))).toEqual({ kind: 'done', result: [] });
  });

  test('of somebody else does not count', () => {
    expect(rolesAt(held(diskId, { principalId: 'other' }))).toEqual({ kind: 'done', result: [] });
  });
});

test('a page of the graph has rows, the way to the next, and a total', () => {
  const query = { subscriptions: ['s'], query: 'resources', top: 1000 };
  const page = { totalRecords: 2, data: [{ id: 'a' }, 'odd', { id: 'b' }], $skipToken: 'next' };
  expect(queryGraph.read(reply(page), query, context)).toEqual({
    kind: 'done',
    result: { rows: [{ id: 'a' }, { id: 'b' }], skipToken: 'next', total: 2 },
  });
  expect(queryGraph.read(reply({ data: [] }), query, context)).toEqual({
    kind: 'done',
    result: { rows: [], total: 0 },
  });
  expect(queryGraph.describe({ ...query, skipToken: 'next' }).body).toMatchObject({
    options: { $top: 1000, $skipToken: 'next', resultFormat: 'objectArray' },
  });
});

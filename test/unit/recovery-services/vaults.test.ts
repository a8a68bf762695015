import { describe, expect, test } from 'vitest';
import { readBackupStatus, readPolicy, readVault } from '../../../src/recovery-services/vaults.ts';
import { context, reply, storageAccountId, vaultId } from './replies.ts';

const question = { resourceId: storageAccountId, region: 'westeurope', share: 'docs' };

test.each(['westeurope', 'West Europe'])('a vault in %s lies in the region westeurope', (location) => {
  expect(readVault.read(reply({ location }), { vaultId }, context)).toEqual({
    kind: 'done',
    result: { region: 'westeurope' },
  });
});

test.each([
  ['vault', readVault.readRefusal?.({ code: 'ResourceNotFound', message: '' }, 404, { vaultId })],
  [
    'policy',
    readPolicy.readRefusal?.({ code: 'X', message: '' }, 404, { policyId: `${vaultId}/backupPolicies/a` }),
  ],
])('a %s that is not there is an answer', (_, reading) => {
  expect(reading).toEqual({ kind: 'done', result: null });
});

describe('which vault protects a source', () => {
  test('is asked in the subscription and region of the source, a share by its name', () => {
    expect(readBackupStatus.describe(question)).toMatchObject({
      method: 'POST',
      path: '/subscriptions/11111111-2222-4333-8444-555555555555/providers/Microsoft.RecoveryServices/locations/westeurope/backupStatus',
      body: { resourceType: 'AzureFileShare', resourceId: storageAccountId, poLogicalName: 'docs' },
    });
  });

  test('of a machine is asked without a name', () => {
    const { share: _, ...machine } = question;
    expect(readBackupStatus.describe(machine).body).toEqual({
      resourceType: 'VM',
      resourceId: storageAccountId,
    });
  });

  test.each([
    [
      { protectionStatus: 'Protected', vaultId },
      { kind: 'protected', vaultId },
    ],
    [{ protectionStatus: 'NotProtected' }, { kind: 'notProtected' }],
    [{ protectionStatus: 'NotProtected', vaultId: '' }, { kind: 'notProtected' }],
  ])('%j means %j', (body, result) => {
    expect(readBackupStatus.read(reply(body), question, context)).toEqual({ kind: 'done', result });
  });

  test('may be unknown, because asking needs a role of its own', () => {
    const failure = { code: 'AuthorizationFailed', message: 'Not you.' };
    expect(readBackupStatus.readRefusal?.(failure, 403, question)).toEqual({
      kind: 'done',
      result: { kind: 'unknown', reason: 'Not you.' },
    });
  });
});

test('a policy says its name and for which kind of item it is', () => {
  const input = { policyId: `${vaultId}/backupPolicies/daily` };
  const body = { name: 'daily', properties: { backupManagementType: 'AzureStorage' } };
  expect(readPolicy.read(reply(body), input, context)).toEqual({
    kind: 'done',
    result: { name: 'daily', backupManagementType: 'AzureStorage' },
  });
  expect(readPolicy.read(reply({ name: 'daily' }), input, context)).toEqual({
    kind: 'done',
    result: { name: 'daily', backupManagementType: '' },
  });
});

test.each([403, 500])('a vault, policy or status that may not be read (%d) is a failure', (status) => {
  const failure = { code: 'X', message: '' };
  expect(readVault.readRefusal?.(failure, status, { vaultId })).toBeUndefined();
  expect(readPolicy.readRefusal?.(failure, status, { policyId: 'p' })).toBeUndefined();
  expect(readBackupStatus.readRefusal?.(failure, status === 403 ? 404 : status, question)).toBeUndefined();
});

test('a vault tells by which identities it may reach accounts', () => {
  const identity = { type: 'SystemAssigned', principalId: 'p', tenantId: 't' };
  const reading = readVault.read(reply({ location: 'westeurope', identity }), { vaultId }, context);
  expect(reading).toMatchObject({ result: { region: 'westeurope', identities: [{ principalId: 'p' }] } });
});

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

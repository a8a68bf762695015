import { expect, test } from 'vitest';
import { httpApp } from '../../support/httpApp.ts';

const group = '/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/files';
const vaultId = `${group}/providers/Microsoft.RecoveryServices/vaults/files-vault`;
const storageAccountId = `${group}/providers/Microsoft.Storage/storageAccounts/companyfiles`;
const target = { kind: 'fileShare', vaultId, storageAccountId, share: 'docs' };
const policyId = `${vaultId}/backupPolicies/daily`;

test.each([
  ['startProtection', 'protect', { target, policyId }],
  ['validateProtection', 'validate', { target, policyId }],
  ['stopProtection', 'stop', { target, mode: 'retain' }],
  ['resumeProtection', 'resume', { target, undelete: true }],
])('%s accepts a run of kind %s', async (name, kind, body) => {
  const answer = await httpApp().call(name, { body });
  expect(answer.status).toBe(202);
  expect(answer.body.kind).toBe(kind);
});

test('a policy of another vault is refused before anything is started', async () => {
  const app = httpApp();
  const { status, body } = await app.call('startProtection', {
    body: { target, policyId: policyId.replace('files-vault', 'other-vault') },
  });
  expect(status).toBe(400);
  expect(body.error.details[0]).toMatchObject({
    target: 'policyId',
    message: `not a policy of the vault ${vaultId}`,
  });
  expect(app.flows.started).toEqual([]);
});

test('vault ids are compared without case', async () => {
  const body = {
    target,
    vaultId: vaultId.toUpperCase().replace('/SUBSCRIPTIONS', '/subscriptions'),
    policyId,
  };
  expect((await httpApp().call('startProtection', { body })).status).toBe(202);
});

test("a datasource's id alone needs the vault beside it", async () => {
  const share = { id: `${storageAccountId}/fileServices/default/shares/docs` };
  const without = await httpApp().call('startProtection', { body: { target: share, policyId } });
  expect(without.status).toBe(400);
  expect(without.body.error.details[0].target).toBe('vaultId');
  const withVault = await httpApp().call('startProtection', { body: { target: share, policyId, vaultId } });
  expect(withVault.status).toBe(202);
});

test('an unknown way to stop is refused', async () => {
  const { status, body } = await httpApp().call('stopProtection', { body: { target, mode: 'delete' } });
  expect(status).toBe(400);
  expect(body.error.details[0].target).toBe('mode');
});

test('deleting data without the name of the item is refused before a run is made', async () => {
  const app = httpApp();
  const { status, body } = await app.call('stopProtection', { body: { target, mode: 'deleteData' } });
  expect(status).toBe(400);
  expect(body.error.details[0]).toMatchObject({
    target: 'confirm',
    message: "deleting data needs the item's name here",
  });
  expect(app.flows.started).toEqual([]);
});

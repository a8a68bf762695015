import { expect, test } from 'vitest';
import { accountId, group, protectedWorld, simulatedCloud, vaultId } from './simulated-cloud.ts';

type Level = 'CanNotDelete' | 'ReadOnly';
const locked = (scope: string, level: Level) =>
  simulatedCloud({ world: { ...protectedWorld, authorization: { locks: [{ scope, level }] } } });

const share = `${accountId}/fileServices/default/shares/docs`;
const refresh = `${vaultId}/backupFabrics/Azure/refreshContainers?$filter=backupManagementType eq 'AzureStorage'`;

test.each([
  ['CanNotDelete', group, 'DELETE', share, 409],
  ['CanNotDelete', group, 'PUT', share, 200],
  ['CanNotDelete', share, 'DELETE', accountId, 409],
  ['ReadOnly', group, 'PUT', share, 409],
  ['ReadOnly', vaultId, 'POST', refresh, 409],
  ['ReadOnly', vaultId, 'DELETE', share, 200],
  ['ReadOnly', group, 'GET', share, 200],
] as const)('a %s lock on %s: %s %s is %d', async (level, scope, method, path, status) => {
  const answer = await locked(scope, level).send(method, path, method === 'PUT' ? {} : undefined);
  expect(answer.status).toBe(status);
  if (status !== 409) return;
  expect(answer.body.error.code).toBe('ScopeLocked');
  expect(answer.body.error.message).toContain(`following scope(s) are locked: '${scope}'`);
  expect(answer.headers['x-ms-failure-cause']).toBe('gateway');
});

test('a lock is put and taken away like any resource', async () => {
  const cloud = simulatedCloud({ world: protectedWorld });
  const lock = `${accountId}/providers/Microsoft.Authorization/locks/keep`;
  const made = await cloud.send('PUT', lock, {
    properties: { level: 'CanNotDelete', notes: 'for the audit' },
  });
  expect(made.status).toBe(201);
  expect((await cloud.send('DELETE', share)).status).toBe(409);
  const listed = await cloud.get(`${group}/providers/Microsoft.Authorization/locks`);
  expect(listed.body.value.map(({ name }) => name)).toEqual(['keep']);
  await cloud.send('DELETE', lock);
  expect((await cloud.send('DELETE', share)).status).toBe(200);
});

import { describe, expect, test } from 'vitest';
import { filtered, simulatedCloud, vaultId } from './simulated-cloud.ts';

describe('the gateway', () => {
  test('refuses a request without a bearer token, and takes any well-formed one', async () => {
    const cloud = simulatedCloud();
    const without = await cloud.send('GET', vaultId, undefined, { Authorization: '' });
    expect([without.status, without.body.error.code]).toEqual([401, 'AuthenticationFailed']);
    expect(without.headers['WWW-Authenticate']).toContain('Bearer authorization_uri=');
    const malformed = await cloud.send('GET', vaultId, undefined, { Authorization: 'Bearer two words' });
    expect(malformed.status).toBe(401);
    expect((await cloud.get(vaultId)).status).toBe(200);
  });

  test('demands an api-version of the usual form', async () => {
    const cloud = simulatedCloud();
    const missing = await cloud.get(`https://arm.test${vaultId}`);
    expect([missing.status, missing.body.error.code]).toEqual([400, 'MissingApiVersionParameter']);
    const odd = await cloud.get(`${vaultId}?api-version=latest`);
    expect([odd.status, odd.body.error.code]).toEqual([400, 'InvalidApiVersionParameter']);
    expect((await cloud.get(`${vaultId}?api-version=2019-05-13-preview`)).status).toBe(200);
  });

  test('answers for a vault that is not there itself, without provider headers', async () => {
    const missing = await simulatedCloud().get(`${vaultId}0`);
    expect([missing.status, missing.body.error.code]).toEqual([404, 'ResourceNotFound']);
    expect(missing.headers['x-ms-failure-cause']).toBe('gateway');
    expect(missing.headers['x-ms-operation-identifier']).toBeUndefined();
  });

  test('tells a missing subscription and a missing group apart', async () => {
    const cloud = simulatedCloud();
    const code = async (id: string) => (await cloud.get(id)).body.error.code;
    expect(await code(vaultId.replace('rg1', 'rg2'))).toBe('ResourceGroupNotFound');
    expect(await code(vaultId.replace('22222222-', '99999999-'))).toBe('SubscriptionNotFound');
  });

  test('compares paths without case and gives every answer its request ids', async () => {
    const cloud = simulatedCloud();
    const answer = await cloud.send('GET', vaultId.toUpperCase(), undefined, {
      'x-ms-client-request-id': 'abc',
    });
    expect(answer.status).toBe(200);
    expect(answer.headers['x-ms-client-request-id']).toBe('abc');
    expect(answer.headers['x-ms-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.headers['Date']).toBe('Sat, 22 Aug 2026 02:00:00 GMT');
    expect(answer.headers['Content-Length']).toBe(String(Buffer.byteLength(answer.text ?? '')));
  });

  test('refuses a body that is not JSON', async () => {
    const { simulator } = simulatedCloud();
    const reply = await simulator.handle({
      method: 'PUT',
      url: `${vaultId}/backupPolicies/p?api-version=2025-08-01`,
      headers: { authorization: 'Bearer token' },
      body: '{"properties":',
    });
    expect(reply.status).toBe(400);
    expect(reply.body).toContain('InvalidRequestContent');
  });

  test('tells clients its own endpoint before they have a token', async () => {
    const cloud = simulatedCloud();
    const list = await cloud.send('GET', '/metadata/endpoints?api-version=2019-05-01', undefined, {
      Authorization: '',
    });
    expect(list.body).toMatchObject([{ name: 'AzureCloud', resourceManager: 'https://arm.test/' }]);
    const one = await cloud.send('GET', '/metadata/endpoints?api-version=2022-09-01', undefined, {
      Authorization: '',
    });
    expect(one.body).toMatchObject({ authentication: { identityProvider: 'AAD' } });
  });

  test('lists tenants, subscriptions, groups, providers and resources of the world', async () => {
    const cloud = simulatedCloud();
    const subscription = '/subscriptions/22222222-2222-4222-8222-222222222222';
    expect((await cloud.get('/tenants')).body.value).toHaveLength(1);
    expect((await cloud.get('/subscriptions')).body.value.map(({ id }) => id)).toEqual([subscription]);
    expect((await cloud.get(`${subscription}/resourceGroups`)).body.value.map(({ name }) => name)).toEqual([
      'rg1',
    ]);
    const provider = await cloud.get(`${subscription}/providers/microsoft.recoveryservices`);
    expect(provider.body).toMatchObject({ registrationState: 'Registered' });
    const vaults = await cloud.get(
      filtered(`${subscription}/resources`, "resourceType eq 'Microsoft.RecoveryServices/vaults'"),
    );
    expect(vaults.body.value.map(({ id }) => id)).toEqual([vaultId]);
    const listed = await cloud.get(`${subscription}/providers/Microsoft.RecoveryServices/vaults`);
    expect(listed.body.value.map(({ name }) => name)).toEqual(['v1']);
    const other = await cloud.get('/subscriptions/99999999-9999-4999-8999-999999999999');
    expect([other.status, other.body.error.code]).toEqual([404, 'SubscriptionNotFound']);
  });

  test('logs every request with its effect, but no token and no signature', async () => {
    const cloud = simulatedCloud();
    const refresh = filtered(
      `${vaultId}/backupFabrics/Azure/refreshContainers`,
      "backupManagementType eq 'AzureStorage'",
    );
    const accepted = await cloud.send('POST', refresh);
    await cloud.get(accepted.headers['Location'] ?? '');
    const log = await cloud.get('/simulator/log');
    expect(log.body.value).toMatchObject([
      { method: 'POST', status: 202, bearer: true, effect: ['refresh'], route: 'recoveryServices.refresh' },
      { method: 'GET', status: 202, bearer: true, effect: [], route: 'recoveryServices.fabricResult' },
    ]);
    expect(log.text).toContain('&t=-&c=-&s=-&h=-');
    expect(log.text).not.toContain('Bearer');
  });
});

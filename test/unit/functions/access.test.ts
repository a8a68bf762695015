import { expect, test } from 'vitest';
import { readSettings, type Settings } from '../../../src/settings.ts';
import { functionNames, httpApp, httpFunctionNames, httpRoutes } from '../../support/httpApp.ts';

const storage = { AzureWebJobsStorage: 'UseDevelopmentStorage=true' };

const guarded = httpFunctionNames().filter((name) => !['health', 'page'].includes(name));

test.each(guarded)('without access control %s answers 503 before it reads the request', async (name) => {
  const app = httpApp({ settings: readSettings(storage) });
  const { status, body } = await app.call(name, { text: '{' });
  expect(status).toBe(503);
  expect(body.error.code).toBe('AccessNotConfigured');
  expect(app.flows.started).toEqual([]);
});

const elsewhere = [
  ['another host', { host: 'backup.example' }],
  ['a page of another site', { headers: { origin: 'https://evil.example' } }],
  ['a tunnel', { headers: { 'x-forwarded-for': '203.0.113.7' } }],
] as const;

test.each(elsewhere)('in development mode a request by %s gets 503', async (_, request) => {
  const { status, body } = await httpApp().call('startBackup', { text: '{', ...request });
  expect(status).toBe(503);
  expect(body.error.code).toBe('AccessNotConfigured');
});

test('health is open to everyone', async () => {
  const { status, body } = await httpApp({ settings: readSettings(storage) }).call('health');
  expect(status).toBe(200);
  expect(body).toEqual({ status: 'degraded' });
});

test('the page learns how to sign in, that there is no need, or why nobody can', async () => {
  const configOf = async (settings?: Settings) =>
    (await httpApp(settings ? { settings } : {}).call('page', { path: 'ui/config.json' })).body;
  expect(await configOf()).toEqual({});
  expect((await configOf(readSettings(storage))).problem).toContain('Access control is not configured');
  const [tenant, client] = ['7e2a0000-0000-4000-8000-0000000000aa', 'a11d0000-0000-4000-8000-0000000000bb'];
  const closed = readSettings({ ...storage, ACCESS_TENANT_ID: tenant, ACCESS_AUDIENCE: `api://${client}` });
  expect(await configOf(closed)).toEqual({
    signIn: {
      authority: `https://login.microsoftonline.com/${tenant}`,
      clientId: client,
      scope: `${client}/.default`,
    },
  });
});

test('a mistake of ours is a 500 with a correlation id and nothing of its cause; the log has the cause without its secrets', async () => {
  const broken = { read: () => Promise.reject(new Error('AccountKey=secret at /srv/app.js:1')) } as never;
  const { services } = httpApp();
  const app = httpApp({ tables: { ...services.tables, runs: broken } });
  const { status, headers, body } = await app.call('getRun', { id: '0'.repeat(40) });
  expect(status).toBe(500);
  expect(body.error.code).toBe('InternalError');
  expect(JSON.stringify(body)).not.toMatch(/secret|app\.js|at /i);
  expect(headers['x-ms-correlation-request-id']).toBe('c0ffee00-0000-4000-8000-000000000001');
  expect(app.log.join('\n')).toContain('/srv/app.js:1');
  expect(app.log.join('\n')).not.toContain('secret');
});

test('the app has these functions', () => {
  expect(functionNames()).toEqual(expect.arrayContaining(['health', 'run', 'orderStep', 'executeStep']));
  expect(httpRoutes()).toEqual(
    expect.arrayContaining([
      'POST api/backups',
      'GET api/plan',
      'POST api/sweeps',
      'GET api/runs',
      'GET api/runs/{id}',
      'POST api/runs/{id}/cancel',
      'GET api/openapi.json',
    ]),
  );
});

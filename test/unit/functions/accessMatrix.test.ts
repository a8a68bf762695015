import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  localAudience,
  localCallerId,
  localTenantId,
  startIssuer,
  type LocalIssuer,
} from '../../../local/issuer/issuer.ts';
import { keepSigningKeys, keyDocumentAt } from '../../../src/access/signingKeys.ts';
import { readSettings } from '../../../src/settings.ts';
import { httpApp, httpFunctionNames, type Answer, type HttpApp } from '../../support/httpApp.ts';

const storage = { AzureWebJobsStorage: 'UseDevelopmentStorage=true' };
const now = new Date('2026-03-01T10:00:00Z');
const seconds = now.getTime() / 1000;
const otherTenant = '99999999-0000-4000-8000-000000000000';

/** What each route asks for; a route that is not here fails the test of the list. */
const roles: Readonly<Record<string, string>> = {
  cancelRun: 'Backups.Run',
  closeRun: 'Protections.Write',
  getCoverage: 'Backups.Read',
  getCoverageHistory: 'Backups.Read',
  getCoverageResource: 'Backups.Read',
  getPlan: 'Backups.Read',
  getRun: 'Backups.Read',
  getVaults: 'Backups.Read',
  health: 'open',
  listItems: 'Backups.Read',
  listRuns: 'Backups.Read',
  mcp: 'Backups.Read',
  openapi: 'any token',
  otherVerbs: 'any token',
  page: 'open',
  resumeProtection: 'Protections.Write',
  startBackup: 'Backups.Run',
  startProtection: 'Protections.Write',
  startDrill: 'Protections.Write',
  startSweep: 'Protections.Write',
  stopProtection: 'Protections.Write',
  validateProtection: 'Protections.Write',
};

let issuer: LocalIssuer;
let app: HttpApp;
let bodyReads: number;

const settings = () =>
  readSettings({
    ...storage,
    ...issuer.settings,
    ITEM_COOLDOWN_MINUTES: '0',
    CALLER_RUNS_PER_MINUTE: '0',
    ACCESS_MODE: 'development',
    AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
  });

function closedApp(): HttpApp {
  const signingKeys = keepSigningKeys(keyDocumentAt(issuer.keysUrl), () => now);
  return httpApp({ settings: settings(), signingKeys });
}

beforeAll(async () => void (issuer = await startIssuer(() => now)));
afterAll(() => issuer.close());
beforeEach(() => {
  issuer.serveKeys('healthy');
  app = closedApp();
  bodyReads = 0;
});

const ask = (name: string, headers: Readonly<Record<string, string>>, to = app): Promise<Answer> =>
  to.call(name, { text: '{', id: '0'.repeat(40), headers, onBodyRead: () => void bodyReads++ });

const signedBy = (alg: string, key: unknown, kid: string): Promise<string> =>
  new SignJWT({
    ...{ aud: localAudience, iss: issuer.issuer, oid: localCallerId, tid: localTenantId, ver: '2.0' },
    ...{ iat: seconds, exp: seconds + 600, roles: Object.values(roles) },
  })
    .setProtectedHeader({ alg, kid })
    .sign(key as never);

const bearer = async (token: string | Promise<string>) => ({ authorization: `Bearer ${await token}` });
const claiming = (claims: Readonly<Record<string, unknown>>) => () => bearer(issuer.token(claims));

async function tampered(): Promise<string> {
  const [head, , signature] = (await issuer.token({ roles: [] })).split('.');
  const [, payload] = (await issuer.token()).split('.');
  return `${head}.${payload}.${signature}`;
}

type Headers = () => Promise<Readonly<Record<string, string>>> | Readonly<Record<string, string>>;

/** Nobody has shown who they are: 401, told where to get a token. */
const anonymous: readonly (readonly [string, Headers])[] = [
  ['none', () => ({})],
  ['Basic', () => ({ authorization: 'Basic dXNlcjpwYXNz' })],
  ['empty', () => ({ authorization: '' })],
  [
    'a forged X-MS-CLIENT-PRINCIPAL',
    () => ({
      'x-ms-client-principal': Buffer.from(
        JSON.stringify({ auth_typ: 'aad', claims: [{ typ: 'roles', val: 'Backups.Run' }] }),
      ).toString('base64'),
      'x-ms-client-principal-id': localCallerId,
      'x-ms-token-aad-access-token': 'a.b.c',
    }),
  ],
];

/** A token that is no good: 401 invalid_token, and no word why. */
const bad: readonly (readonly [string, Headers])[] = [
  ['Bearer and nothing', () => ({ authorization: 'Bearer ' })],
  ['a token of more than 16 KiB', () => bearer(`a.${'b'.repeat(16_384)}.c`)],
  ['alg none', () => bearer(`${new UnsecuredJWT({ aud: localAudience }).encode()}AA`)],
  [
    'HS256 with the public key',
    () =>
      bearer(signedBy('HS256', new TextEncoder().encode(issuer.signer().publicKey.n), issuer.signer().kid)),
  ],
  [
    'another key under the same kid',
    async () => bearer(signedBy('RS256', (await generateKeyPair('RS256')).privateKey, issuer.signer().kid)),
  ],
  ['an unknown kid', () => bearer(signedBy('RS256', issuer.signer().privateKey, 'unknown'))],
  ['expired', claiming({ exp: seconds - 61 })],
  ['not yet', claiming({ nbf: seconds + 61 })],
  ['no exp', claiming({ exp: undefined })],
  ['no iat', claiming({ iat: undefined })],
  ['wrong aud', claiming({ aud: otherTenant })],
  [
    'a foreign tenant',
    claiming({ tid: otherTenant, iss: `https://login.microsoftonline.com/${otherTenant}/v2.0` }),
  ],
  ['the v1 issuer', claiming({ iss: `https://sts.windows.net/${localTenantId}/`, ver: '1.0' })],
  ['tid other than iss', claiming({ tid: otherTenant })],
  ['no oid', claiming({ oid: undefined })],
  ['a tampered payload', () => bearer(tampered())],
];

/** Known, without any role. */
const powerless: readonly (readonly [string, Headers])[] = [
  ['no roles', claiming({ roles: undefined })],
  ['roles a string', claiming({ roles: 'Backups.Read Backups.Run Protections.Write' })],
  ['scp only', claiming({ roles: undefined, scp: 'Backups.Read Backups.Run', groups: ['Backups.Run'] })],
];

test('every route has its line in the table of roles', () => {
  expect(Object.keys(roles).sort()).toEqual(httpFunctionNames());
});

const guarded = httpFunctionNames().filter((name) => roles[name] !== 'open');
const withRole = guarded.filter((name) => roles[name] !== 'any token');

describe.each(guarded)('%s', (name) => {
  test.each(anonymous)('%s: 401 and where to get a token', async (_, headers) => {
    const answer = await ask(name, await headers());
    expect(answer.status).toBe(401);
    expect(answer.body.error.code).toBe('AuthenticationFailed');
    expect(answer.headers['www-authenticate']).toBe(
      `Bearer authorization_uri="${issuer.origin}/${localTenantId}/oauth2/v2.0/authorize", resource_id="api://${localAudience}"`,
    );
    expect(bodyReads).toBe(0);
    expect(app.flows.started).toEqual([]);
  });

  test.each(bad)('%s: 401 invalid_token, the reason in the log alone', async (_, headers) => {
    const answer = await ask(name, await headers());
    expect(answer.status).toBe(401);
    expect(answer.body.error).toEqual({
      code: 'InvalidAuthenticationToken',
      message: 'The bearer token is not accepted.',
    });
    expect(answer.headers['www-authenticate']).toMatch(
      /^Bearer authorization_uri=".*", error="invalid_token"$/,
    );
    expect(bodyReads).toBe(0);
    expect(app.log).toHaveLength(1);
    expect(app.log[0]).toMatch(/^A token was refused: /);
  });

  test('keys out of reach and none cached: 503 and when to ask again', async () => {
    issuer.serveKeys('down');
    const answer = await ask(name, await bearer(issuer.token()));
    expect(answer.status).toBe(503);
    expect(answer.body.error.code).toBe('SigningKeysUnreachable');
    expect(answer.headers['retry-after']).toBe('5');
    expect(bodyReads).toBe(0);
  });

  test('an outage with keys in the cache is not noticed', async () => {
    await ask('openapi', await bearer(issuer.token()));
    issuer.serveKeys('down');
    expect((await ask(name, await bearer(issuer.token()))).status).not.toBe(503);
  });

  test('a token of the tenant with every role is let in', async () => {
    expect([401, 403, 503]).not.toContain((await ask(name, await bearer(issuer.token()))).status);
  });
});

describe.each(withRole)('%s', (name) => {
  const others = ['Backups.Read', 'Backups.Run', 'Protections.Write', 'Protections.Delete'].filter(
    (role) => role !== roles[name],
  );
  const cases = [...powerless, ['every role but the one', claiming({ roles: others })] as const];

  test.each(cases)('%s: 403 naming the role', async (_, headers) => {
    const answer = await ask(name, await headers());
    expect(answer.status).toBe(403);
    expect(answer.body.error.code).toBe('AuthorizationFailed');
    expect(answer.body.error.message).toContain(` ${roles[name]},`);
    expect(bodyReads).toBe(0);
    expect(app.flows.started).toEqual([]);
  });

  test('its role alone is enough', async () => {
    const answer = await ask(name, await bearer(issuer.token({ roles: [roles[name]] })));
    expect([401, 403, 503]).not.toContain(answer.status);
  });
});

test.each(powerless)('the description of the API is for any token: %s', async (_, headers) => {
  expect((await ask('openapi', await headers())).status).toBe(200);
});

test.each([...anonymous, ...bad, ...powerless])(
  '%s: the page is a file like any other',
  async (_, headers) => {
    expect((await ask('page', await headers())).status).toBe(302);
  },
);

describe('health', () => {
  test.each([...anonymous, ...bad, ...powerless])('%s: open in short', async (_, headers) => {
    const { status, body } = await ask('health', await headers());
    expect(status).toBe(200);
    expect(body).toEqual({ status: 'healthy' });
    expect(bodyReads).toBe(0);
  });
});

test('health tells readers how it stands with the keys', async () => {
  const reader = await bearer(issuer.token({ roles: ['Backups.Read'] }));
  expect((await ask('health', reader)).body).toMatchObject({
    storage: { reachable: true },
    signingKeys: { readAt: '2026-03-01T10:00:00.000Z' },
  });
  issuer.serveKeys('down');
  expect((await ask('health', reader, closedApp())).body).toEqual({ status: 'degraded' });
});

describe('a tool of an assistant', () => {
  const toolRoles: Readonly<Record<string, string>> = {
    coverage: 'Backups.Read',
    explain_resource: 'Backups.Read',
    runs: 'Backups.Read',
    run: 'Backups.Read',
    plan_dry_run: 'Backups.Read',
    back_up_now: 'Backups.Run',
  };
  const every = ['Backups.Read', 'Backups.Run', 'Protections.Write', 'Protections.Delete'];
  const send = async (granted: readonly string[], method: string, params = {}) =>
    app.call('mcp', {
      body: { jsonrpc: '2.0', id: 1, method, params },
      headers: {
        ...(await bearer(issuer.token({ roles: granted }))),
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
    });
  const listed = async (granted: readonly string[]) =>
    (await send(granted, 'tools/list')).body.result.tools.map(({ name }: { name: string }) => name);

  test('has its line in this table, and is shown to those who may use it', async () => {
    expect(await listed(every)).toEqual(Object.keys(toolRoles));
    expect(await listed(['Backups.Read'])).toEqual(
      Object.keys(toolRoles).filter((name) => name !== 'back_up_now'),
    );
    expect(await listed(['Backups.Read', 'Backups.Run'])).toEqual(Object.keys(toolRoles));
  });

  const cases = Object.keys(toolRoles).flatMap((name) => every.map((role) => [name, role] as const));
  test.each(cases)('%s with %s and the role of the route', async (name, role) => {
    const granted = ['Backups.Read', role];
    const answer = await send(granted, 'tools/call', { name, arguments: { unknown: true } });
    const { error } = JSON.parse(answer.body.result.content[0].text);
    const isMissing = !granted.includes(toolRoles[name] ?? '');
    expect(error.code).toBe(isMissing ? 'AuthorizationFailed' : 'InvalidRequest');
    if (isMissing) expect(error.message).toContain(` ${toolRoles[name]},`);
    expect(app.flows.started).toEqual([]);
  });

  test('that is not for its caller is named beforehand, with the role', async () => {
    const params = {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 't', version: '1' },
    };
    const said = async (granted: readonly string[]) =>
      (await send(granted, 'initialize', params)).body.result.instructions;
    expect(await said(['Backups.Read'])).toContain(
      'may not use back_up_now: that needs the app role Backups.Run.',
    );
    expect(await said(every)).not.toContain('may not');
  });

  test('backs up for whoever the token names', async () => {
    const target = {
      id: '/subscriptions/55555555-5555-4555-8555-555555555555/resourceGroups/b/providers/Microsoft.RecoveryServices/vaults/ours/backupFabrics/Azure/protectionContainers/c/protectedItems/i',
    };
    const answer = await send(['Backups.Read', 'Backups.Run'], 'tools/call', {
      name: 'back_up_now',
      arguments: { target, key: 'k' },
    });
    expect(answer.body.result.structuredContent.requestedBy).toEqual({
      source: 'http',
      caller: `${localTenantId}/${localCallerId}`,
      key: 'k',
    });
  });
});

describe('deleting', () => {
  const vault =
    '/subscriptions/55555555-5555-4555-8555-555555555555/resourceGroups/b/providers/Microsoft.RecoveryServices/vaults/ours';
  const body = {
    target: {
      kind: 'virtualMachine',
      vaultId: vault,
      virtualMachineId: `${vault.split('/').slice(0, 5).join('/')}/providers/Microsoft.Compute/virtualMachines/m`,
    },
    mode: 'deleteData',
    confirm: 'm',
  };
  const stop = async (granted: readonly string[], mode = body.mode) =>
    app.call('stopProtection', {
      body: { ...body, mode },
      headers: await bearer(issuer.token({ roles: granted })),
    });

  test('needs Protections.Delete besides Protections.Write', async () => {
    const refused = await stop(['Protections.Write']);
    expect(refused.status).toBe(403);
    expect(refused.body.error.target).toBe('Protections.Delete');
    expect((await stop(['Protections.Delete'])).body.error.target).toBe('Protections.Write');
    expect((await stop(['Protections.Write', 'Protections.Delete'])).status).toBe(202);
    expect((await stop(['Protections.Write'], 'retain')).status).toBe(202);
  });
});

describe('who asks', () => {
  const share = (key: string, oid: string) => async () =>
    app.call('startBackup', {
      body: {
        target: {
          id: `/subscriptions/55555555-5555-4555-8555-555555555555/resourceGroups/b/providers/Microsoft.RecoveryServices/vaults/ours/backupFabrics/Azure/protectionContainers/c/protectedItems/i`,
        },
      },
      headers: { ...(await bearer(issuer.token({ oid }))), 'Idempotency-Key': key },
    });

  test('is in the record, and the scope of idempotency keys', async () => {
    const one = await share('release-47', localCallerId)();
    const again = await share('release-47', localCallerId)();
    const other = await share('release-47', otherTenant)();
    expect(one.body.requestedBy).toEqual({
      source: 'http',
      caller: `${localTenantId}/${localCallerId}`,
      key: 'release-47',
    });
    expect(again.body.id).toBe(one.body.id);
    expect(other.body.id).not.toBe(one.body.id);
    expect(other.body.requestedBy.caller).toBe(`${localTenantId}/${otherTenant}`);
  });
});

test('a rotation of keys is followed; a flood of unknown ids is not passed on to the issuer', async () => {
  let at = now.getTime();
  const signingKeys = keepSigningKeys(keyDocumentAt(issuer.keysUrl), () => new Date(at));
  const flooded = httpApp({ settings: settings(), signingKeys });
  expect((await ask('openapi', await bearer(issuer.token()), flooded)).status).toBe(200);
  const before = issuer.keyReads();
  const old = await issuer.token();
  await issuer.rotate({ withdraw: true });
  const statuses = await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      const token = signedBy('RS256', issuer.signer().privateKey, `unknown-${index}`);
      return (await ask('openapi', await bearer(token), flooded)).status;
    }),
  );
  expect(new Set(statuses)).toEqual(new Set([401]));
  expect(issuer.keyReads()).toBe(before);
  at += 30_000;
  expect((await ask('openapi', await bearer(issuer.token()), flooded)).status).toBe(200);
  expect((await ask('openapi', await bearer(old), flooded)).status).toBe(401);
  expect(issuer.keyReads()).toBe(before + 1);
});

import { ManagedIdentityCredential } from '@azure/identity';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { localAudience, localIdentityId, localTenantId } from '../../local/issuer/issuer.ts';
import { demoShare, startClosedApp, type ClosedApp } from '../support/bundledApp.ts';

const target = demoShare('archive');

let closed: ClosedApp;

beforeAll(async () => void (closed = await startClosedApp(60)), 120_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await closed.stop();
});

async function ask(method: string, path: string, token?: string, body?: unknown) {
  const answer = await fetch(`${closed.app}/api/${path}`, {
    method,
    ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return {
    status: answer.status,
    headers: answer.headers,
    body: (await answer.json()) as Record<string, unknown>,
  };
}

describe('the bundle, closed', () => {
  test('without a token health alone answers', async () => {
    expect((await ask('GET', 'health')).status).toBe(200);
    const { status, headers } = await ask('GET', 'runs');
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toContain(
      `authorization_uri="${closed.issuer.origin}/${localTenantId}/`,
    );
  });

  test('a managed identity backs up with its own token, and the record says who asked', async () => {
    vi.stubEnv('IDENTITY_ENDPOINT', closed.issuer.identity.endpoint);
    vi.stubEnv('IDENTITY_HEADER', closed.issuer.identity.header);
    const { token } = await new ManagedIdentityCredential().getToken(`api://${localAudience}/.default`);
    const { status, body } = await ask('POST', 'backups?wait=120', token, { target });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'completed',
      requestedBy: { source: 'http', caller: `${localTenantId}/${localIdentityId}` },
    });
  }, 180_000);

  test('a token that anybody can have from the issuer by HTTP is bounded by its roles', async () => {
    const reader = await (await fetch(`${closed.issuer.origin}/token?roles=Backups.Read&minutes=5`)).text();
    expect((await ask('GET', 'runs', reader)).status).toBe(200);
    const refused = await ask('POST', 'backups', reader, { target });
    expect(refused.status).toBe(403);
    expect(refused.body).toMatchObject({ error: { target: 'Backups.Run' } });
  });
});

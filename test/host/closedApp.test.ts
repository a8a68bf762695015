import { ManagedIdentityCredential } from '@azure/identity';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startEnvironment, type Environment } from '../../local/environment.ts';
import {
  localAudience,
  localIdentityId,
  localTenantId,
  startIssuer,
  type LocalIssuer,
} from '../../local/issuer/issuer.ts';

const vaultId =
  '/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/backup-demo/providers/Microsoft.RecoveryServices/vaults/demo-vault';
const target = {
  kind: 'fileShare',
  vaultId,
  storageAccountId: `${vaultId.split('/').slice(0, 5).join('/')}/providers/Microsoft.Storage/storageAccounts/demofiles`,
  share: 'archive',
};

let issuer: LocalIssuer;
let environment: Environment;

beforeAll(async () => {
  issuer = await startIssuer();
  environment = await startEnvironment({ timeScale: 60, settings: issuer.settings });
}, 120_000);

afterAll(async () => {
  vi.unstubAllEnvs();
  await environment.stop();
  await issuer.close();
});

async function ask(method: string, path: string, token?: string, body?: unknown) {
  const answer = await fetch(`${environment.app}/api/${path}`, {
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
      `authorization_uri="${issuer.origin}/${localTenantId}/`,
    );
  });

  test('a managed identity backs up with its own token, and the record says who asked', async () => {
    vi.stubEnv('IDENTITY_ENDPOINT', issuer.identity.endpoint);
    vi.stubEnv('IDENTITY_HEADER', issuer.identity.header);
    const { token } = await new ManagedIdentityCredential().getToken(`api://${localAudience}/.default`);
    const { status, body } = await ask('POST', 'backups?wait=120', token, { target });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'completed',
      requestedBy: { source: 'http', caller: `${localTenantId}/${localIdentityId}` },
    });
  }, 180_000);

  test('a token that anybody can have from the issuer by HTTP is bounded by its roles', async () => {
    const reader = await (await fetch(`${issuer.origin}/token?roles=Backups.Read&minutes=5`)).text();
    expect((await ask('GET', 'runs', reader)).status).toBe(200);
    const refused = await ask('POST', 'backups', reader, { target });
    expect(refused.status).toBe(403);
    expect(refused.body).toMatchObject({ error: { target: 'Backups.Run' } });
  });
});

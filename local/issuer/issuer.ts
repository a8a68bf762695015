import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPeopleDesk, type PeopleAnswer } from './people.ts';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';

/** The tenant, the app and the callers of the issuer on this machine. */
export const localTenantId = '72f988bf-0000-4000-8000-0000000a11ce';
export const localAudience = 'a11ce000-0000-4000-8000-00000000b0b0';
export const localCallerId = '0b1ec700-0000-4000-8000-00000000ca11';
export const localIdentityId = '1de47170-0000-4000-8000-00000000ca11';
const localClientId = 'c11e4700-0000-4000-8000-00000000c0de';

/** The app roles that a token may carry. */
const allRoles = ['Backups.Read', 'Backups.Run', 'Protections.Write', 'Protections.Delete'];

const movedKeysPath = '/moved/keys';

/** How the issuer answers those who want its keys. */
export type KeyService = 'healthy' | 'down' | 'broken' | 'hanging' | 'huge' | 'moved';

/** Stands in for Entra: the keys, documents and token endpoints of one tenant, on loopback. */
export interface LocalIssuer {
  /** `http://127.0.0.1:<port>`. */
  readonly origin: string;
  /** What tokens have as `iss`. */
  readonly issuer: string;
  readonly keysUrl: string;
  /** The app's settings that close it but for tokens of this issuer. */
  readonly settings: Readonly<Record<string, string>>;
  /** A managed identity's endpoint in the manner of App Service: values of `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`. */
  readonly identity: { readonly endpoint: string; readonly header: string };
  /** A token for the app; claims given as undefined are left out. */
  token(claims?: Readonly<Record<string, unknown>>): Promise<string>;
  /** The key that signs now: its id, private half, and public half as it is published. */
  signer(): { readonly kid: string; readonly privateKey: CryptoKey; readonly publicKey: JWK };
  /** Signs with a new key from now on; the old one stays published unless it is withdrawn. */
  rotate(options?: { readonly withdraw?: boolean }): Promise<void>;
  /** How often the keys have been asked for. */
  keyReads(): number;
  serveKeys(as: KeyService): void;
  close(): Promise<void>;
}

interface Signer {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: JWK;
}

async function newSigner(): Promise<Signer> {
  const kid = randomUUID();
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  return { kid, privateKey, publicKey: { ...(await exportJWK(publicKey)), kid, use: 'sig' } };
}

/** What a token says unless a caller wants it otherwise. @param now seconds since 1970 */
const usualClaims = (issuer: string, now: number): JWTPayload => ({
  aud: localAudience,
  iss: issuer,
  iat: now,
  nbf: now,
  exp: now + 3600,
  azp: localClientId,
  oid: localCallerId,
  sub: localCallerId,
  roles: allRoles,
  tid: localTenantId,
  ver: '2.0',
});

/** `?roles=Backups.Read,Backups.Run&oid=…&minutes=5`; all roles for an hour when it says nothing. */
function claimsIn(query: URLSearchParams, now: number): Record<string, unknown> {
  const [roles, oid, minutes] = ['roles', 'oid', 'minutes'].map((name) => query.get(name));
  return {
    ...(roles ? { roles: roles.split(',') } : {}),
    ...(oid ? { oid, sub: oid } : {}),
    ...(minutes ? { exp: now + 60 * Number(minutes) } : {}),
  };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const isText = typeof body === 'string';
  response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json' });
  response.end(isText ? body : JSON.stringify(body));
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function sendAnswer(response: ServerResponse, { status, headers, body }: PeopleAnswer): void {
  response.writeHead(status, headers);
  response.end(body);
}

/**
 * Starts an issuer on a free port of 127.0.0.1.
 *
 * @param clock of the tokens it makes
 */
export async function startIssuer(clock: () => Date = () => new Date()): Promise<LocalIssuer> {
  const seconds = () => Math.floor(clock().getTime() / 1000);
  const identityHeader = randomUUID();
  let signer = await newSigner();
  let published: readonly JWK[] = [signer.publicKey];
  let service: KeyService = 'healthy';
  let keyReads = 0;

  function sendKeys(response: ServerResponse): void {
    keyReads += 1;
    if (service === 'hanging') return;
    if (service === 'down') return send(response, 503, { error: 'temporarily_unavailable' });
    if (service === 'moved') return void response.writeHead(302, { location: movedKeysPath }).end();
    if (service === 'huge') return send(response, 200, { keys: published, padding: 'x'.repeat(300_000) });
    send(response, 200, service === 'broken' ? '<html>not keys</html>' : { keys: published });
  }
  async function sendToken(response: ServerResponse, claims: Record<string, unknown>): Promise<void> {
    const expiresIn = 3600;
    send(response, 200, {
      access_token: await token(claims),
      token_type: 'Bearer',
      expires_in: expiresIn,
      expires_on: String(seconds() + expiresIn),
      resource: `api://${localAudience}`,
    });
  }
  function sendIdentityToken(request: IncomingMessage, response: ServerResponse, query: URLSearchParams) {
    if (request.headers['x-identity-header'] !== identityHeader)
      return send(response, 401, { message: 'The X-IDENTITY-HEADER is missing or wrong.' });
    if (query.get('resource')?.replace('api://', '') !== localAudience)
      return send(response, 400, { message: 'The resource is not known.' });
    return sendToken(response, { oid: localIdentityId, sub: localIdentityId });
  }
  async function sendTokenOrCode(request: IncomingMessage, response: ServerResponse, query: URLSearchParams) {
    if (request.method === 'OPTIONS') return sendAnswer(response, people.preflight());
    const form = new URLSearchParams(await readText(request));
    return /^(?:authorization_code|refresh_token)$/.test(form.get('grant_type') ?? '')
      ? sendAnswer(response, await people.redeem(form))
      : sendToken(response, claimsIn(query, seconds()));
  }
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', origin);
    switch (pathname) {
      case `/${localTenantId}/oauth2/v2.0/authorize`:
        return sendAnswer(response, people.authorize(searchParams));
      case `/${localTenantId}/oauth2/v2.0/logout`:
        return sendAnswer(response, people.logout(searchParams));
      case `/${localTenantId}/discovery/v2.0/keys`:
        return sendKeys(response);
      case movedKeysPath:
        return send(response, 200, { keys: published });
      case `/${localTenantId}/v2.0/.well-known/openid-configuration`:
        return send(response, 200, { issuer, jwks_uri: keysUrl, token_endpoint: tokenUrl });
      case `/${localTenantId}/oauth2/v2.0/token`:
        return sendTokenOrCode(request, response, searchParams);
      case '/token':
        return send(response, 200, await token(claimsIn(searchParams, seconds())));
      case '/msi/token':
        return sendIdentityToken(request, response, searchParams);
      default:
        return send(response, 404, { error: 'not_found' });
    }
  }

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issuer = `${origin}/${localTenantId}/v2.0`;
  const keysUrl = `${origin}/${localTenantId}/discovery/v2.0/keys`;
  const tokenUrl = `${origin}/${localTenantId}/oauth2/v2.0/token`;

  const token = (claims: Readonly<Record<string, unknown>> = {}): Promise<string> =>
    new SignJWT({ ...usualClaims(issuer, seconds()), ...claims })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: signer.kid })
      .sign(signer.privateKey);

  const people = createPeopleDesk(token);

  return {
    ...{ origin, issuer, keysUrl, token },
    settings: {
      ACCESS_TENANT_ID: localTenantId,
      ACCESS_AUDIENCE: localAudience,
      ACCESS_ISSUER: issuer,
    },
    identity: { endpoint: `${origin}/msi/token`, header: identityHeader },
    signer: () => signer,
    rotate: async ({ withdraw = false } = {}) => {
      signer = await newSigner();
      published = withdraw ? [signer.publicKey] : [...published, signer.publicKey];
    },
    keyReads: () => keyReads,
    serveKeys: (as) => void (service = as),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

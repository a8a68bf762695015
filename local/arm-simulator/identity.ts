import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { guidFromHex, sha256Hex } from './seeded.ts';

/** Object id of the system-assigned identity that the endpoint gives tokens for. */
export const systemIdentityObjectId = '33333333-3333-4333-8333-333333333333';

/** A managed identity endpoint as App Service has it. */
export interface IdentityEndpoint {
  /** Value for IDENTITY_ENDPOINT: plain http on loopback. */
  readonly endpoint: string;
  /** Value for IDENTITY_HEADER. */
  readonly header: string;
  close(): Promise<void>;
}

/**
 * Serves tokens that the simulator accepts: unsigned JWTs of an hour, `oid` fixed for the system-assigned identity and
 * following from `client_id` for a user-assigned one.
 */
export async function serveIdentity(options: {
  header: string;
  tenantId: string;
  now: () => number;
}): Promise<IdentityEndpoint> {
  const server = createServer((request, response) => {
    const { status, body } = answerTokenRequest(request, options);
    send(response, status, body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { endpoint: `http://127.0.0.1:${port}/msi/token`, header: options.header, close };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}

type TokenOptions = Parameters<typeof serveIdentity>[0];

function answerTokenRequest(
  request: IncomingMessage,
  { header, tenantId, now }: TokenOptions,
): { status: number; body: unknown } {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (request.headers['x-identity-header'] !== header)
    return refusal(401, 'The X-IDENTITY-HEADER is missing or wrong.');
  if (url.searchParams.get('api-version') !== '2019-08-01')
    return refusal(400, 'The api-version is not supported.');
  const resource = url.searchParams.get('resource');
  if (resource === null) return refusal(400, 'The resource is missing.');
  const clientId = url.searchParams.get('client_id') ?? undefined;
  return {
    status: 200,
    body: tokenBody({ resource, clientId, tenantId, nowSeconds: Math.floor(now() / 1000) }),
  };
}

const refusal = (status: number, message: string) => ({ status, body: { statusCode: status, message } });

interface TokenRequest {
  readonly resource: string;
  readonly clientId: string | undefined;
  readonly tenantId: string;
  readonly nowSeconds: number;
}

function tokenBody({ resource, clientId, tenantId, nowSeconds }: TokenRequest): Record<string, string> {
  const oid = clientId === undefined ? systemIdentityObjectId : guidFromHex(sha256Hex(clientId));
  const claims = { aud: resource, oid, tid: tenantId, iat: nowSeconds, exp: nowSeconds + 3600 };
  return {
    access_token: [{ alg: 'none', typ: 'JWT' }, claims, {}].map(encode).join('.'),
    client_id: clientId ?? guidFromHex(sha256Hex(systemIdentityObjectId)),
    expires_on: String(nowSeconds + 3600),
    not_before: String(nowSeconds),
    resource,
    token_type: 'Bearer',
  };
}

const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');

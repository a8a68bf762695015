import { type ArmRequest, headerOf, type Principal } from './exchange.ts';
import { guidFromHex, sha256Hex } from './seeded.ts';

/**
 * Who a request comes from; undefined without a well-formed bearer token. Any well-formed token is believed.
 *
 * Object id and tenant are read from a JWT where the token is one, else derived from the token.
 */
export function readPrincipal(headers: ArmRequest['headers'], tenantId: string): Principal | undefined {
  const token = /^Bearer\s+([\w\-.~+/]+=*)$/i.exec(headerOf(headers, 'authorization') ?? '')?.[1];
  if (token === undefined) return undefined;
  const claims = readClaims(token);
  return { objectId: claims.oid ?? guidFromHex(sha256Hex(token)), tenantId: claims.tid ?? tenantId };
}

function readClaims(token: string): { oid?: string; tid?: string } {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<
      string,
      unknown
    >;
    return {
      ...(typeof claims['oid'] === 'string' && { oid: claims['oid'] }),
      ...(typeof claims['tid'] === 'string' && { tid: claims['tid'] }),
    };
  } catch {
    return {};
  }
}

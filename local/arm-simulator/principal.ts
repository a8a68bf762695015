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
  const { objectId, tenantId: own } = known.get(token) ?? remember(token);
  return { objectId, tenantId: own ?? tenantId };
}

// A caller comes with the same token for an hour, and with every request.
const known = new Map<string, { readonly objectId: string; readonly tenantId?: string }>();
const MOST_KNOWN = 100;

function remember(token: string): { readonly objectId: string; readonly tenantId?: string } {
  const { oid, tid } = readClaims(token);
  const told = {
    objectId: oid ?? guidFromHex(sha256Hex(token)),
    ...(tid === undefined ? {} : { tenantId: tid }),
  };
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(token, told);
  return told;
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

import type { ArmReply } from './exchange.ts';
import { guidFromHex, sha256Hex } from './seeded.ts';
import type { Call } from './core.ts';

/** Adds what the gateway puts on every answer: request ids, caching, security, `Date`, Content-Length. */
export function withGatewayHeaders(reply: ArmReply, context: GatewayContext): ArmReply {
  const { requestId, clientRequestId, now } = context;
  return {
    ...reply,
    headers: {
      'Cache-Control': 'no-cache',
      Pragma: 'no-cache',
      ...(reply.status !== 204 && { 'Content-Length': String(Buffer.byteLength(reply.body ?? '')) }),
      Expires: '-1',
      'x-ms-request-id': requestId,
      'x-ms-correlation-request-id': requestId,
      'x-ms-routing-request-id': `SIMULATOR:${new Date(now).toISOString().replace(/[-:]|\.\d+/g, '')}:${requestId}`,
      ...(clientRequestId !== undefined && { 'x-ms-client-request-id': clientRequestId }),
      'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
      'X-Content-Type-Options': 'nosniff',
      'X-Cache': 'CONFIG_NOCACHE',
      'X-MSEdge-Ref': edgeReference(requestId, now),
      Date: new Date(now).toUTCString(),
      ...reply.headers,
    },
  };
}

/** What the gateway knows of one request. */
interface GatewayContext {
  readonly requestId: string;
  /** As sent; echoed only then. */
  readonly clientRequestId?: string;
  readonly now: number;
}

/** `x-ms-operation-identifier`, which providers (not the gateway) add to their answers. */
export function operationIdentifier({
  principal,
  now,
  route,
}: Pick<Call, 'principal' | 'now' | 'route'>): string {
  const id = guidFromHex(sha256Hex(`${route.name}/${now}`));
  return `tenantId=${principal.tenantId},objectId=${principal.objectId}/westeurope/${id}`;
}

function edgeReference(requestId: string, now: number): string {
  const reference = requestId.replaceAll('-', '').toUpperCase();
  return `Ref A: ${reference} Ref B: SIM000000000000 Ref C: ${new Date(now).toISOString().replace(/\.\d+/, '')}`;
}

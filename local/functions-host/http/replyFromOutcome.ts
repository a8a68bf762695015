import type { HostReply } from '../durableExtension.ts';
import type { InvocationOutcome } from '../invoke.ts';
import type { TypedData } from '../typedData.ts';
import { setCookieHeader, type HttpDataCookie } from './setCookie.ts';

interface HttpData {
  readonly statusCode?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly HttpDataCookie[];
  readonly body?: TypedData | null;
}

/**
 * What the caller of an HTTP function gets: 204 for undefined and null, 500 with an empty body for a failure, never its
 * message.
 */
export function replyFromOutcome(outcome: InvocationOutcome): HostReply {
  if (!outcome.ok) return { status: 500, headers: {} };
  const http = outcome.returnValue?.http as HttpData | undefined;
  if (!http) return { status: 204, headers: {} };
  const cookies = (http.cookies ?? []).map(setCookieHeader);
  return {
    status: Number(http.statusCode ?? 200),
    headers: { ...http.headers, ...(cookies.length > 0 ? { 'set-cookie': cookies } : {}) },
    body: bodyOf(http.body),
  };
}

function bodyOf(data: TypedData | null | undefined): string | Buffer {
  if (data?.bytes) return Buffer.from(data.bytes);
  return data?.string ?? data?.json ?? '';
}

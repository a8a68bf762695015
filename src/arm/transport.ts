import type { PipelineResponse } from '@azure/core-rest-pipeline';
import type { Json } from './call.ts';
import { plainText, withoutQueries } from './words.ts';

/** The part of `@azure/identity` the client needs; its credentials fit. */
export interface TokenSource {
  getToken(
    scope: string,
    options?: { abortSignal?: AbortSignal },
  ): Promise<{ readonly token: string; readonly expiresOnTimestamp: number } | null>;
}

/** Gives the token to send now, from memory while it is good. */
export interface AccessToken {
  /** The text of the `Authorization` header. Throws what the credential throws, or when it gives nothing. */
  header(now: Date, signal: AbortSignal): Promise<string>;
  /** Forgets the token that the service has refused; a newer one stays. */
  forget(refusedHeader: string): void;
}

// Longer than any send window, so that a token does not expire on its way.
const leastLifeMs = 300_000;

/** Keeps one token of one credential; callers that come together share one request for it. */
export function keepToken(source: TokenSource, scope: string): AccessToken {
  let kept: { readonly header: string; readonly goodUntil: number } | undefined;
  let asked: Promise<string> | undefined;
  const ask = async (signal: AbortSignal): Promise<string> => {
    const given = await untilAborted(source.getToken(scope, { abortSignal: signal }), signal);
    if (!given?.token) throw new Error('the credential gave no token');
    kept = { header: `Bearer ${given.token}`, goodUntil: given.expiresOnTimestamp - leastLifeMs };
    return kept.header;
  };
  return {
    header: (now, signal) => {
      if (kept && now.getTime() < kept.goodUntil) return Promise.resolve(kept.header);
      asked ??= ask(signal).finally(() => (asked = undefined));
      return asked;
    },
    forget: (refusedHeader) => {
      if (kept?.header === refusedHeader) kept = undefined;
    },
  };
}

// A credential that hangs and does not heed the signal must not hold everybody who shares its answer.
function untilAborted<T>(asked: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('no answer from the credential in time')), {
      once: true,
    });
    asked.then(resolve, reject);
  });
}

/** A body as text, or why there is none. */
type BodyText = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'tooLong' };

/** Reads the body up to a number of bytes; a longer one is not read to its end. Throws what the stream throws. */
export async function readBodyText(response: PipelineResponse, mostBytes: number): Promise<BodyText> {
  const stream = response.readableStreamBody;
  if (!stream) return textOf(response.bodyAsText ?? '', mostBytes);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    const piece = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    bytes += piece.length;
    // Leaving the loop destroys the stream, and with it the connection.
    if (bytes > mostBytes) return { kind: 'tooLong' };
    chunks.push(piece);
  }
  return { kind: 'text', text: Buffer.concat(chunks).toString('utf8') };
}

const textOf = (text: string, mostBytes: number): BodyText =>
  Buffer.byteLength(text) > mostBytes ? { kind: 'tooLong' } : { kind: 'text', text };

/** A body parsed as JSON; `undefined` for an empty one; a byte order mark is taken off. */
type ParsedBody = { readonly kind: 'json'; readonly body: Json | undefined } | { readonly kind: 'notJson' };

/** Parses a body without regard to its content type, which the service leaves out at times. */
export function parseBody(text: string): ParsedBody {
  const plain = text.startsWith('\ufeff') ? text.slice(1) : text;
  if (plain.trim() === '') return { kind: 'json', body: undefined };
  try {
    return { kind: 'json', body: JSON.parse(plain) as Json };
  } catch {
    return { kind: 'notJson' };
  }
}

/** An exchange that ended without a reply. */
type NoReply = { readonly kind: 'notSent' | 'doubtful'; readonly reason: string };

const neverConnected =
  /^(?:ENOTFOUND|EAI_[A-Z]+|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL)$/;
const certificateRefused =
  /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|ERR_TLS_)/;
// These codes also stand for failures of an open connection; only the text tells that nothing was sent.
const beforeTheRequest =
  /^connect |before secure TLS connection|wrong version number|packet length too long|handshake failure|unsupported protocol/;

interface Thrown {
  readonly code?: unknown;
  readonly message?: unknown;
}

/**
 * What a thrown transport error says about the request: `notSent` when no byte of it can have reached the service
 * (name, connection, certificate), `doubtful` for everything else: reset, timeout, abort.
 */
export function readTransportError(error: unknown): NoReply {
  const { code, message } = (typeof error === 'object' && error !== null ? error : {}) as Thrown;
  const word = typeof code === 'string' ? code : '';
  const text = typeof message === 'string' ? message : String(error);
  const isSafe = neverConnected.test(word) || certificateRefused.test(word) || beforeTheRequest.test(text);
  const said = text.includes(word) ? text : `${word}: ${text}`;
  return { kind: isSafe ? 'notSent' : 'doubtful', reason: withoutQueries(plainText(said, 300)) };
}

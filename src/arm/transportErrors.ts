import { plainText } from './outcomes.ts';

/** An exchange that ended without a reply. */
export type NoReply = { readonly kind: 'notSent' | 'doubtful'; readonly reason: string };

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

/** URLs in messages of the transport lose their query: it may be signed. */
const withoutQueries = (text: string): string => text.replace(/\?[^\s'"]*/g, '?…');

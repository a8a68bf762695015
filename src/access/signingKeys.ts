import type { JWK } from 'jose';

/** A public key that signs tokens: RSA, with the id that a token's header names. */
export type SigningKey = JWK & { readonly kid: string };

/** What is known of a key id: the key, that the issuer has none of that id, or that its keys cannot be had. */
export type KeyLookup =
  | { readonly kind: 'key'; readonly key: SigningKey }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'unreachable'; readonly reason: string };

/** The issuer's keys as far as they are known here. */
export interface SigningKeys {
  find(kid: string): Promise<KeyLookup>;
  /** When the keys in use were read, absent while there are none; and why the last reading failed, if it did. */
  standing(): { readonly readAt?: Date; readonly failure?: string };
}

/** Reads the document of keys; throws whatever goes wrong. */
export type ReadKeyDocument = () => Promise<unknown>;

const secondMs = 1000;
const hourMs = 3600 * secondMs;
/** Keys older than this are read again beside the requests that they still serve. */
const freshMs = hourMs;
/** For how long keys serve when they cannot be read again. */
const usableMs = 24 * hourMs;
/** Between two readings, whatever ids callers name: a flood of unknown ones costs the issuer nothing. */
const pauseMs = 30 * secondMs;
/** The same while there are no keys at all: nobody gets in until then. */
const coldPauseMs = 5 * secondMs;

/** Seconds after which a caller may ask again when there are no keys. */
export const keysRetrySeconds = coldPauseMs / secondMs;

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** RS256 keys for signatures; anything else in the document is passed over. */
function isSigningKey(value: unknown): value is SigningKey {
  const { kty, kid, n, e, use, alg } = (value ?? {}) as Record<string, unknown>;
  return (
    kty === 'RSA' &&
    [kid, n, e].every(isText) &&
    (use === undefined || use === 'sig') &&
    (alg === undefined || alg === 'RS256')
  );
}

function keysIn(document: unknown): ReadonlyMap<string, SigningKey> {
  const { keys } = (document ?? {}) as { keys?: unknown };
  const found = Array.isArray(keys) ? keys.filter(isSigningKey) : [];
  if (found.length === 0) throw new Error('The document holds no RSA key for signatures.');
  // Private members would make a signing key of it, and extra ones decide nothing.
  return new Map(found.map(({ kid, n, e }) => [kid, { kty: 'RSA', alg: 'RS256', kid, n, e } as SigningKey]));
}

interface Known {
  readonly keys: ReadonlyMap<string, SigningKey>;
  readonly readAtMs: number;
}

/**
 * Keeps the issuer's keys: read when first needed, again every hour and for an id that is not among them, never more often
 * than every 30 s (5 s while there are none). While they cannot be read the last ones serve on for 24 h.
 */
export function keepSigningKeys(read: ReadKeyDocument, clock: () => Date): SigningKeys {
  let known: Known | undefined;
  let failure: string | undefined;
  let triedAtMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;
  const nowMs = () => clock().getTime();
  const ageMs = () => (known ? nowMs() - known.readAtMs : Number.POSITIVE_INFINITY);
  const usable = () => (ageMs() < usableMs ? known?.keys : undefined);

  async function readOnce(): Promise<void> {
    try {
      known = { keys: keysIn(await read()), readAtMs: nowMs() };
      failure = undefined;
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
    } finally {
      reading = undefined;
    }
  }
  /** Resolves when a reading that goes on, or may begin now, has ended. */
  function readAgain(): Promise<void> {
    if (reading) return reading;
    if (nowMs() - triedAtMs < (usable() ? pauseMs : coldPauseMs)) return Promise.resolve();
    triedAtMs = nowMs();
    return (reading = readOnce());
  }
  return {
    standing: () => ({
      ...(known && usable() ? { readAt: new Date(known.readAtMs) } : {}),
      ...(failure === undefined ? {} : { failure }),
    }),
    find: async (kid) => {
      if (!usable()?.has(kid)) await readAgain();
      else if (ageMs() > freshMs) void readAgain();
      const keys = usable();
      if (!keys) return { kind: 'unreachable', reason: failure ?? 'not read yet' };
      const key = keys.get(kid);
      return key ? { kind: 'key', key } : { kind: 'unknown' };
    },
  };
}

const longestReadMs = 5 * secondMs;
const largestDocument = 256 * 1024;

async function documentIn(reply: Response): Promise<unknown> {
  if (reply.status !== 200) throw new Error(`The issuer's keys: status ${reply.status}.`);
  const text = await reply.text();
  if (text.length > largestDocument) throw new Error("The issuer's keys are larger than 256 KiB.");
  return JSON.parse(text) as unknown;
}

/** Reads the document at the configured URL, and at no other: redirects are not followed. Gives up after 5 s. */
export const keyDocumentAt =
  (url: string, withinMs = longestReadMs): ReadKeyDocument =>
  async () => {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(new Error('The issuer does not answer.')), withinMs);
    try {
      return await documentIn(await fetch(url, { redirect: 'error', signal: abort.signal }));
    } finally {
      clearTimeout(timer);
    }
  };

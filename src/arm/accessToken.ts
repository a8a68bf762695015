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

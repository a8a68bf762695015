import { badRequest } from './refusal.ts';

/** Header that makes a request the same request when it is sent again. */
export const idempotencyHeader = 'Idempotency-Key';

const grammar = /^[A-Za-z0-9._:-]{1,128}$/;

/**
 * The caller's key, or one made for it.
 *
 * @throws HttpRefusal 400 for a key that is not 1–128 characters of `[A-Za-z0-9._:-]`.
 */
export function readIdempotencyKey(headers: Headers, newId: () => string): string {
  const given = headers.get(idempotencyHeader);
  if (given === null) return newId();
  if (grammar.test(given)) return given;
  const message = 'An Idempotency-Key has 1 to 128 characters of A-Z a-z 0-9 . _ : -';
  throw badRequest('InvalidIdempotencyKey', message, idempotencyHeader);
}

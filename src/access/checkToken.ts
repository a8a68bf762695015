import type { JWTPayload } from 'jose';
import type { SigningKeys } from './signingKeys.ts';

/** What a caller may be allowed to do: an app role of the app's registration in Entra. */
export type Role = 'Backups.Read' | 'Backups.Run' | 'Protections.Write' | 'Protections.Delete';

/** What a token must say; ids in lower case. */
export interface TokenRules {
  readonly tenantId: string;
  /** The client id; tokens may name it as `api://<client id>`, too. */
  readonly audience: string;
  /** The whole issuer, as tokens of version 2.0 have it. */
  readonly issuer: string;
}

/** Who asks, as a checked token says. */
export interface Caller {
  /** `<tenant id>/<object id>`. */
  readonly name: string;
  readonly roles: readonly string[];
  /** The app that got the token, for logs. */
  readonly appId?: string;
}

/** What became of an `Authorization` header; a reason holds nothing of the token and is for the log. */
export type TokenCheck =
  | { readonly kind: 'caller'; readonly caller: Caller }
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'keysUnreachable'; readonly reason: string };

/** The header's longest text in characters; it is ASCII or refused. */
const longestHeader = 16 * 1024;
const bearer = /^Bearer(?: +|$)/i;
const compactToken = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const guid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
/** How far clocks may differ, for `exp` and `nbf`. */
const toleranceSeconds = 60;

class Refused extends Error {}

const loadJose = () => import('../libraries/joseTokens.ts');
type Jose = Awaited<ReturnType<typeof loadJose>>;

/** The id of the key; its place in the header is the only thing taken from a token that is not verified. */
function keyIdOf({ decodeProtectedHeader }: Jose, token: string): string {
  const { alg, kid } = decodeProtectedHeader(token);
  if (alg !== 'RS256') throw new Refused('not signed with RS256');
  if (typeof kid !== 'string' || kid === '' || kid.length > 256) throw new Refused('no key id');
  return kid;
}

function callerOf(claims: JWTPayload, { tenantId }: TokenRules): Caller {
  const { aud, oid, tid, ver, roles, azp } = claims as Record<string, unknown>;
  if (typeof aud !== 'string') throw new Refused('aud is no text');
  if (tid !== tenantId) throw new Refused('tid is another tenant');
  if (ver !== '2.0') throw new Refused('ver is not 2.0');
  if (typeof oid !== 'string' || !guid.test(oid)) throw new Refused('oid is no GUID');
  return {
    name: `${tenantId}/${oid.toLowerCase()}`,
    roles: Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [],
    ...(typeof azp === 'string' && guid.test(azp) ? { appId: azp } : {}),
  };
}

/** What failed, in words that hold nothing of the token. */
function reasonOf({ errors }: Jose, error: unknown): string {
  if (error instanceof Refused) return error.message;
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) return `claim ${error.claim}: ${error.reason}`;
  return error instanceof errors.JOSEError ? error.code : 'not readable';
}

async function verify(
  jose: Jose,
  token: string,
  rules: TokenRules,
  keys: SigningKeys,
  now: Date,
): Promise<TokenCheck> {
  const found = await keys.find(keyIdOf(jose, token));
  if (found.kind === 'unreachable') return { kind: 'keysUnreachable', reason: found.reason };
  if (found.kind === 'unknown') throw new Refused('signed with a key that the issuer does not have');
  const { payload } = await jose.jwtVerify(token, found.key, {
    algorithms: ['RS256'],
    issuer: rules.issuer,
    audience: [rules.audience, `api://${rules.audience}`],
    clockTolerance: toleranceSeconds,
    currentDate: now,
    requiredClaims: ['exp', 'iat', 'oid', 'tid'],
  });
  return { kind: 'caller', caller: callerOf(payload, rules) };
}

/**
 * Checks an `Authorization` header: a bearer token of the tenant's Entra, version 2.0, for this app, signed with RS256 by a
 * key from the configured place. Nothing else in a token (`jku`, `jwk`, `x5c`) names a key.
 */
export async function checkToken(
  header: string | null,
  rules: TokenRules,
  keys: SigningKeys,
  now: Date,
): Promise<TokenCheck> {
  const text = header?.trim() ?? '';
  if (!bearer.test(text)) return { kind: 'none' };
  if (text.length > longestHeader) return { kind: 'refused', reason: 'longer than 16 KiB' };
  const token = text.replace(bearer, '');
  if (!compactToken.test(token)) return { kind: 'refused', reason: 'not three parts' };
  const jose = await loadJose();
  try {
    return await verify(jose, token, rules, keys, now);
  } catch (error) {
    return { kind: 'refused', reason: reasonOf(jose, error) };
  }
}

import { createHmac } from 'node:crypto';
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  localAudience,
  localCallerId,
  localTenantId,
  startIssuer,
  type LocalIssuer,
} from '../../../local/issuer/issuer.ts';
import { checkToken, type TokenCheck } from '../../../src/access/checkToken.ts';
import { keepSigningKeys, keyDocumentAt } from '../../../src/access/signingKeys.ts';

const now = new Date('2026-03-01T10:00:00Z');
const seconds = now.getTime() / 1000;
const otherTenant = '99999999-0000-4000-8000-000000000000';

let issuer: LocalIssuer;
let check: (header: string | null) => Promise<TokenCheck>;

beforeAll(async () => {
  issuer = await startIssuer(() => now);
  const keys = keepSigningKeys(keyDocumentAt(issuer.keysUrl), () => now);
  const rules = { tenantId: localTenantId, audience: localAudience, issuer: issuer.issuer };
  check = (header) => checkToken(header, rules, keys, now);
});
afterAll(() => issuer.close());

const withClaims = async (claims: Readonly<Record<string, unknown>>) =>
  check(`Bearer ${await issuer.token(claims)}`);

test('a token of the tenant for this app says who asks and with which roles', async () => {
  expect(await withClaims({ roles: ['Backups.Read', 'Backups.Run'] })).toEqual({
    kind: 'caller',
    caller: {
      name: `${localTenantId}/${localCallerId}`,
      roles: ['Backups.Read', 'Backups.Run'],
      appId: 'c11e4700-0000-4000-8000-00000000c0de',
    },
  });
});

test.each([
  ['the api:// form of the audience', { aud: `api://${localAudience}` }],
  ['an end 59 s ago', { exp: seconds - 59 }],
  ['a beginning in 60 s', { nbf: seconds + 60 }],
  ['no beginning', { nbf: undefined }],
  ['no app', { azp: undefined }],
])('a token with %s is good', async (_, claims) => {
  expect((await withClaims(claims)).kind).toBe('caller');
});

test.each([
  ['no roles', { roles: undefined }, []],
  ['roles as a text', { roles: 'Backups.Read' }, []],
  ['roles that are no texts', { roles: [{}, 1, 'Backups.Read'] }, ['Backups.Read']],
  [
    'scopes, groups and a name',
    { roles: [], scp: 'Backups.Read', groups: ['Backups.Read'], name: 'Backups.Read' },
    [],
  ],
])('of a token with %s only app roles count', async (_, claims, roles) => {
  expect(await withClaims(claims)).toMatchObject({ kind: 'caller', caller: { roles } });
});

test.each([
  ['an end 60 s ago', { exp: seconds - 60 }, 'expired'],
  ['a beginning in 61 s', { nbf: seconds + 61 }, 'claim nbf: check_failed'],
  ['no end', { exp: undefined }, 'claim exp: missing'],
  ['no time of issue', { iat: undefined }, 'claim iat: missing'],
  ['no object id', { oid: undefined }, 'claim oid: missing'],
  ['an object id with a path', { oid: '../x' }, 'oid is no GUID'],
  ['no tenant', { tid: undefined }, 'claim tid: missing'],
  ['another tenant than its issuer', { tid: otherTenant }, 'tid is another tenant'],
  ['the audience of another app', { aud: otherTenant }, 'claim aud: check_failed'],
  ['the audience of another app as api://', { aud: `api://${otherTenant}` }, 'claim aud: check_failed'],
  ['several audiences', { aud: [localAudience, otherTenant] }, 'aud is no text'],
  ['version 1.0', { ver: '1.0' }, 'ver is not 2.0'],
  ['no version', { ver: undefined }, 'ver is not 2.0'],
  [
    'the issuer of version 1.0',
    { iss: `https://sts.windows.net/${localTenantId}/` },
    'claim iss: check_failed',
  ],
  ['another issuer', { iss: 'https://login.example/v2.0' }, 'claim iss: check_failed'],
  ['an end that is a text', { exp: '2030-01-01' }, 'claim exp: invalid'],
])('a token with %s is refused: %#', async (_, claims, reason) => {
  expect(await withClaims(claims)).toEqual({ kind: 'refused', reason });
});

test.each([[null], [''], ['Basic dTpw'], ['DPoP abc'], ['Bearers abc'], ['Bearerabc']])(
  '%j is no bearer token at all',
  async (header) => {
    expect(await check(header)).toEqual({ kind: 'none' });
  },
);

test.each([
  ['Bearer'],
  ['Bearer '],
  ['bearer abc'],
  ['Bearer a.b'],
  ['Bearer a.b.c.d.e'],
  ['Bearer a.b.c, Bearer a.b.c'],
  ['Bearer ..'],
  ['Bearer é.é.é'],
])('%j is no token', async (header) => {
  expect((await check(header)).kind).toBe('refused');
});

test('a header of 16 KiB is read, a longer one is not', async () => {
  const padded = async (length: number) => {
    const bare = `Bearer ${await issuer.token({ padding: '' })}`;
    // Three bytes of a claim are four characters of the token.
    return `Bearer ${await issuer.token({ padding: 'x'.repeat(Math.floor(((length - bare.length) * 3) / 4)) })}`;
  };
  const long = await padded(16_384);
  expect(long.length).toBeGreaterThan(16_370);
  expect(long.length).toBeLessThanOrEqual(16_384);
  expect((await check(long)).kind).toBe('caller');
  expect(await check(await padded(16_400))).toEqual({ kind: 'refused', reason: 'longer than 16 KiB' });
});

describe('a signature', () => {
  const claims = () => ({
    aud: localAudience,
    iss: issuer.issuer,
    oid: localCallerId,
    tid: localTenantId,
    ver: '2.0',
  });
  const signed = async (header: { alg: string; [name: string]: unknown }, key: never) =>
    check(
      `Bearer ${await new SignJWT({ ...claims(), iat: seconds, exp: seconds + 60 }).setProtectedHeader(header).sign(key)}`,
    );

  test('of nobody is refused', async () => {
    const unsigned = new UnsecuredJWT({ ...claims(), iat: seconds, exp: seconds + 60 }).encode();
    expect(await check(`Bearer ${unsigned}`)).toMatchObject({ kind: 'refused' });
    expect(await check(`Bearer ${unsigned}AA`)).toEqual({ kind: 'refused', reason: 'not signed with RS256' });
  });

  test('made with the public key as a secret is refused', async () => {
    const { kid, publicKey } = issuer.signer();
    const secret = new TextEncoder().encode(String(publicKey.n));
    expect(await signed({ alg: 'HS256', kid }, secret as never)).toEqual({
      kind: 'refused',
      reason: 'not signed with RS256',
    });
    const [, payload = ''] = (await issuer.token()).split('.');
    const head = Buffer.from(JSON.stringify({ alg: 'RS256', kid })).toString('base64url');
    const mac = createHmac('sha256', secret).update(`${head}.${payload}`).digest('base64url');
    expect((await check(`Bearer ${head}.${payload}.${mac}`)).kind).toBe('refused');
  });

  test('of another key under the same id is refused, wherever the token says its key is', async () => {
    const { kid } = issuer.signer();
    const other = await generateKeyPair('RS256', { extractable: true });
    const reason = 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED';
    expect(await signed({ alg: 'RS256', kid }, other.privateKey as never)).toEqual({
      kind: 'refused',
      reason,
    });
    const header = { alg: 'RS256', kid, jku: 'https://evil.example/keys', x5u: 'https://evil.example/c' };
    expect(await signed(header, other.privateKey as never)).toEqual({ kind: 'refused', reason });
  });

  test.each([['RS512'], ['PS256']])('by %s is refused', async (alg) => {
    const { kid } = issuer.signer();
    const { privateKey } = await generateKeyPair(alg);
    expect(await signed({ alg, kid }, privateKey as never)).toEqual({
      kind: 'refused',
      reason: 'not signed with RS256',
    });
  });

  test('does not cover other claims', async () => {
    const [head, , signature] = (await issuer.token({ roles: [] })).split('.');
    const [, payload] = (await issuer.token()).split('.');
    expect((await check(`Bearer ${head}.${payload}.${signature}`)).kind).toBe('refused');
  });

  test('of a key without an id, or with one that the issuer does not have, is refused', async () => {
    const { privateKey } = issuer.signer();
    expect(await signed({ alg: 'RS256' }, privateKey as never)).toEqual({
      kind: 'refused',
      reason: 'no key id',
    });
    expect(await signed({ alg: 'RS256', kid: 'x' }, privateKey as never)).toEqual({
      kind: 'refused',
      reason: 'signed with a key that the issuer does not have',
    });
  });
});

test('without keys nothing can be said', async () => {
  const keys = keepSigningKeys(
    () => Promise.reject(new Error('away')),
    () => now,
  );
  const rules = { tenantId: localTenantId, audience: localAudience, issuer: issuer.issuer };
  expect(await checkToken(`Bearer ${await issuer.token()}`, rules, keys, now)).toEqual({
    kind: 'keysUnreachable',
    reason: 'away',
  });
});

// The part of the local issuer that signs people in: authorization code with PKCE; whom to be is chosen, not proven.
import { createHash, randomUUID } from 'node:crypto';

/** Someone to be: a name, and the app roles that they have. */
interface Person {
  readonly name: string;
  readonly roles: readonly string[];
}

const people: readonly Person[] = [
  { name: 'Reader', roles: ['Backups.Read'] },
  { name: 'Operator', roles: ['Backups.Read', 'Backups.Run'] },
  { name: 'Owner', roles: ['Backups.Read', 'Backups.Run', 'Protections.Write', 'Protections.Delete'] },
  { name: 'Stranger', roles: [] },
];

/** What the issuer answers a browser with. */
export interface PeopleAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Signs tokens with the claims given. */
type Sign = (claims: Readonly<Record<string, unknown>>) => Promise<string>;

interface Grant {
  readonly person: Person;
  readonly clientId: string;
  readonly nonce: string | null;
  /** SHA-256 of what the browser will show, base64url. */
  readonly challenge: string | null;
  readonly redirectUri: string | null;
  readonly scope: string;
}

const text = (
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): PeopleAnswer => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
  body,
});
/** A page of another origin redeems codes. */
const cors = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' };
const json = (status: number, body: unknown): PeopleAnswer => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...cors },
  body: JSON.stringify(body),
});
const refusal = (error: string, description: string): PeopleAnswer =>
  json(400, { error, error_description: description });

const escaped = (value: string): string => value.replaceAll('&', '&amp;').replaceAll('"', '&quot;');

function choice(query: URLSearchParams): PeopleAnswer {
  const links = people.map(({ name, roles }) => {
    const asThis = new URLSearchParams([...query, ['as', name]]).toString();
    return `<li><a href="?${escaped(asThis)}">${name}</a> ${roles.join(', ') || 'no role'}</li>`;
  });
  return text(
    200,
    `<!doctype html><title>Local issuer</title><h1>Who are you?</h1><ul>${links.join('')}</ul>`,
  );
}

const challengeOf = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url');

/** Signs people in for one tenant. */
export interface PeopleDesk {
  /** `GET …/authorize`: a list of people, or back to the page as one of them. */
  authorize(query: URLSearchParams): PeopleAnswer;
  /** `POST …/token` of a browser. */
  redeem(form: URLSearchParams): Promise<PeopleAnswer>;
  logout(query: URLSearchParams): PeopleAnswer;
  /** What a browser asks before it posts across origins. */
  preflight(): PeopleAnswer;
}

/** @param sign makes a token of the issuer */
export function createPeopleDesk(sign: Sign): PeopleDesk {
  const codes = new Map<string, Grant>();
  const refreshTokens = new Map<string, Grant>();

  async function tokens(grant: Grant): Promise<PeopleAnswer> {
    const { person, clientId, nonce, scope } = grant;
    const oid = `00000000-0000-4000-8000-${Buffer.from(person.name.padEnd(6).slice(0, 6)).toString('hex')}`;
    const claims = {
      oid,
      sub: oid,
      name: person.name,
      preferred_username: `${person.name.toLowerCase()}@local`,
    };
    const refreshToken = randomUUID();
    refreshTokens.set(refreshToken, grant);
    return json(200, {
      token_type: 'Bearer',
      scope,
      expires_in: 3600,
      access_token: await sign({ ...claims, roles: person.roles, azp: clientId }),
      id_token: await sign({ ...claims, aud: clientId, ...(nonce === null ? {} : { nonce }) }),
      refresh_token: refreshToken,
    });
  }

  return {
    authorize(query) {
      const person = people.find(({ name }) => name === query.get('as'));
      if (!person) return choice(query);
      const redirectUri = query.get('redirect_uri');
      if (redirectUri === null || query.get('code_challenge_method') !== 'S256')
        return text(400, 'A redirect_uri and a code_challenge by S256 are needed.');
      const code = randomUUID();
      codes.set(code, {
        ...{ person, redirectUri, clientId: query.get('client_id') ?? '', scope: query.get('scope') ?? '' },
        ...{ nonce: query.get('nonce'), challenge: query.get('code_challenge') },
      });
      const answer = new URLSearchParams({ code, state: query.get('state') ?? '' });
      const mark = query.get('response_mode') === 'query' ? '?' : '#';
      return text(302, '', { location: `${redirectUri}${mark}${answer.toString()}` });
    },
    async redeem(form) {
      if (form.get('grant_type') === 'refresh_token') {
        const grant = refreshTokens.get(form.get('refresh_token') ?? '');
        return grant ? tokens(grant) : refusal('invalid_grant', 'The refresh token is not known.');
      }
      const code = form.get('code') ?? '';
      const grant = codes.get(code);
      codes.delete(code);
      if (!grant) return refusal('invalid_grant', 'The code is not known, or was used before.');
      if (challengeOf(form.get('code_verifier') ?? '') !== grant.challenge)
        return refusal('invalid_grant', 'The code_verifier does not fit the code_challenge.');
      if (form.get('redirect_uri') !== grant.redirectUri)
        return refusal('invalid_grant', 'The redirect_uri is another than was asked with.');
      return tokens(grant);
    },
    logout: (query) => text(302, '', { location: query.get('post_logout_redirect_uri') ?? 'about:blank' }),
    preflight: () => ({ status: 204, headers: cors, body: '' }),
  };
}

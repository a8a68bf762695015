import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { textSource } from '../../../src/storage/textSource.ts';

const asked: { readonly url: string; readonly init: RequestInit }[] = [];
let answer: () => Promise<Response>;
let tokensFor: string[];

const credential = {
  getToken: (scope: string | string[]) => {
    tokensFor.push(String(scope));
    return Promise.resolve({ token: 'the-token', expiresOnTimestamp: 0 });
  },
};

beforeEach(() => {
  asked.length = 0;
  tokensFor = [];
  answer = () => Promise.resolve(new Response('{}'));
  vi.stubGlobal('fetch', (url: URL, init: RequestInit) => {
    asked.push({ url: String(url), init });
    return answer();
  });
});

afterEach(() => vi.unstubAllGlobals());

const blob = 'https://plans.blob.core.windows.net/p/plan.json';
const read = (location = blob, version?: string) => textSource(location, credential).read(version);
const headersOf = () => new Headers(asked[0]?.init.headers);

test.each([
  'https://ada:secret1@plans.blob.core.windows.net/p/plan.json',
  'https://plans .blob/p?sig=secret1',
])('a place that is no plain URL is refused, and not named: %s', (location) => {
  const source = () => textSource(location, credential);
  expect(source).toThrow('The place is no URL, or one with a user name or password in it.');
  expect(source).not.toThrow(/secret1/);
});

describe('the token goes to hosts of blob storage alone', () => {
  test.each([
    'https://evil.example/p/plan.json',
    'https://plans.blob.core.windows.net.evil.example/p',
    'https://evil.example/?x=plans.blob.core.windows.net',
    'https://blob.core.windows.net/p',
    'https://plans.table.core.windows.net/p',
    'https://a.plans.blob.core.windows.net/p',
    'https://plansXblob.core.windows.net/p',
    'https://plans.blob.core.windows.example/p',
    'http://plans.blob.core.windows.net/p/plan.json',
    'ftp://plans.blob.core.windows.net/p/plan.json',
  ])('%s is refused before anything is sent', (location) => {
    expect(() => textSource(location, credential)).toThrow(
      'The place is neither a file nor the https URL of a blob.',
    );
    expect(tokensFor).toEqual([]);
  });

  test.each([
    blob,
    'https://plans.z12.blob.storage.azure.net/p/plan.json',
    'https://plans.blob.core.usgovcloudapi.net/p/plan.json',
    'https://plans.blob.core.chinacloudapi.cn/p/plan.json',
  ])('%s gets a token for storage', async (location) => {
    await read(location);
    expect(tokensFor).toEqual(['https://storage.azure.com/.default']);
    expect(asked.map(({ url }) => url)).toEqual([location]);
    expect(headersOf().get('authorization')).toBe('Bearer the-token');
  });

  test('a redirect is not followed: it would take the token to another host', async () => {
    await read();
    expect(asked[0]?.init.redirect).toBe('error');
  });

  test('a URL with a signature of its own gets none, and is shown without it', async () => {
    const source = textSource(`${blob}?sv=2021&sig=abc`, credential);
    await source.read();
    expect(tokensFor).toEqual([]);
    expect(headersOf().has('authorization')).toBe(false);
    expect(source.name).toBe(blob);
  });
});

describe('a blob', () => {
  test('is a text with its version', async () => {
    answer = () => Promise.resolve(new Response('{"a":1}', { headers: { etag: '"v1"' } }));
    expect(await read()).toEqual({ kind: 'text', text: '{"a":1}', version: '"v1"' });
    expect(headersOf().has('if-none-match')).toBe(false);
  });

  test('that has the version known already is not read again', async () => {
    answer = () => Promise.resolve(new Response(null, { status: 304 }));
    expect(await read(blob, '"v1"')).toEqual({ kind: 'unchanged' });
    expect(headersOf().get('if-none-match')).toBe('"v1"');
  });

  test('that is not there is absent', async () => {
    answer = () => Promise.resolve(new Response('', { status: 404 }));
    expect(await read()).toEqual({ kind: 'absent' });
  });

  test.each([201, 302, 403, 412, 500])('whose answer is a %i could not be read', async (status) => {
    answer = () => Promise.resolve(new Response('', { status }));
    await expect(read()).rejects.toThrow(`The blob answered ${status}.`);
  });

  test('of more than 4 MiB is refused, one of 4 MiB is read', async () => {
    answer = () => Promise.resolve(new Response('x'.repeat(4 * 1024 * 1024)));
    expect((await read()).kind).toBe('text');
    answer = () => Promise.resolve(new Response('x'.repeat(4 * 1024 * 1024 + 1)));
    await expect(read()).rejects.toThrow('The text is larger than 4 MiB.');
  });
});

test('a file that is not there is absent, one that cannot be read is an error', async () => {
  expect(await read('test/no-such-plan.json')).toEqual({ kind: 'absent' });
  await expect(read('test')).rejects.toThrow('EISDIR');
  expect(asked).toEqual([]);
});

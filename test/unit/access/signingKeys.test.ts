import { beforeEach, describe, expect, test } from 'vitest';
import { keepSigningKeys, keyDocumentAt, type SigningKeys } from '../../../src/access/signingKeys.ts';
import { startIssuer } from '../../../local/issuer/issuer.ts';

const second = 1000;
const hour = 3_600_000;

const published = (...kids: string[]) => ({
  keys: kids.map((kid) => ({ kty: 'RSA', kid, n: 'AQAB', e: 'AQAB' })),
});

let now: number;
let answer: () => Promise<unknown>;
let reads: number;
let keys: SigningKeys;

const kindOf = async (kid: string) => (await keys.find(kid)).kind;
const away = () => Promise.reject(new Error('no route to the issuer'));

beforeEach(() => {
  now = Date.parse('2026-03-01T10:00:00Z');
  reads = 0;
  answer = () => Promise.resolve(published('one'));
  keys = keepSigningKeys(
    () => {
      reads += 1;
      return answer();
    },
    () => new Date(now),
  );
});

test('keys are read with the first token and not again within the hour', async () => {
  expect(keys.standing()).toEqual({});
  expect(await kindOf('one')).toBe('key');
  now += 59 * 60 * second;
  expect(await kindOf('one')).toBe('key');
  expect(reads).toBe(1);
  expect(keys.standing()).toEqual({ readAt: new Date('2026-03-01T10:00:00Z') });
});

test('callers who come together share one reading', async () => {
  expect(await Promise.all(Array.from({ length: 50 }, () => kindOf('one')))).toEqual(Array(50).fill('key'));
  expect(reads).toBe(1);
});

describe('a key id that is not known', () => {
  beforeEach(async () => {
    await keys.find('one');
  });

  test('is looked for again after 30 s, and found after a rotation', async () => {
    answer = () => Promise.resolve(published('one', 'two'));
    now += 29 * second;
    expect(await kindOf('two')).toBe('unknown');
    now += second;
    expect(await kindOf('two')).toBe('key');
    expect(reads).toBe(2);
  });

  test('costs the issuer one reading in 30 s, however many there are', async () => {
    for (let seconds = 0; seconds < 300; seconds++) {
      now += second;
      const kinds = await Promise.all(['x', 'y', 'z', 'one'].map((kid) => kindOf(`${kid}`)));
      expect(kinds).toEqual(['unknown', 'unknown', 'unknown', 'key']);
    }
    expect(reads).toBe(11);
  });

  test('a key that the issuer has withdrawn serves no longer once the keys are read again', async () => {
    answer = () => Promise.resolve(published('two'));
    now += 30 * second;
    expect(await kindOf('two')).toBe('key');
    expect(await kindOf('one')).toBe('unknown');
  });
});

describe('while the issuer is away', () => {
  test('nothing is known at first; it is asked every 5 s, and its first answer is used', async () => {
    answer = away;
    expect(await kindOf('one')).toBe('unreachable');
    now += 4 * second;
    expect(await kindOf('one')).toBe('unreachable');
    expect(reads).toBe(1);
    answer = () => Promise.resolve(published('one'));
    now += second;
    expect(await kindOf('one')).toBe('key');
    expect(keys.standing()).toEqual({ readAt: new Date('2026-03-01T10:00:05Z') });
  });

  test('known keys serve for 24 h and no longer; unknown ones are unknown', async () => {
    await keys.find('one');
    answer = away;
    for (let hours = 1; hours < 24; hours++) {
      now += hour;
      expect(await kindOf('one')).toBe('key');
    }
    expect(await kindOf('two')).toBe('unknown');
    now += hour;
    expect(await kindOf('one')).toBe('unreachable');
    expect(keys.standing()).toEqual({ failure: 'no route to the issuer' });
  });

  test('an issuer that hangs holds nobody whose key is known', async () => {
    await keys.find('one');
    answer = () => new Promise(() => undefined);
    now += 2 * hour;
    expect(await kindOf('one')).toBe('key');
    expect(await kindOf('one')).toBe('key');
    expect(reads).toBe(2);
  });

  test('keys older than an hour are read again beside the request', async () => {
    await keys.find('one');
    answer = () => Promise.resolve(published('one', 'two'));
    now += hour + second;
    expect(await kindOf('one')).toBe('key');
    expect(await kindOf('two')).toBe('key');
    expect(reads).toBe(2);
  });
});

test.each([
  ['nothing', null],
  ['a text', 'keys'],
  ['no list', { keys: {} }],
  ['an empty list', { keys: [] }],
  ['a secret', { keys: [{ kty: 'oct', kid: 'one', k: 'AQAB' }] }],
  ['a key for encryption', { keys: [{ kty: 'RSA', use: 'enc', kid: 'one', n: 'AQAB', e: 'AQAB' }] }],
  ['a key of another algorithm', { keys: [{ kty: 'RSA', alg: 'PS256', kid: 'one', n: 'AQAB', e: 'AQAB' }] }],
  ['a curve', { keys: [{ kty: 'EC', crv: 'P-256', kid: 'one', x: 'AQAB', y: 'AQAB' }] }],
  ['a key without an id', { keys: [{ kty: 'RSA', n: 'AQAB', e: 'AQAB' }] }],
])('a document with %s is no document of keys: the last good one stays', async (_, document) => {
  answer = () => Promise.resolve(document);
  expect(await kindOf('one')).toBe('unreachable');
  now += 5 * second;
  answer = () => Promise.resolve(published('one'));
  expect(await kindOf('one')).toBe('key');
  now += 30 * second;
  answer = () => Promise.resolve(document);
  expect(await kindOf('two')).toBe('unknown');
  expect(await kindOf('one')).toBe('key');
});

describe('the document of keys', () => {
  test('is read where the setting says, within the time', async () => {
    const issuer = await startIssuer();
    try {
      const read = keyDocumentAt(issuer.keysUrl);
      expect(await read()).toMatchObject({ keys: [{ kid: issuer.signer().kid, kty: 'RSA' }] });
      issuer.serveKeys('down');
      await expect(read()).rejects.toThrow('status 503');
      issuer.serveKeys('broken');
      await expect(read()).rejects.toThrow('JSON');
      issuer.serveKeys('hanging');
      await expect(keyDocumentAt(issuer.keysUrl, 20)()).rejects.toThrow('does not answer');
      issuer.serveKeys('moved');
      await expect(read()).rejects.toThrow('fetch failed');
      issuer.serveKeys('huge');
      await expect(read()).rejects.toThrow('larger than 256 KiB');
    } finally {
      await issuer.close();
    }
  });
});

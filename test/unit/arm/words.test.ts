import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fewSentences, plainText, plainWords, withoutQueries } from '../../../src/arm/words.ts';

const storageKey = `${'Q29mZmVl'.repeat(11).slice(0, 86)}==`;
const token = 'eyJhbGciOiJSUzI1NiJ9.eyJvaWQiOiI0MiJ9.c2lnbmF0dXJl';

describe('secrets in the service’s words become an ellipsis', () => {
  test.each([
    ['a signed URL', 'at https://a.example/x?sv=2024&sig=Zm9v%2FYmFy&se=1', 'Zm9v'],
    ['an encoded signature', 'retry with sig%3DZm9vYmFy%26se%3D1', 'Zm9vYmFy'],
    ['a poll URL', 'see /operations/1?api-version=1&t=638&c=MII&s=c2lnbmVk&h=aGFzaA', 'c2lnbmVk'],
    ['a poll URL’s hash', 'see /operations/1?api-version=1&t=638&c=MII&s=c2lnbmVk&h=aGFzaA', 'aGFzaA'],
    ['a connection string', `AccountName=a;AccountKey=${storageKey};EndpointSuffix=x`, storageKey],
    ['a key in JSON', `{"AccountKey":"${storageKey}"}`, storageKey],
    ['a key by its looks', `the key ${storageKey} was refused`, storageKey],
    ['a header', 'Authorization: SharedKey pictures01:c2lnbmF0dXJl=', 'c2lnbmF0dXJl'],
    ['a bearer token', `Bearer ${token}`, 'eyJhbGci'],
    ['a raw token', `the token ${token} has expired`, 'eyJhbGci'],
    ['a function key', 'POST https://app.example/api/x?code=c2VjcmV0', 'c2VjcmV0'],
    ['a password', 'Server=tcp:db;User ID=sa;Password=hunter2;', 'hunter2'],
    ['a password in JSON', '{ "password": "hunter2" }', 'hunter2'],
    ['a client secret', 'grant_type=x&client_secret=abc~def&scope=y', 'abc~def'],
  ])('%s', (_, text, secret) => {
    const plain = plainText(text);
    expect(plain).not.toContain(secret);
    expect(plain).toContain('…');
  });

  test('prose that only names such things stays', () => {
    const text = 'Bearer tokens and SharedKey access are switched off; the signature of the code is valid.';
    expect(plainText(text)).toBe(text);
  });
});

describe('a key that lies where a long text is cut', () => {
  // 4,000 characters are looked at for 2,000 that are told: what a secret before it took leaves room for the rest of one.
  const before = (length: number): string => `sig=${'a'.repeat(length - 9)} key `;

  test.each([3911, 3913, 3950, 3980])('after %i characters of them shows no part of itself', (length) => {
    const plain = plainText(`${before(length)}${storageKey} was refused`);
    expect(plain).not.toContain(storageKey.slice(0, 8));
    expect(plainWords({ said: `${before(length)}${storageKey}` }).said).not.toContain(storageKey.slice(0, 8));
  });

  test('is one only where a whole word could be: a long text without blanks stays', () => {
    expect(plainText('x'.repeat(70_000), 20)).toBe(`${'x'.repeat(19)}…`);
    expect(plainText(`${'x '.repeat(20)}`, 20)).toBe(`${'x '.repeat(9)}x…`);
  });
});

test('a text is never cut through a character of two units', () => {
  expect(plainText(`${'x'.repeat(8)}💾💾`, 10)).toBe(`${'x'.repeat(8)}…`);
  expect(plainText(`${'x'.repeat(7)}💾💾`, 10)).toBe(`${'x'.repeat(7)}💾…`);
});

test('control characters and marks that turn text become blanks', () => {
  expect(plainText('line one\r\nline\u202e two\u0000')).toBe('line one line  two');
});

test('a text is capped, whatever its length', () => {
  expect(plainText('x'.repeat(70_000))).toHaveLength(2000);
  expect(plainText('x'.repeat(70_000), 10)).toBe('xxxxxxxxx…');
});

test('every text of a result is made plain, names keep their blanks, numbers and nothing stay', () => {
  const result = { name: ' docs ', deep: [{ said: 'sig=abc', at: 7, none: null }], gone: undefined };
  expect(plainWords(result)).toEqual({
    name: ' docs ',
    deep: [{ said: 'sig=…', at: 7, none: null }],
    gone: undefined,
  });
});

test('making plain what is plain changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (text) => {
      const once = plainText(text);
      expect(plainText(once)).toBe(once);
    }),
    { numRuns: 500 },
  );
});

test('of many sentences few are told, with the number of the others', () => {
  const told = fewSentences(Array.from({ length: 200 }, (_, n) => `warning ${n} ${'x'.repeat(900)}`));
  expect(told).toHaveLength(6);
  expect(told[0]).toHaveLength(400);
  expect(told[5]).toBe('195 more of the kind.');
});

describe('a message of the transport', () => {
  test('loses the query of every URL in it, and the user that it names', () => {
    expect(withoutQueries('GET https://a:b@h/x?sig=1 then https://c@h/y?t=2, "http://h/z?q"')).toBe(
      'GET https://…@h/x?… then https://…@h/y?… "http://h/z?…"',
    );
  });
});

test('a text of exactly the longest length stays whole', () => {
  expect([plainText('x'.repeat(10), 10), plainText('x'.repeat(11), 10)]).toEqual([
    'x'.repeat(10),
    `${'x'.repeat(9)}…`,
  ]);
  expect(plainWords({ a: ['x'.repeat(11), { b: 'x'.repeat(10) }] }, 10)).toEqual({
    a: [`${'x'.repeat(9)}…`, { b: 'x'.repeat(10) }],
  });
});

test('five sentences are told as they are, and nothing of a rest', () => {
  const five = ['a', 'b', 'c', 'd', 'e'];
  expect(fewSentences(five)).toEqual(five);
  expect(fewSentences([...five, 'f'])).toEqual([...five, '1 more of the kind.']);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  armPath,
  idKey,
  parseResourceId,
  resourcePath,
  ResourceIdRefused,
} from '../../../src/arm/resourceId.ts';
import { UrlRefused, checkUrl, requestUrl } from '../../../src/arm/urlGate.ts';

const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    '..',
    '.',
    '%2e%2e',
    '%2f',
    '%252e',
    'a/b',
    '\\',
    '?',
    '#',
    ';',
    'ä',
    'x;y',
    '\u202e',
    '\ud800',
  ),
);
const subscription = '/subscriptions/0a1b2c3d-0000-4000-8000-00000000000f';

test('whatever the names, a path that is made has exactly those segments', () => {
  fc.assert(
    fc.property(fc.array(nasty, { minLength: 1, maxLength: 6 }), (names) => {
      try {
        const { pathname, search, hash } = new URL(armPath(...names), 'https://arm.example');
        expect(pathname.slice(1).split('/').map(decodeURIComponent)).toEqual(names);
        expect([search, hash]).toEqual(['', '']);
      } catch (error) {
        expect(error).toBeInstanceOf(ResourceIdRefused);
      }
    }),
    { numRuns: 2000 },
  );
});

const decoded = (path: string): string => path.split('/').map(decodeURIComponent).join('/');

test('whatever the text, an id that is taken makes a path that says the same', () => {
  fc.assert(
    fc.property(fc.array(nasty, { maxLength: 4 }), (tail) => {
      const id = `${subscription}/resourceGroups/rg/providers/Microsoft.X/y/${tail.join('/')}`;
      if (parseResourceId(id).kind === 'ok') expect(idKey(decoded(resourcePath(id)))).toBe(idKey(id));
      else expect(() => resourcePath(id)).toThrow(ResourceIdRefused);
    }),
    { numRuns: 2000 },
  );
});

test('whatever the query, it arrives as it was given', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (value) => {
      const url = requestUrl(
        { action: 'x', method: 'GET', path: subscription, apiVersion: '1', query: { $filter: value } },
        'https://arm.example',
      );
      expect(new URL(url).searchParams.get('$filter')).toBe(value);
    }),
  );
});

test('whatever a reply names, what passes the gate stays at the endpoint and in the subscription', () => {
  const url = fc.tuple(
    fc.constantFrom(
      'https://arm.example',
      'https://ARM.example:443',
      '',
      'http://arm.example',
      '//evil.example',
      'https://arm.example@evil.example',
    ),
    fc.constantFrom(
      `${subscription}/providers/Microsoft.X/`,
      '/subscriptions/other/providers/Microsoft.X/',
      '/',
    ),
    nasty,
    nasty,
  );
  fc.assert(
    fc.property(url, fc.constantFrom('poll', 'nextLink'), ([host, path, name, query], kind) => {
      try {
        const sent = checkUrl(
          `${host}${path}${name}?t=${query}`,
          { kind, action: 'x', path: `${subscription}/providers/Microsoft.X/y` },
          'https://arm.example',
        );
        expect(sent.startsWith(`https://arm.example${subscription}/providers/Microsoft.X/`)).toBe(true);
        expect(new URL(sent).href).toBe(sent);
      } catch (error) {
        expect(error).toBeInstanceOf(UrlRefused);
      }
    }),
    { numRuns: 3000 },
  );
});

import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { answerOfPage, readPageFiles, type Page } from '../../../src/http/page.ts';

const file = (text: string) => ({ plain: Buffer.from(text), compressed: Buffer.from(`gzip of ${text}`) });
const page: Page = {
  files: new Map([
    ['index.html', file('<!doctype html>')],
    ['main-ABC123.js', file('code')],
    ['style-ABC123.css', file('style')],
  ]),
  config: {},
};
const ask = (route: string, acceptEncoding = '', of = page) => answerOfPage(of, route, acceptEncoding);
const headers = (route: string, of = page) => ask(route, '', of).headers as Record<string, string>;

describe('the page', () => {
  test('the root leads to it', () => {
    expect(ask('')).toMatchObject({ status: 302, headers: { location: '/ui/' } });
  });

  test.each(['ui', 'ui/', 'ui/runs/7', 'ui/resources', 'ui/index.html'])(
    '%s is the document, asked for anew each time',
    (route) => {
      expect(ask(route)).toMatchObject({ status: 200, body: Buffer.from('<!doctype html>') });
      expect(headers(route)).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
      });
    },
  );

  test('the document may ask this host alone', () => {
    expect(headers('ui/')['content-security-policy']).toBe(
      "default-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
    );
  });

  test('where readers sign in, it may ask that host too', () => {
    const signIn = {
      authority: 'https://login.example/tenant',
      clientId: 'c',
      scope: 's',
    };
    const closed = { ...page, config: { signIn } };
    expect(headers('ui/', closed)['content-security-policy']).toContain(
      "connect-src 'self' https://login.example;",
    );
  });

  test.each([
    ['ui/main-ABC123.js', 'text/javascript; charset=utf-8'],
    ['ui/style-ABC123.css', 'text/css; charset=utf-8'],
  ])('%s is kept for a year: its name changes with its content', (route, type) => {
    expect(headers(route)).toMatchObject({
      'content-type': type,
      'cache-control': 'public, max-age=31536000, immutable',
    });
  });

  test('who takes gzip gets it', () => {
    expect(ask('ui/main-ABC123.js', 'gzip, deflate, br')).toMatchObject({
      headers: { 'content-encoding': 'gzip', vary: 'accept-encoding' },
      body: Buffer.from('gzip of code'),
    });
  });

  test('how readers sign in is never kept', () => {
    expect(ask('ui/config.json')).toMatchObject({
      status: 200,
      headers: { 'cache-control': 'no-store' },
      jsonBody: {},
    });
  });

  test.each(['ui/main-OLD.js', 'ui/../main.cjs', 'ui/%2e%2e/host.json', 'favicon.ico', 'api/nothing', 'uix'])(
    '%s is nothing',
    (route) => {
      expect(ask(route)).toMatchObject({ status: 404, jsonBody: { error: { code: 'NotFound' } } });
    },
  );

  test('a deployment without the page says so', () => {
    expect(ask('ui/', '', { files: new Map(), config: {} })).toMatchObject({
      status: 503,
      jsonBody: { error: { code: 'PageNotBuilt' } },
    });
  });
});

test('files are read with what they are compressed, and a folder that is not there has none', async () => {
  expect(await readPageFiles('no/such/folder')).toEqual(new Map());
  const read = await readPageFiles('ui/pages');
  const { plain, compressed } = read.get('vaults.tsx')!;
  expect(gunzipSync(compressed).equals(plain)).toBe(true);
});

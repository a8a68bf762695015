import { Readable } from 'node:stream';
import { createHttpHeaders, createPipelineRequest } from '@azure/core-rest-pipeline';
import { describe, expect, test } from 'vitest';
import { keepToken, parseBody, readBodyText, readTransportError } from '../../../src/arm/transport.ts';

const at = (time: string): Date => new Date(`2026-08-22T${time}Z`);
const never = new AbortController().signal;

/** A credential that gives token 1, 2, 3 …, each good until three o'clock, once a test lets it answer. */
function credential() {
  const asked: { scope: string; answer: () => void; fail: (error: Error) => void }[] = [];
  return {
    asked,
    getToken: (scope: string) =>
      new Promise<{ token: string; expiresOnTimestamp: number }>((resolve, reject) => {
        const token = `token-${asked.length + 1}`;
        const answer = () => resolve({ token, expiresOnTimestamp: at('03:00:00').getTime() });
        asked.push({ scope, answer, fail: reject });
      }),
  };
}

describe('a token', () => {
  test('is asked for once by all who need it together, in the scope that is configured', async () => {
    const source = credential();
    const token = keepToken(source, 'arm/.default');
    const both = [token.header(at('02:00:00'), never), token.header(at('02:00:00'), never)];
    source.asked[0]?.answer();
    expect(await Promise.all(both)).toEqual(['Bearer token-1', 'Bearer token-1']);
    expect(source.asked.map(({ scope }) => scope)).toEqual(['arm/.default']);
  });

  test('that the service refused is asked for anew; a newer one that took its place stays', async () => {
    const source = credential();
    const token = keepToken(source, 's');
    const header = async () => {
      const given = token.header(at('02:00:00'), never);
      source.asked.at(-1)?.answer();
      return given;
    };
    expect(await header()).toBe('Bearer token-1');
    token.forget('Bearer token-1');
    expect(await header()).toBe('Bearer token-2');
    token.forget('Bearer token-1');
    expect(await header()).toBe('Bearer token-2');
    expect(source.asked).toHaveLength(2);
  });

  test('that could not be had is asked for again by the next', async () => {
    const source = credential();
    const token = keepToken(source, 's');
    const first = token.header(at('02:00:00'), never);
    source.asked[0]?.fail(new Error('no identity'));
    await expect(first).rejects.toThrow('no identity');
    const second = token.header(at('02:00:00'), never);
    source.asked[1]?.answer();
    expect(await second).toBe('Bearer token-2');
  });

  test('of a credential that hangs is given up at the deadline, and asked for again', async () => {
    const source = credential();
    const token = keepToken(source, 's');
    const abort = new AbortController();
    const first = token.header(at('02:00:00'), abort.signal);
    abort.abort();
    await expect(first).rejects.toThrow('no answer from the credential in time');
    const second = token.header(at('02:00:00'), never);
    source.asked[1]?.answer();
    expect(await second).toBe('Bearer token-2');
  });

  test('without a text is none', async () => {
    const empty = { getToken: () => Promise.resolve({ token: '', expiresOnTimestamp: 0 }) };
    await expect(keepToken(empty, 's').header(at('02:00:00'), never)).rejects.toThrow(
      'the credential gave no token',
    );
  });
});

describe('the body of a reply', () => {
  const responding = (body: { readableStreamBody?: Readable; bodyAsText?: string }) => ({
    ...{ request: createPipelineRequest({ url: 'https://x' }), status: 200, headers: createHttpHeaders() },
    ...body,
  });
  const streamed = (...chunks: readonly (string | Buffer)[]) =>
    responding({ readableStreamBody: Readable.from(chunks) });

  test('is read from its pieces; a character may lie in two of them', async () => {
    const bytes = Buffer.from('aüb');
    expect(await readBodyText(streamed(bytes.subarray(0, 2), bytes.subarray(2)), 4)).toEqual({
      kind: 'text',
      text: 'aüb',
    });
    expect(await readBodyText(streamed('a', 'ü'), 3)).toEqual({ kind: 'text', text: 'aü' });
  });

  test('is too long by one byte more than may be read, not by characters', async () => {
    expect(await readBodyText(streamed('a', 'ü'), 2)).toEqual({ kind: 'tooLong' });
    expect(await readBodyText(responding({ bodyAsText: 'aü' }), 3)).toEqual({ kind: 'text', text: 'aü' });
    expect(await readBodyText(responding({ bodyAsText: 'aü' }), 2)).toEqual({ kind: 'tooLong' });
  });

  test('may be missing', async () => {
    expect(await readBodyText(responding({}), 10)).toEqual({ kind: 'text', text: '' });
  });

  test.each([
    ['', { kind: 'json', body: undefined }],
    [' \r\n', { kind: 'json', body: undefined }],
    ['\ufeff', { kind: 'json', body: undefined }],
    ['null', { kind: 'json', body: null }],
    ['\ufeff{"a":[1]}', { kind: 'json', body: { a: [1] } }],
    ['{"a":', { kind: 'notJson' }],
    ['<html>', { kind: 'notJson' }],
  ])('%j is read as %j', (text, body) => {
    expect(parseBody(text)).toEqual(body);
  });
});

describe('an error of the transport', () => {
  const coded = (code: string, message: string) => Object.assign(new Error(message), { code });

  test.each([
    [coded('EHOSTUNREACH', 'no route'), 'EHOSTUNREACH: no route'],
    [coded('ENETUNREACH', 'no net'), 'ENETUNREACH: no net'],
    [coded('EADDRNOTAVAIL', 'no port left'), 'EADDRNOTAVAIL: no port left'],
    [coded('DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed'), 'DEPTH_ZERO_SELF_SIGNED_CERT: self-signed'],
    [new Error('connect ETIMEDOUT 20.0.0.1:443'), 'connect ETIMEDOUT 20.0.0.1:443'],
    [coded('EPROTO', 'EPROTO wrong version number'), 'EPROTO wrong version number'],
  ])('%s: nothing has reached the service', (error, reason) => {
    expect(readTransportError(error)).toEqual({ kind: 'notSent', reason });
  });

  test.each([
    [coded('ECONNRESET', 'socket hang up'), 'ECONNRESET: socket hang up'],
    [coded('XENOTFOUND', 'read'), 'XENOTFOUND: read'],
    [new Error('did not connect ETIMEDOUT'), 'did not connect ETIMEDOUT'],
    ['aborted', 'aborted'],
    [null, 'null'],
    [undefined, 'undefined'],
    [{ code: 7, message: 'odd' }, 'odd'],
  ])('%s: the request may have been applied', (error, reason) => {
    expect(readTransportError(error)).toEqual({ kind: 'doubtful', reason });
  });

  test('is told in 300 characters, without what a URL in it carries', () => {
    const { reason } = readTransportError(new Error(`https://h/x?sig=secret ${'y'.repeat(400)}`));
    expect(reason.startsWith('https://h/x?… yyy')).toBe(true);
    expect(readTransportError(new Error('y'.repeat(400))).reason).toHaveLength(300);
  });
});

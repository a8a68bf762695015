import { Readable } from 'node:stream';
import { createHttpHeaders, type HttpClient, type PipelineRequest } from '@azure/core-rest-pipeline';
import { describe, expect, test } from 'vitest';
import { createArmClient, type ArmClientOptions } from '../../../src/arm/client.ts';
import type { ArmAnswer, ArmCall, ArmClient, SendOptions, UrlOrigin } from '../../../src/arm/call.ts';
import { UrlRefused } from '../../../src/arm/urlGate.ts';

const vault =
  '/subscriptions/0a1b2c3d-0000-4000-8000-00000000000f/resourceGroups/rg/providers/Microsoft.RecoveryServices/vaults/v';
const item = `${vault}/backupFabrics/Azure/protectionContainers/c/protectedItems/i`;
const sendOptions: SendOptions = {
  clientRequestId: '6b2f2f0e-0000-4000-8000-000000000001',
  deadlineAt: new Date('2026-08-22T02:01:00Z'),
};
const call = (method: ArmCall['method'], path: string): ArmCall => ({
  action: 'Microsoft.RecoveryServices/vaults/x',
  method,
  path,
  apiVersion: '2025-08-01',
  ...(method === 'GET' || method === 'DELETE' ? {} : { body: { properties: {} } }),
});
const followed: UrlOrigin = { kind: 'poll', action: 'x', path: item };
const nextLink: UrlOrigin = { kind: 'nextLink', action: 'x', path: `${vault}/backupJobs` };

/** The five kinds of request of the fault matrix. */
const requests: readonly (readonly [string, (client: ArmClient) => Promise<ArmAnswer>])[] = [
  ['POST backup', (client) => client.send(call('POST', `${item}/backup`), sendOptions)],
  ['PUT', (client) => client.send(call('PUT', item), sendOptions)],
  [
    'GET poll',
    (client) =>
      client.followUrl(`https://management.azure.com${vault}/backupOperations/o?t=1`, followed, sendOptions),
  ],
  [
    'GET page',
    (client) =>
      client.followUrl(`https://management.azure.com${vault}/backupJobs?$skiptoken=1`, nextLink, sendOptions),
  ],
  ['DELETE', (client) => client.send(call('DELETE', item), sendOptions)],
];

interface Scripted {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Readable;
}

/** A client whose transport answers from a script and fails on a request it was not told about. */
function scripted(script: (Scripted | Error)[], more: Partial<ArmClientOptions> = {}) {
  const sent: PipelineRequest[] = [];
  const httpClient: HttpClient = {
    sendRequest: async (request) => {
      sent.push(request);
      const next = script.shift();
      if (!next) throw new Error(`request ${sent.length} was not expected`);
      if (next instanceof Error) throw next;
      const { status, headers = {}, body = '' } = next;
      const readableStreamBody = typeof body === 'string' ? Readable.from([Buffer.from(body)]) : body;
      return { request, status, headers: createHttpHeaders(headers), readableStreamBody };
    },
  };
  const tokens = ['token-1', 'token-2', 'token-3'];
  const client = createArmClient({
    endpoint: 'https://management.azure.com/',
    scope: 'https://management.azure.com/.default',
    credential: {
      getToken: () =>
        Promise.resolve({
          token: tokens.shift() ?? 'none left',
          expiresOnTimestamp: Date.parse('2026-08-22T03:00:00Z'),
        }),
    },
    clock: () => new Date('2026-08-22T02:00:00Z'),
    after: () => () => undefined,
    httpClient,
    ...more,
  });
  return { client, sent };
}

const coded = (code: string, message: string): Error => Object.assign(new Error(message), { code });
const breaking = (text: string, error: Error): Readable =>
  Readable.from(
    (function* () {
      yield Buffer.from(text);
      throw error;
    })(),
  );

type Expected = { kind: 'reply'; status: number } | { kind: 'notSent' } | { kind: 'doubtful' };
const replied = (status: number): Expected => ({ kind: 'reply', status });
const notSent: Expected = { kind: 'notSent' };
const doubtful: Expected = { kind: 'doubtful' };

/** One row of the fault matrix: each is played against all five kinds of request, and none may be sent twice. */
const faults: readonly (readonly [string, Scripted | Error, Expected])[] = [
  [
    '429 with Retry-After',
    { status: 429, headers: { 'Retry-After': '30' }, body: '{"error":{"code":"X"}}' },
    replied(429),
  ],
  ['408', { status: 408 }, replied(408)],
  ['500', { status: 500, body: '{"error":{"code":"CloudInternalError","message":"m"}}' }, replied(500)],
  ['502 with a page of HTML', { status: 502, body: '<html>Bad gateway</html>' }, replied(502)],
  ['503 with truncated JSON', { status: 503, body: '{"error":{"co' }, replied(503)],
  ['504 without a body', { status: 504 }, replied(504)],
  ['a redirect', { status: 307, headers: { Location: 'https://evil.example/' } }, replied(307)],
  ['202 without headers', { status: 202 }, replied(202)],
  ['204', { status: 204 }, replied(204)],
  ['JSON with a byte order mark', { status: 200, body: '\ufeff{"value":[]}' }, replied(200)],
  ['JSON null', { status: 200, body: 'null' }, replied(200)],
  ['a list instead of an object', { status: 200, body: '[]' }, replied(200)],
  ['__proto__ in the body', { status: 200, body: '{"__proto__":{"polluted":true}}' }, replied(200)],
  ['connection refused', coded('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:443'), notSent],
  ['no such name', coded('ENOTFOUND', 'getaddrinfo ENOTFOUND management.azure.com'), notSent],
  ['name server down', coded('EAI_AGAIN', 'getaddrinfo EAI_AGAIN management.azure.com'), notSent],
  ['connect timed out', coded('ETIMEDOUT', 'connect ETIMEDOUT 20.0.0.1:443'), notSent],
  ['certificate of another name', coded('ERR_TLS_CERT_ALTNAME_INVALID', 'altnames'), notSent],
  [
    'certificate of an unknown authority',
    coded('UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify'),
    notSent,
  ],
  ['certificate expired', coded('CERT_HAS_EXPIRED', 'certificate has expired'), notSent],
  [
    'reset in the TLS handshake',
    coded('ECONNRESET', 'Client network socket disconnected before secure TLS connection was established'),
    notSent,
  ],
  ['reset before headers', coded('ECONNRESET', 'socket hang up'), doubtful],
  ['broken pipe', coded('EPIPE', 'write EPIPE'), doubtful],
  ['read timed out', coded('ETIMEDOUT', 'read ETIMEDOUT'), doubtful],
  ['headers too long', coded('HPE_HEADER_OVERFLOW', 'Parse Error: Header overflow'), doubtful],
  ['an error without a code', new Error('The connection was dropped'), doubtful],
  ['reset mid-body', { status: 202, body: breaking('{"a', coded('ECONNRESET', 'aborted')) }, doubtful],
  [
    'reset mid-body of a refusal',
    { status: 400, body: breaking('{"a', coded('ECONNRESET', 'aborted')) },
    doubtful,
  ],
  ['truncated JSON', { status: 200, body: '{"value":[{"id":' }, doubtful],
  ['a page of HTML under 200', { status: 200, body: '<html>Sign in</html>' }, doubtful],
  ['more than 1 MiB', { status: 200, body: `"${'x'.repeat(1_048_576)}"` }, doubtful],
];

describe.each(requests)('%s', (_, request) => {
  test.each(faults)('%s', async (_name, fault, expected) => {
    // A stream is read once, and every kind of request plays every fault.
    const fresh =
      !(fault instanceof Error) && fault.body instanceof Readable
        ? { ...fault, body: breaking('{"a', coded('ECONNRESET', 'aborted')) }
        : fault;
    const { client, sent } = scripted([fresh]);
    const answer = await request(client);
    expect(
      answer.kind === 'reply' ? { kind: 'reply', status: answer.reply.status } : { kind: answer.kind },
    ).toEqual(expected);
    expect(sent).toHaveLength(1);
  });

  test('an answer that never comes is doubtful at the deadline, and the request is aborted', async () => {
    let callBack = (): void => undefined;
    let begun = (): void => undefined;
    const began = new Promise<void>((resolve) => (begun = resolve));
    const waits: number[] = [];
    let aborted = false;
    const { client } = scripted([], {
      httpClient: {
        sendRequest: ({ abortSignal }) => {
          abortSignal?.addEventListener('abort', () => (aborted = true));
          begun();
          return new Promise(() => undefined);
        },
      },
      after: (milliseconds, late) => {
        waits.push(milliseconds);
        callBack = late;
        return () => undefined;
      },
    });
    const answer = request(client);
    await began;
    callBack();
    expect(await answer).toEqual({ kind: 'doubtful', reason: 'no reply within 60000 ms' });
    expect([waits, aborted]).toEqual([[60_000], true]);
  });

  test('after the deadline nothing is sent', async () => {
    const { client, sent } = scripted([], { clock: () => new Date('2026-08-22T02:01:00Z') });
    expect(await request(client)).toEqual({ kind: 'notSent', reason: 'the deadline had passed' });
    expect(sent).toHaveLength(0);
  });

  test('an expired token is replaced once, under the same request id', async () => {
    const refusal = {
      status: 401,
      headers: { 'WWW-Authenticate': 'Bearer error="insufficient_claims", claims="eyJ9"' },
    };
    const { client, sent } = scripted([refusal, { status: 204 }]);
    expect(await request(client)).toMatchObject({ kind: 'reply', reply: { status: 204 } });
    expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual([
      'Bearer token-1',
      'Bearer token-2',
    ]);
    expect(new Set(sent.map(({ headers }) => headers.get('x-ms-client-request-id'))).size).toBe(1);
  });

  test('a second 401 is the answer', async () => {
    const { client, sent } = scripted([{ status: 401 }, { status: 401 }]);
    expect(await request(client)).toMatchObject({ kind: 'reply', reply: { status: 401 } });
    expect(sent).toHaveLength(2);
  });

  test.each([
    ['throws', () => Promise.reject(new Error('token endpoint\ndown')), 'no token: token endpoint down'],
    ['gives nothing', () => Promise.resolve(null), 'no token: the credential gave no token'],
  ])('a credential that %s sends nothing', async (_name, getToken, reason) => {
    const { client, sent } = scripted([], { credential: { getToken } });
    expect(await request(client)).toEqual({ kind: 'notSent', reason });
    expect(sent).toHaveLength(0);
  });
});

test('a call is sent as described, with the attempt id and the token', async () => {
  const { client, sent } = scripted([{ status: 202 }]);
  await client.send(
    { ...call('POST', `${item}/backup`), query: { $filter: "operation eq 'Backup' & x" } },
    sendOptions,
  );
  const [request] = sent;
  expect(request?.url).toBe(
    `https://management.azure.com${item}/backup?api-version=2025-08-01&$filter=operation%20eq%20%27Backup%27%20%26%20x`,
  );
  expect(request?.body).toBe('{"properties":{}}');
  expect(request?.headers.toJSON()).toMatchObject({
    authorization: 'Bearer token-1',
    'content-type': 'application/json',
    'x-ms-client-request-id': '6b2f2f0e-0000-4000-8000-000000000001',
    'x-ms-return-client-request-id': 'true',
  });
});

test('a GET has neither body nor content type', async () => {
  const { client, sent } = scripted([{ status: 200, body: '{}' }]);
  await client.send(call('GET', item), sendOptions);
  expect(sent[0]?.body).toBeUndefined();
  expect(sent[0]?.headers.has('content-type')).toBe(false);
});

test('reply headers are read in lower case, an empty body is none', async () => {
  const { client } = scripted([
    { status: 202, headers: { 'Azure-AsyncOperation': 'https://x', 'Retry-After': '60' } },
  ]);
  expect(await client.send(call('PUT', item), sendOptions)).toEqual({
    kind: 'reply',
    reply: {
      status: 202,
      headers: { 'azure-asyncoperation': 'https://x', 'retry-after': '60' },
      body: undefined,
    },
  });
});

test('a signed URL of 3,814 characters goes out as it came', async () => {
  const url = `https://management.azure.com${vault}/backupOperations/o?t=${'x'.repeat(3700)}`;
  const { client, sent } = scripted([{ status: 200, body: '{}' }]);
  await client.followUrl(url, followed, sendOptions);
  expect(sent[0]?.url).toBe(url);
});

describe('no token leaves for a URL that was refused', () => {
  test.each([
    ['a foreign host', `https://management.azure.com.evil.example${vault}/backupOperations/o`],
    [
      'another subscription',
      `https://management.azure.com${vault.replace('0a1b', 'ffff')}/backupOperations/o`,
    ],
    ['plain http', `http://management.azure.com${vault}/backupOperations/o`],
  ])('%s', async (_, url) => {
    const asked: string[] = [];
    const { client, sent } = scripted([], {
      credential: {
        getToken: (scope) => {
          asked.push(scope);
          return Promise.resolve(null);
        },
      },
    });
    await expect(client.followUrl(url, followed, sendOptions)).rejects.toThrow(UrlRefused);
    expect([sent, asked]).toEqual([[], []]);
  });

  test.each([
    `${vault}/../x`,
    `${vault}?a=b`,
    '//evil.example/subscriptions/',
    '@evil.example/',
    '/metadata/endpoints',
    `${vault}/ä`,
  ])('a described path %s', async (path) => {
    const { client, sent } = scripted([]);
    await expect(client.send(call('GET', path), sendOptions)).rejects.toThrow(UrlRefused);
    expect(sent).toEqual([]);
  });
});

test('one token serves until five minutes before it expires', async () => {
  const times = ['2026-08-22T02:00:00Z', '2026-08-22T02:54:59Z', '2026-08-22T02:55:00Z'];
  let now = '';
  const { client, sent } = scripted([{ status: 204 }, { status: 204 }, { status: 204 }], {
    clock: () => new Date(now),
  });
  for (now of times)
    await client.send(call('GET', item), { ...sendOptions, deadlineAt: new Date('2026-08-22T04:00:00Z') });
  expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual([
    'Bearer token-1',
    'Bearer token-1',
    'Bearer token-2',
  ]);
});

test('an endpoint that is not https is refused at the start', () => {
  expect(() => scripted([], { endpoint: 'http://localhost:4430' })).toThrow('must be https');
});

test('a reason never repeats a signed query', async () => {
  const { client } = scripted([
    new Error('Cannot connect to https://management.azure.com/x?t=1&s=secret while …'),
  ]);
  const answer = await client.send(call('GET', item), sendOptions);
  expect(JSON.stringify(answer)).not.toContain('secret');
});

test('every request says what it wants back, and who asks; a change only of what was read', async () => {
  const { client, sent } = scripted([{ status: 204 }, { status: 204 }]);
  await client.send({ ...call('PUT', item), ifMatch: 'W/"7"' }, sendOptions);
  await client.send(call('PUT', item), sendOptions);
  expect(sent[0]?.headers.toJSON()).toEqual({
    accept: 'application/json',
    'accept-encoding': 'identity',
    authorization: 'Bearer token-1',
    'content-type': 'application/json',
    'if-match': 'W/"7"',
    'user-agent': 'azure-backup-automation',
    'x-ms-client-request-id': '6b2f2f0e-0000-4000-8000-000000000001',
    'x-ms-return-client-request-id': 'true',
  });
  expect(sent[0]?.requestId).toBe('6b2f2f0e-0000-4000-8000-000000000001');
  expect(sent[1]?.headers.has('if-match')).toBe(false);
});

describe('the deadline of a request', () => {
  /** A client whose deadline passes when a test says so; tells whether waiting for it was ended. */
  const waited = (script: (Scripted | Error)[], more: Partial<ArmClientOptions> = {}) => {
    const desk = { passes: (): void => undefined, cancelled: 0 };
    const after: ArmClientOptions['after'] = (_, late) => {
      desk.passes = late;
      return () => void (desk.cancelled += 1);
    };
    return { desk, ...scripted(script, { after, ...more }) };
  };

  test('is not waited for once there is an answer', async () => {
    const { desk, client } = waited([{ status: 204 }]);
    await client.send(call('GET', item), sendOptions);
    expect(desk.cancelled).toBe(1);
  });

  test('that passes before there is a token: nothing was sent, nor will be', async () => {
    let give = (_: { token: string; expiresOnTimestamp: number }): void => undefined;
    const getToken = () => new Promise<{ token: string; expiresOnTimestamp: number }>((r) => (give = r));
    const { desk, client, sent } = waited([{ status: 204 }], { credential: { getToken } });
    const answer = client.send(call('POST', `${item}/backup`), sendOptions);
    await new Promise((resolve) => void setImmediate(resolve));
    desk.passes();
    expect(await answer).toEqual({ kind: 'notSent', reason: 'no reply within 60000 ms' });
    give({ token: 'late', expiresOnTimestamp: Date.parse('2026-08-22T03:00:00Z') });
    await new Promise((resolve) => void setImmediate(resolve));
    expect(sent).toEqual([]);
  });

  test('that passes while a refused token is replaced: the refused request had no effect', async () => {
    let asked = 0;
    const getToken = () =>
      ++asked === 1
        ? Promise.resolve({ token: 'old', expiresOnTimestamp: Date.parse('2026-08-22T03:00:00Z') })
        : new Promise<never>(() => undefined);
    const { desk, client, sent } = waited([{ status: 401 }], { credential: { getToken } });
    const answer = client.send(call('POST', `${item}/backup`), sendOptions);
    while (asked < 2) await new Promise((resolve) => void setImmediate(resolve));
    desk.passes();
    expect(await answer).toEqual({ kind: 'notSent', reason: 'no reply within 60000 ms' });
    expect(sent).toHaveLength(1);
  });
});

test('a 401 is the answer where no fresh token can be had', async () => {
  let asked = 0;
  const getToken = () =>
    ++asked === 1
      ? Promise.resolve({ token: 'old', expiresOnTimestamp: Date.parse('2026-08-22T03:00:00Z') })
      : Promise.reject(new Error('down'));
  const { client, sent } = scripted([{ status: 401 }], { credential: { getToken } });
  expect(await client.send(call('GET', item), sendOptions)).toMatchObject({ reply: { status: 401 } });
  expect(sent).toHaveLength(1);
});

describe('a success that cannot be read may be anything: its reason says why', () => {
  test.each([
    [{ status: 200, body: '<html>' }, 'the reply (HTTP 200) is not JSON'],
    [{ status: 202, body: '"123456789"' }, 'the reply (HTTP 202) is longer than 10 bytes'],
  ])('%j', async (reply, reason) => {
    const { client } = scripted([reply], { mostReplyBytes: 10 });
    expect(await client.send(call('GET', item), sendOptions)).toEqual({ kind: 'doubtful', reason });
  });

  test('a reply of exactly the longest length is read, a longer refusal is one without its words', async () => {
    const { client } = scripted(
      [
        { status: 200, body: '"12345678"' },
        { status: 300, body: '<html> of many bytes' },
      ],
      { mostReplyBytes: 10 },
    );
    expect(await client.send(call('GET', item), sendOptions)).toMatchObject({ reply: { body: '12345678' } });
    expect(await client.send(call('GET', item), sendOptions)).toEqual({
      kind: 'reply',
      reply: { status: 300, headers: {}, body: undefined },
    });
  });

  test('a whole mebibyte is read where nothing else is said', async () => {
    const { client } = scripted([{ status: 200, body: `"${'x'.repeat(1_048_574)}"` }]);
    expect((await client.send(call('GET', item), sendOptions)).kind).toBe('reply');
  });
});

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createLoopbackCertificate } from '../../../local/arm-simulator/certificates.ts';
import type { ArmAnswer, ArmCall } from '../../../src/arm/call.ts';
import { createArmClient } from '../../../src/arm/client.ts';

const { ca, cert, key } = createLoopbackCertificate(new Date());
const vault =
  '/subscriptions/0a1b2c3d-0000-4000-8000-00000000000f/resourceGroups/rg/providers/Microsoft.RecoveryServices/vaults/v';
const backup: ArmCall = {
  action: 'x',
  method: 'POST',
  path: `${vault}/backup`,
  apiVersion: '2025-08-01',
  body: { properties: { name: 'ü' } },
};

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
const servers: Server[] = [];
let connections = 0;

async function serve(handler: Handler): Promise<string> {
  connections = 0;
  const server = createTlsServer({ cert: `${cert}\n${ca}`, key }, handler);
  server.on('secureConnection', () => (connections += 1));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `https://localhost:${(server.address() as AddressInfo).port}`;
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const clientFor = (endpoint: string, trusted: string | undefined = ca) =>
  createArmClient({
    endpoint,
    scope: 'x/.default',
    credential: {
      getToken: () => Promise.resolve({ token: 't', expiresOnTimestamp: Number.MAX_SAFE_INTEGER }),
    },
    clock: () => new Date(),
    ...(trusted && { ca: trusted }),
  });

const send = (endpoint: string, call = backup, trusted?: string): Promise<ArmAnswer> =>
  clientFor(endpoint, trusted).send(call, {
    clientRequestId: '6b2f2f0e-0000-4000-8000-000000000001',
    deadlineAt: new Date(Date.now() + 20_000),
  });

const json = (response: ServerResponse, status: number, body: string, headers = {}): void => {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(body);
};

test('a request arrives whole, and connections are kept', async () => {
  const seen: string[] = [];
  const endpoint = await serve((request, response) => {
    request.setEncoding('utf8').on('data', (chunk: string) => seen.push(`${request.method} ${chunk}`));
    request.on('end', () =>
      json(response, 202, '', {
        'Retry-After': '60',
        'Azure-AsyncOperation': 'x'.repeat(4000),
        Location: 'y'.repeat(14_000),
      }),
    );
  });
  const client = clientFor(endpoint);
  const options = { clientRequestId: 'id', deadlineAt: new Date(Date.now() + 20_000) };
  const answer = await client.send(backup, options);
  await client.send(backup, options);
  expect(seen).toEqual(['POST {"properties":{"name":"ü"}}', 'POST {"properties":{"name":"ü"}}']);
  expect(connections).toBe(1);
  expect(
    answer.kind === 'reply' && [
      answer.reply.status,
      answer.reply.headers['retry-after'],
      answer.reply.headers['location']?.length,
    ],
  ).toEqual([202, '60', 14_000]);
});

describe('what happens to a connection decides whether the request was sent', () => {
  test('nobody listens', async () => {
    expect(await send('https://localhost:1')).toMatchObject({ kind: 'notSent' });
  });

  test('a server that speaks no TLS', async () => {
    const plain = createServer((_, response) => response.end('{}'));
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const answer = await send(`https://localhost:${(plain.address() as AddressInfo).port}`);
    plain.close();
    expect(answer).toMatchObject({ kind: 'notSent' });
  });

  test('an authority that is not trusted', async () => {
    const endpoint = await serve((_, response) => json(response, 200, '{}'));
    expect(await send(endpoint, backup, createLoopbackCertificate(new Date()).ca)).toMatchObject({
      kind: 'notSent',
    });
  });

  test('a reset before the headers', async () => {
    const endpoint = await serve((request) => request.socket.destroy());
    expect(await send(endpoint)).toMatchObject({ kind: 'doubtful' });
  });

  test('a reset in the middle of the body', async () => {
    const endpoint = await serve((request, response) => {
      response.writeHead(202, { 'Content-Length': '100' });
      response.write('{"a":', () => request.socket.destroy());
    });
    expect(await send(endpoint)).toMatchObject({ kind: 'doubtful' });
  });

  test('50 MB are not read to their end', async () => {
    let written = 0;
    const endpoint = await serve((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      const more = (): void => {
        written += 65_536;
        if (written < 52_428_800 && !response.destroyed) response.write(' '.repeat(65_536), more);
      };
      more();
    });
    expect(await send(endpoint, { ...backup, method: 'GET' })).toEqual({
      kind: 'doubtful',
      reason: 'the reply (HTTP 200) is longer than 1048576 bytes',
    });
    expect(written).toBeLessThan(52_428_800);
  });

  test('compressed although nobody asked for it', async () => {
    const endpoint = await serve((_, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' });
      response.end(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1]));
    });
    expect(await send(endpoint)).toMatchObject({ kind: 'doubtful' });
  });

  test('a redirect is an answer, and the other place is never asked', async () => {
    let asked = 0;
    const endpoint = await serve((request, response) => {
      asked += 1;
      json(response, 307, '', { Location: `https://${request.headers.host}/subscriptions/elsewhere` });
    });
    expect(await send(endpoint)).toMatchObject({ kind: 'reply', reply: { status: 307 } });
    expect(asked).toBe(1);
  });

  test('a server that never answers', async () => {
    const endpoint = await serve(() => undefined);
    const answer = await clientFor(endpoint).send(backup, {
      clientRequestId: 'id',
      deadlineAt: new Date(Date.now() + 300),
    });
    expect(answer.kind).toBe('doubtful');
  });
});

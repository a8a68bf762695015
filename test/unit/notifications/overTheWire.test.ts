import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { postMessage } from '../../../src/notifications/sendMessages.ts';

describe('over the wire', () => {
  /** A receiver that answers each path with what a test says, and tells what it was asked. */
  const receiver = async (answer: (path: string, response: ServerResponse) => void) => {
    const asked: { method?: string; path?: string; body: string }[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        asked.push({ method: request.method ?? '', path: request.url ?? '', body });
        answer(request.url ?? '', response);
      });
    });
    await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
    onTestFinished(() => void server.close());
    return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
  };

  test.each([301, 302, 303, 307, 308])(
    'a %i is an answer, and not followed: the message goes to the configured address alone',
    async (status) => {
      const { asked, url } = await receiver((path, response) =>
        path === '/hook' ? response.writeHead(status, { location: '/elsewhere' }).end() : response.end(),
      );
      expect(await postMessage(url, { 'x-a': 'b' }, '{"a":1}')).toBe(status);
      expect(asked).toEqual([{ method: 'POST', path: '/hook', body: '{"a":1}' }]);
    },
  );

  test('the status of an answer is told whatever its body', async () => {
    const { url } = await receiver((_path, response) => response.writeHead(429).end('x'.repeat(100_000)));
    expect(await postMessage(url, {}, '{}')).toBe(429);
  });
});

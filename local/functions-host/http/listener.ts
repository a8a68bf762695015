import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HostReply, HostRequest } from '../durableExtension.ts';

/** A request before its body is read. */
export type RequestHead = Omit<HostRequest, 'body'>;

/** Either the answer, given without reading the body, or what to do with the whole request. */
export type Admission =
  { readonly reply: HostReply } | { readonly serve: (request: HostRequest) => Promise<HostReply> };

/** Decides about a request by its head alone. */
export type Admit = (head: RequestHead) => Admission;

/** A listening server. */
export interface HttpListener {
  readonly port: number;
  /** Takes no new request and resolves when every open one is answered. */
  close(): Promise<void>;
  /** Drops every open connection and goes on listening. */
  dropConnections(): void;
}

function joinHeaders(message: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(message.headersDistinct)) {
    if (values) headers[name] = values.join(name === 'cookie' ? '; ' : ', ');
  }
  return headers;
}

/** The head of a request; `url` is rebuilt from the `Host` header as the caller wrote it. */
export function requestHead(
  method: string,
  rawUrl: string,
  headers: Readonly<Record<string, string>>,
): RequestHead {
  const [path = '/', ...query] = rawUrl.split('?');
  return {
    method: method.toUpperCase(),
    url: `http://${headers['host'] ?? 'localhost'}${rawUrl}`,
    path,
    query: new URLSearchParams(query.join('?')),
    headers,
  };
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, reply: HostReply): void {
  const body =
    typeof reply.body === 'string' ? Buffer.from(reply.body, 'utf8') : (reply.body ?? Buffer.alloc(0));
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(reply.headers))
    headers[name] = typeof value === 'string' ? value : [...value];
  if (reply.status !== 204 && reply.status !== 304) headers['content-length'] = String(body.length);
  response.writeHead(reply.status, headers);
  response.end(body);
}

async function answer(admit: Admit, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const head = requestHead(message.method ?? 'GET', message.url ?? '/', joinHeaders(message));
  const admission = admit(head);
  if ('reply' in admission) {
    message.resume();
    return send(response, admission.reply);
  }
  send(response, await admission.serve({ ...head, body: await readBody(message) }));
}

/** Starts a server on a loopback port; 0 takes a free one. Rejects when the port is taken. */
export function listen(address: { host: string; port: number }, admit: Admit): Promise<HttpListener> {
  const server = createServer((message, response) => {
    answer(admit, message, response).catch(() => {
      if (response.headersSent) response.destroy();
      else send(response, { status: 500, headers: {} });
    });
  });
  server.keepAliveTimeout = 1000;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, () => resolve(listenerOf(server)));
  });
}

function listenerOf(server: Server): HttpListener {
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
    dropConnections: () => server.closeAllConnections(),
  };
}

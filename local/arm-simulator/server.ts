import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createLoopbackCertificate } from './certificates.ts';
import { type ArmRequest, ConnectionDropped } from './exchange.ts';
import type { Simulator } from './simulator.ts';

/** A simulator that listens. */
export interface SimulatorServer {
  /** `https://localhost:<port>`, without a slash at the end. */
  readonly arm: string;
  /** PEM of the authority that clients must trust. */
  readonly ca: string;
  close(): Promise<void>;
}

/** Serves `simulator` over https with a certificate of its own; port 0 takes a free one. */
export async function serveSimulator(simulator: Simulator, port = 0): Promise<SimulatorServer> {
  const { ca, cert, key } = createLoopbackCertificate(new Date());
  const server = createServer(
    { cert: `${cert}\n${ca}`, key, keepAlive: true, maxHeaderSize: 65_536 },
    (request, response) => {
      void pass(simulator, request, response);
    },
  );
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    arm: `https://localhost:${(server.address() as AddressInfo).port}`,
    ca,
    close: () => closeNow(server),
  };
}

async function pass(simulator: Simulator, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const reply = await simulator.handle(await readRequest(request));
    response.writeHead(reply.status, reply.headers);
    response.end(reply.body);
  } catch (error) {
    if (error instanceof ConnectionDropped) return void request.socket.destroy();
    console.error(error);
    response.writeHead(500, { 'Content-Type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify({ error: { code: 'SimulatorFault', message: String(error) } }));
  }
}

async function readRequest(request: IncomingMessage): Promise<ArmRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString();
  const headers = Object.entries(request.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : value,
  ]);
  return {
    method: request.method ?? 'GET',
    url: `https://${request.headers.host ?? 'localhost'}${request.url ?? '/'}`,
    headers: Object.fromEntries(headers) as Record<string, string | undefined>,
    ...(body !== '' && { body }),
  };
}

function closeNow(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

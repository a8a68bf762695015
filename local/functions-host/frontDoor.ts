import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The public port of a supervised host: forwards to the worker of the moment. */
export interface FrontDoor {
  readonly port: number;
  /** The worker that answers from now on; undefined makes requests wait for the next one. */
  lead(workerPort: number | undefined): void;
  close(): Promise<void>;
}

/** The app may run without access control, so nobody beyond this machine gets in. */
const LOOPBACK = '127.0.0.1';

interface WholeRequest {
  readonly method: string;
  readonly path: string;
  /** Names and values in turn, as received. */
  readonly rawHeaders: string[];
  readonly body: Buffer;
}

async function readWhole(message: IncomingMessage): Promise<WholeRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return {
    method: message.method ?? 'GET',
    path: message.url ?? '/',
    rawHeaders: message.rawHeaders,
    body: Buffer.concat(chunks),
  };
}

/** How one attempt to reach a worker ended. */
type Attempt = 'answered' | 'nobodyThere' | 'diedMeanwhile';

function forward(whole: WholeRequest, port: number, response: ServerResponse): Promise<Attempt> {
  return new Promise((resolve) => {
    const options = { host: LOOPBACK, port, method: whole.method, path: whole.path, agent: false };
    const outgoing = httpRequest({ ...options, headers: whole.rawHeaders as never }, (incoming) => {
      response.writeHead(incoming.statusCode ?? 500, incoming.rawHeaders);
      incoming.on('error', () => response.destroy());
      incoming.pipe(response);
      response.on('close', () => resolve('answered'));
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'ECONNREFUSED' ? 'nobodyThere' : 'diedMeanwhile');
    });
    outgoing.end(whole.body);
  });
}

/** Opens the public port, on loopback only; 0 takes a free one. Rejects when the port is taken. */
export async function openFrontDoor(port: number): Promise<FrontDoor> {
  let leading: number | undefined;
  let waiting: ((port: number) => void)[] = [];
  const nextWorker = (refusedBy: number | undefined): Promise<number> =>
    leading !== undefined && leading !== refusedBy
      ? Promise.resolve(leading)
      : new Promise((resolve) => waiting.push(resolve));

  const serve = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const whole = await readWhole(message);
    let attempt: Attempt = 'nobodyThere';
    let worker: number | undefined;
    while (attempt === 'nobodyThere') {
      worker = await nextWorker(worker);
      attempt = await forward(whole, worker, response);
    }
    if (attempt === 'diedMeanwhile' && !response.headersSent) response.writeHead(500).end();
  };

  const server = createServer((message, response) => {
    serve(message, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    lead(workerPort) {
      leading = workerPort;
      if (workerPort === undefined) return;
      const calls = waiting;
      waiting = [];
      for (const call of calls) call(workerPort);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { startChild, type Child } from './childProcess.ts';

/** Storage on this machine. */
export interface Azurite {
  /** Connection string of its one account. */
  readonly connectionString: string;
  /** Ports of the services. */
  readonly ports: Readonly<Record<Service, number>>;
  /** SIGTERM: on SIGKILL it would lose the acknowledged writes of the last seconds. */
  stop(): Promise<void>;
}

type Service = 'Blob' | 'Queue' | 'Table';
const services: readonly Service[] = ['Blob', 'Queue', 'Table'];

// The well-known development account: documented, and good for nothing but this emulator.
const account = 'devstoreaccount1';
const key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

function connectionStringOf(ports: Readonly<Record<Service, number>>): string {
  const endpoints = services.map(
    (service) => `${service}Endpoint=http://127.0.0.1:${ports[service]}/${account};`,
  );
  return `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};${endpoints.join('')}`;
}

function portOf(child: Child, service: Service): Promise<number> {
  const announcement = new RegExp(
    `^Azurite ${service} service is successfully listening at http://127\\.0\\.0\\.1:(\\d+)`,
  );
  return child.firstLine((line) => {
    const port = announcement.exec(line)?.[1];
    return port === undefined ? undefined : Number(port);
  });
}

/** How Azurite is started; everything is optional. */
export interface AzuriteOptions {
  /** Where it keeps its data; in memory when absent. */
  readonly folder?: string;
  /** Told of every request it answers: the service's method and path, without the account. */
  readonly onRequest?: (method: string, path: string) => void;
}

const accessLine = /"([A-Z]+) \/devstoreaccount1\/?(\S*) HTTP/;

function listen(child: Child, onRequest: (method: string, path: string) => void): void {
  child.onLine((line) => {
    const [, method, path] = accessLine.exec(line) ?? [];
    if (method !== undefined) onRequest(method, path ?? '');
  });
}

/**
 * Starts Azurite on free ports, telemetry off.
 *
 * @throws Error with what it said when it does not start.
 */
export async function startAzurite({ folder, onRequest }: AzuriteOptions = {}): Promise<Azurite> {
  const script = createRequire(import.meta.url).resolve('azurite/dist/src/azurite.js');
  const place = folder === undefined ? ['--inMemoryPersistence'] : ['--location', folder];
  const ports = services.flatMap((service) => [`--${service.toLowerCase()}Port`, '0']);
  const child = startChild({
    name: 'Azurite',
    script: pathToFileURL(script),
    arguments: [
      ...place,
      ...ports,
      ...(onRequest ? [] : ['--silent']),
      '--disableTelemetry',
      '--skipApiVersionCheck',
    ],
  });
  if (onRequest) listen(child, onRequest);
  const [Blob, Queue, Table] = await Promise.all(services.map((service) => portOf(child, service)));
  const listening = { Blob: Blob ?? 0, Queue: Queue ?? 0, Table: Table ?? 0 };
  return { connectionString: connectionStringOf(listening), ports: listening, stop: child.stop };
}

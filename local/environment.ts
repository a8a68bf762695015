import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../scripts/bundle.ts';
import { startAzurite } from './azurite.ts';
import { startChild, type Child } from './childProcess.ts';

/** What the environment should look like; everything is optional. */
export interface EnvironmentOptions {
  /** Port of the app; a free one when absent. */
  readonly port?: number;
  /** World and faults of the simulator, as its files have them. */
  readonly world?: unknown;
  readonly faults?: unknown;
  /** Divides the durations of the simulator. */
  readonly timeScale?: number;
  /** Settings besides the usual ones. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Told of every line of the app's log. */
  readonly onLog?: (line: string) => void;
  /** Told of every storage request, of the app and of the host. */
  readonly onStorageRequest?: (method: string, path: string) => void;
}

/** One function as the host lists it. */
export interface ListedFunction {
  readonly name: string;
  readonly trigger: string;
  readonly at?: string;
  readonly disabled?: string;
}

/** The app with everything it needs, running. */
export interface Environment {
  /** `http://localhost:<port>` of the app. */
  readonly app: string;
  /** `https://localhost:<port>` of the simulator. */
  readonly arm: string;
  /** PEM file of the authority the simulator's certificate comes from. */
  readonly ca: string;
  /** Connection string. */
  readonly storage: string;
  readonly functions: readonly ListedFunction[];
  /** Process id of the app's present worker, which a kill may hit: the host starts another. */
  worker(): number;
  /** Ends everything and removes what it has written. */
  stop(): Promise<void>;
}

interface SimulatorAddress {
  readonly arm: string;
  readonly ca: string;
  readonly identity: string;
  readonly identityHeader: string;
}

interface HostAddress {
  readonly app: string;
  readonly worker: number;
  readonly functions: readonly ListedFunction[];
}

const appFolder = fileURLToPath(new URL('..', import.meta.url));

function readObject<T>(line: string): T | undefined {
  return line.startsWith('{') ? (JSON.parse(line) as T) : undefined;
}

async function startSimulator(
  options: EnvironmentOptions,
  folder: string,
): Promise<[Child, SimulatorAddress]> {
  const file = async (name: string, content: unknown): Promise<string[]> => {
    if (content === undefined) return [];
    await writeFile(join(folder, `${name}.json`), JSON.stringify(content));
    return [`--${name}`, join(folder, `${name}.json`)];
  };
  const child = startChild({
    name: 'ARM simulator',
    script: new URL('./arm-simulator/cli.ts', import.meta.url),
    arguments: [
      ...(await file('world', options.world)),
      ...(await file('faults', options.faults)),
      ...(options.timeScale === undefined ? [] : ['--time-scale', String(options.timeScale)]),
    ],
    ...(options.onLog ? { onError: options.onLog } : {}),
  });
  return [child, await child.firstLine((line) => readObject<SimulatorAddress>(line))];
}

/** The settings of the app in this environment; a shell's own storage or identity must not shine through. */
const settingsOf = (storage: string, simulator: SimulatorAddress): Record<string, string> => ({
  FUNCTIONS_WORKER_RUNTIME: 'node',
  AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
  AzureWebJobsStorage: storage,
  ARM_ENDPOINT: simulator.arm,
  ARM_CA_FILE: simulator.ca,
  IDENTITY_ENDPOINT: simulator.identity,
  IDENTITY_HEADER: simulator.identityHeader,
  ACCESS_MODE: 'development',
  AzureWebJobsDisableHomepage: 'true',
  // A developer's container is not the platform.
  CONTAINER_NAME: '',
  KUBERNETES_SERVICE_HOST: '',
  MINIMUM_POLL_SECONDS: '1',
  AzureFunctionsJobHost__extensions__queues__maxPollingInterval: '00:00:01',
});

async function startHost(
  options: EnvironmentOptions,
  folder: string,
  environment: Record<string, string>,
): Promise<[Child, HostAddress]> {
  const child = startChild({
    name: 'Functions host',
    script: new URL('./functions-host/cli.ts', import.meta.url),
    arguments: [
      '--app',
      appFolder,
      '--port',
      String(options.port ?? 0),
      '--data',
      join(folder, 'host'),
      '--json',
    ],
    environment: { ...environment, ...options.settings },
    ...(options.onLog ? { onError: options.onLog } : {}),
  });
  return [child, await child.firstLine((line) => readObject<HostAddress>(line))];
}

/**
 * Builds the app and starts it on this machine: Azurite in memory, the ARM simulator, the local Functions host.
 *
 * @throws Error when a part does not start; the others are ended then.
 */
export async function startEnvironment(options: EnvironmentOptions = {}): Promise<Environment> {
  const folder = await mkdtemp(join(tmpdir(), 'backup-app-'));
  const started: { stop(): Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    // The app first: it would complain about whatever vanishes under it.
    for (const part of started.splice(0).reverse()) await part.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await bundle();
    const { onStorageRequest: onRequest } = options;
    const azurite = await startAzurite(onRequest ? { onRequest } : {});
    started.push(azurite);
    const [simulatorProcess, simulator] = await startSimulator(options, folder);
    started.push(simulatorProcess);
    const [host, address] = await startHost(options, folder, settingsOf(azurite.connectionString, simulator));
    started.push(host);
    let { worker } = address;
    host.onLine((line) => void (worker = readObject<HostAddress>(line)?.worker ?? worker));
    const { app, functions } = address;
    return {
      ...{ app, functions, arm: simulator.arm, ca: simulator.ca, storage: azurite.connectionString },
      worker: () => worker,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

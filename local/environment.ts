import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { QueueServiceClient } from '@azure/storage-queue';
import { bundle } from '../scripts/bundle.ts';
import { readSettings } from '../src/settings.ts';
import { startAzurite } from './azurite.ts';
import { startChild, type Child } from './childProcess.ts';
import { freePort } from './commandLine.ts';

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
  /** A folder that keeps storage, flows in flight and the simulated Azure from one start to the next; in memory when absent. */
  readonly keep?: string;
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
  /** Ends everything and removes what it has written, unless it was to be kept. */
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

/** Where everything is written. */
interface Place {
  readonly folder: string;
  readonly kept: boolean;
}

const appFolder = fileURLToPath(new URL('..', import.meta.url));

async function placeFor({ keep }: EnvironmentOptions): Promise<Place> {
  if (keep === undefined) return { folder: await mkdtemp(join(tmpdir(), 'backup-app-')), kept: false };
  const folder = resolve(keep);
  mkdirSync(folder, { recursive: true });
  return { folder, kept: true };
}

function readObject<T>(line: string): T | undefined {
  return line.startsWith('{') ? (JSON.parse(line) as T) : undefined;
}

/** Operations in flight are asked about at the URLs they were accepted with: a kept Azure keeps its port. */
async function simulatorPort({ folder, kept }: Place): Promise<number> {
  if (!kept) return 0;
  const file = join(folder, 'ports.json');
  if (existsSync(file)) {
    const { arm } = JSON.parse(readFileSync(file, 'utf8')) as { readonly arm: number };
    return freePort(arm);
  }
  const arm = await freePort(0);
  writeFileSync(file, JSON.stringify({ arm }));
  return arm;
}

async function startSimulator(options: EnvironmentOptions, place: Place): Promise<[Child, SimulatorAddress]> {
  const { folder, kept } = place;
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
      ...['--port', String(await simulatorPort(place))],
      ...(kept ? ['--keep', join(folder, 'azure.jsonl')] : []),
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
  ITEM_COOLDOWN_MINUTES: '0',
  CALLER_RUNS_PER_MINUTE: '0',
  AzureFunctionsJobHost__extensions__queues__maxPollingInterval: '00:00:01',
});

/** As a deployment has them: the host looks for both from its start. */
async function makeQueues(connectionString: string): Promise<void> {
  const queues = QueueServiceClient.fromConnectionString(connectionString);
  await Promise.all(
    ['backup-steps', 'backup-steps-poison'].map((name) => queues.getQueueClient(name).createIfNotExists()),
  );
}

async function startHost(
  options: EnvironmentOptions,
  { folder }: Place,
  environment: Record<string, string>,
): Promise<[Child, HostAddress]> {
  // The app would say it at each request alone.
  readSettings({ ...process.env, ...environment });
  const child = startChild({
    name: 'Functions host',
    script: new URL('./functions-host/cli.ts', import.meta.url),
    arguments: [
      ...['--app', appFolder, '--port', String(options.port ?? 0)],
      ...['--data', join(folder, 'host'), '--json'],
    ],
    environment,
    ...(options.onLog ? { onError: options.onLog } : {}),
  });
  return [child, await child.firstLine((line) => readObject<HostAddress>(line))];
}

function storageOptions({ onStorageRequest: onRequest }: EnvironmentOptions, { folder, kept }: Place) {
  return { ...(onRequest ? { onRequest } : {}), ...(kept ? { folder: join(folder, 'storage') } : {}) };
}

/**
 * Builds the app and starts it on this machine: Azurite, the ARM simulator, the local Functions host.
 *
 * @throws Refused for a port that is taken, SettingsRefused for a wrong setting, Error when a part does not start; the
 *   others are ended then.
 */
export async function startEnvironment(options: EnvironmentOptions = {}): Promise<Environment> {
  if (options.port !== undefined) await freePort(options.port);
  const place = await placeFor(options);
  const started: { stop(): Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    // The app first: it would complain about whatever vanishes under it.
    for (const part of started.splice(0).reverse()) await part.stop();
    if (!place.kept) await rm(place.folder, { recursive: true, force: true });
  };
  try {
    await bundle();
    const azurite = await startAzurite(storageOptions(options, place));
    started.push(azurite);
    await makeQueues(azurite.connectionString);
    const [simulatorProcess, simulator] = await startSimulator(options, place);
    started.push(simulatorProcess);
    const settings = { ...settingsOf(azurite.connectionString, simulator), ...options.settings };
    const [host, address] = await startHost(options, place, settings);
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

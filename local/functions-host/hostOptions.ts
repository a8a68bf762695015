import { join } from 'node:path';
import type { Clock } from './clock/clock.ts';
import type { CreateDurableExtension } from './durableExtension.ts';
import { createHostJson, type HostJson } from './hostJson.ts';
import { warnOfUnknownKeys } from './hostJsonKeys.ts';
import type { HostLog } from './hostLog.ts';
import { generateKeys, loadKeys, type HostKeys } from './http/keys.ts';
import { readAppJson } from './loading.ts';
import { createAzureQueueStore } from './queue/azureQueueStore.ts';
import type { QueueStore } from './queue/queueStore.ts';
import {
  createFileTimerStatusStore,
  createMemoryTimerStatusStore,
  type TimerStatusStore,
} from './timer/timerStatus.ts';
import type { Warnings } from './warnings.ts';

/** How a host is set up. Everything a restart must find again is handed in or lies in `dataFolder`. */
export interface HostOptions {
  readonly appFolder: string;
  readonly clock: Clock;
  readonly warnings: Warnings;
  readonly log?: HostLog;
  /** Keys, timer statuses, durable instances; made when missing. Without it they live as long as the host object. */
  readonly dataFolder?: string;
  /** Public port, default 7071; 0 takes a free one when listening. */
  readonly port?: number;
  /** Port the app is told of when it differs, as behind a supervisor. */
  readonly advertisedPort?: number;
  /** False: no public port, `request` is the only way in. The loopback port of the Durable client is always open. */
  readonly listen?: boolean;
  /** Off by default, as `func start` has it. */
  readonly enableAuth?: boolean;
  readonly keys?: HostKeys;
  /** Default: the environment of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Default: the storage service the connection string names. */
  readonly storeFor?: (connection: string) => QueueStore;
  readonly timerStatuses?: TimerStatusStore;
  readonly createDurable?: CreateDurableExtension;
  /** Milliseconds running calls get at `stop`, default 10,000. */
  readonly graceMs?: number;
}

/** Public port of a host that is told none, the same as of `func start`. */
export const DEFAULT_PORT = 7071;

/** A host's options with everything filled in that lives as long as the host object. */
export interface HostBase extends HostOptions {
  readonly log: HostLog;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly hostJson: HostJson;
  readonly localSettings: unknown;
  readonly keys: HostKeys;
  readonly timerStatuses: TimerStatusStore;
  readonly storeFor: (connection: string) => QueueStore;
}

/** Reads the app's JSON files and fills in what the caller left out. Throws AppLoadFailed. */
export function completeOptions(options: HostOptions): HostBase {
  const environment = { ...(options.environment ?? process.env) };
  const hostJson = createHostJson(readAppJson(options.appFolder, 'host.json'), environment);
  warnOfUnknownKeys(hostJson, options.warnings);
  const { dataFolder, clock } = options;
  return {
    ...options,
    log: options.log ?? (() => undefined),
    environment,
    hostJson,
    localSettings: readAppJson(options.appFolder, 'local.settings.json'),
    keys: options.keys ?? (dataFolder === undefined ? generateKeys(clock) : loadKeys(dataFolder, clock)),
    timerStatuses:
      options.timerStatuses ??
      (dataFolder === undefined
        ? createMemoryTimerStatusStore()
        : createFileTimerStatusStore(join(dataFolder, 'timers'))),
    storeFor: rememberStores(options.storeFor ?? createAzureQueueStore),
  };
}

function rememberStores(create: (connection: string) => QueueStore): (connection: string) => QueueStore {
  const stores = new Map<string, QueueStore>();
  return (connection) => {
    const store = stores.get(connection) ?? create(connection);
    stores.set(connection, store);
    return store;
  };
}

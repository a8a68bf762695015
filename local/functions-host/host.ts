import { join } from 'node:path';
import { disableUnrunnable } from './bindingOptions.ts';
import type { Clock } from './clock/clock.ts';
import { createDoors, type Answerers, type HostCall } from './doors.ts';
import type { CreateDurableExtension, DurableExtension, DurableUrls, HostReply } from './durableExtension.ts';
import { createEventGridWebhook } from './eventGrid.ts';
import { listFunctions, type ListedFunction } from './functionListing.ts';
import { createHostJson, type HostJson } from './hostJson.ts';
import { warnOfUnknownKeys } from './hostJsonKeys.ts';
import type { HostLog } from './hostLog.ts';
import { generateKeys, loadKeys, type HostKeys } from './http/keys.ts';
import type { Admit } from './http/listener.ts';
import { createSite } from './http/site.ts';
import { applyLogHooks, type Invoke } from './invoke.ts';
import { readAppJson } from './loading.ts';
import { applyEnvironment } from './processEnvironment.ts';
import { createAzureQueueStore } from './queue/azureQueueStore.ts';
import type { QueueStore } from './queue/queueStore.ts';
import type { FunctionRegistry } from './registry.ts';
import { createSession, type Session } from './session.ts';
import { createSettings, type Settings } from './settings.ts';
import { severDeadCalls } from './severDeadCalls.ts';
import { runAppHooks, startApp, type StartedApp } from './startup.ts';
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
  /** Keys, timer statuses, durable instances; made when missing; without it they
   * live as long as the host object. */
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

/** A Functions host with one app. */
export interface Host {
  readonly keys: HostKeys;
  readonly hostJson: HostJson;
  /**
   * Loads the app and starts its listeners; after a crash the app is evaluated afresh where Node allows it.
   * `port` is the public one, also when nothing listens there.
   */
  start(): Promise<{ readonly port: number }>;
  /** Graceful end: no new work, running calls get their grace, `appTerminate` hooks run. */
  stop(): Promise<void>;
  /** What a SIGKILL does: running calls are cut off (HTTP callers get 500), memory is dropped; `start` may follow, whose timers
   * wait for the dead host's lock. */
  crash(): void;
  /** Answers as the public port would; waits while the host is starting or restarting. */
  request(call: HostCall): Promise<HostReply>;
  /** The app's functions in order of name. This and the methods below throw while the host is not running. */
  functions(): readonly ListedFunction[];
  registry(): FunctionRegistry;
  invoke(): Invoke;
  durable(): DurableExtension | undefined;
  urls(): DurableUrls;
  settings(): Settings;
}

/** One start of the app, until stop or crash. */
interface Running {
  readonly app: StartedApp;
  readonly session: Session;
  readonly urls: DurableUrls;
  readonly settings: Settings;
  readonly restoreEnvironment: () => void;
}

/** What lives as long as the host object. */
interface Base extends HostOptions {
  readonly log: HostLog;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly hostJson: HostJson;
  readonly localSettings: unknown;
  readonly keys: HostKeys;
  readonly timerStatuses: TimerStatusStore;
  readonly storeFor: (connection: string) => QueueStore;
}

const DEFAULT_PORT = 7071;
const DEFAULT_GRACE_MS = 10_000;
/** How long the lock of a killed host keeps the next one from its timers, as seen on the official host. */
const DEAD_TIMER_LOCK_MS = 33_000;
const RPC_PATH = '/durabletask/';

/** A host that has not been started. Throws AppLoadFailed on unreadable JSON files. */
export function createHost(options: HostOptions): Host {
  severDeadCalls();
  const base = completeOptions(options);
  const doors = createDoors();
  let running: Running | undefined;
  let reusable: StartedApp | undefined;
  let state: HostState = 'Starting';
  let crashedAt = -Infinity;
  const current = (): Running => {
    if (!running) throw new Error('the host is not running');
    return running;
  };
  const advertisedHost = (): string => `localhost:${options.advertisedPort ?? options.port ?? DEFAULT_PORT}`;
  const leave = (): Running | undefined => {
    const left = running;
    doors.hold();
    running = undefined;
    left?.restoreEnvironment();
    return left;
  };

  return {
    keys: base.keys,
    hostJson: base.hostJson,
    async start() {
      if (running) throw new Error('the host is running already');
      state = 'Starting';
      const ports = await doors.open(options.listen === false ? undefined : (options.port ?? DEFAULT_PORT));
      const timersWaitMs = Math.max(0, crashedAt + DEAD_TIMER_LOCK_MS - base.clock.now());
      running = await startRunning(base, { ...ports, timersWaitMs }, reusable);
      state = 'Running';
      doors.admit(answerersOf(base, running, () => state));
      return { port: ports.publicPort ?? options.port ?? DEFAULT_PORT };
    },
    async stop() {
      state = 'Stopping';
      if (running) await endRunning(base, running, () => doors.closePublic());
      leave();
      await doors.closeRpc();
    },
    crash() {
      const left = leave();
      if (left) crashedAt = base.clock.now();
      left?.session.crash();
      reusable = left && !left.app.reloadable ? left.app : undefined;
      doors.cutOff();
    },
    request: (call) => doors.request(call, advertisedHost()),
    functions() {
      const { app, session } = current();
      return listFunctions(app.registry.list(), session.placeOf);
    },
    registry: () => current().app.registry,
    invoke: () => current().session.invoke,
    durable: () => current().session.durable,
    urls: () => current().urls,
    settings: () => current().settings,
  };
}

type HostState = 'Starting' | 'Running' | 'Stopping';

function completeOptions(options: HostOptions): Base {
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

/** What a start finds around it. */
interface Surroundings {
  readonly publicPort: number | undefined;
  readonly rpcPort: number;
  readonly timersWaitMs: number;
}

async function startRunning(
  base: Base,
  around: Surroundings,
  reusable: StartedApp | undefined,
): Promise<Running> {
  const port = base.advertisedPort ?? around.publicPort ?? base.port ?? DEFAULT_PORT;
  const settings = createSettings({ ...base, port });
  const restoreEnvironment = applyEnvironment(settings.all());
  try {
    const app = reusable ?? (await startApp(base.appFolder));
    const urls = {
      publicBase: `http://localhost:${port}`,
      rpcBase: `http://127.0.0.1:${around.rpcPort}${RPC_PATH}`,
      systemKey: base.keys.system.durabletask_extension,
    };
    const session = beginSession({ ...base, ...around }, app, settings, urls);
    await session.start();
    return { app, session, urls, settings, restoreEnvironment };
  } catch (error) {
    restoreEnvironment();
    throw error;
  }
}

function beginSession(
  base: Base & Surroundings,
  app: StartedApp,
  settings: Settings,
  urls: DurableUrls,
): Session {
  const { registry } = app;
  registry.onLog((level, category, message) => {
    const line = { level, category, message, hookData: {}, invocationContext: undefined };
    base.log({ ...applyLogHooks(registry, line), category });
  });
  disableUnrunnable(registry.list(), settings, base.warnings);
  return createSession({ ...base, registry, settings, urls });
}

/** Resolves when the work is done or its grace is over. */
async function withGrace(base: Base, work: Promise<unknown>): Promise<void> {
  let over: () => void = () => undefined;
  const grace = new Promise<void>((resolve) => (over = resolve));
  const timer = base.clock.after(base.graceMs ?? DEFAULT_GRACE_MS, over);
  await Promise.race([work, grace]);
  base.clock.cancel(timer);
}

async function endRunning(base: Base, running: Running, closePublic: () => Promise<void>): Promise<void> {
  await withGrace(base, Promise.all([closePublic(), running.session.stop()]));
  await runAppHooks(running.app.registry, 'appTerminate', base.appFolder);
}

function answerersOf(base: Base, { app, session, urls }: Running, state: () => HostState): Answerers {
  const { routes, invoke, durable } = session;
  const rpc: Admit = (head) =>
    durable && head.path.startsWith(RPC_PATH)
      ? { serve: (request) => durable.handleHttp(request, 'rpc') }
      : { reply: { status: 404, headers: {} } };
  const site = createSite({
    routes,
    keys: base.keys,
    enableAuth: base.enableAuth ?? false,
    durable,
    warnings: base.warnings,
    eventGrid: createEventGridWebhook(app.registry, invoke),
    admin: {
      registry: app.registry,
      state,
      publicBase: urls.publicBase,
      routeOf: (fn) => routes.routes.find((route) => route.fn.name === fn.name)?.text,
      fire: session.fire,
    },
    call: (fn, data, metadata) =>
      invoke(fn, { inputData: [{ name: fn.trigger.key, data }], triggerMetadata: metadata }),
  });
  return { public: site, rpc };
}

import { createDoors, type HostCall } from './doors.ts';
import type { DurableExtension, DurableUrls, HostReply } from './durableExtension.ts';
import { listFunctions, type ListedFunction } from './functionListing.ts';
import type { HostJson } from './hostJson.ts';
import { completeOptions, DEFAULT_PORT, type HostBase, type HostOptions } from './hostOptions.ts';
import type { HostKeys } from './http/keys.ts';
import type { Invoke } from './invoke.ts';
import type { FunctionRegistry } from './registry.ts';
import { answerersOf, endRunning, startRunning, type HostState, type Running } from './running.ts';
import type { Settings } from './settings.ts';
import { severDeadCalls } from './severDeadCalls.ts';
import type { StartedApp } from './startup.ts';

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
  /**
   * What a SIGKILL does: running calls are cut off (HTTP callers get 500), memory is dropped. `start` may follow;
   * its timers wait for the dead host's lock.
   */
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

/** How long the lock of a killed host keeps the next one from its timers, as seen on the official host. */
const DEAD_TIMER_LOCK_MS = 33_000;

/** A host that has not been started. Throws AppLoadFailed on unreadable JSON files. */
export const createHost = (options: HostOptions): Host => new LocalHost(options);

class LocalHost implements Host {
  readonly keys: HostKeys;
  readonly hostJson: HostJson;
  readonly #base: HostBase;
  readonly #doors = createDoors();
  #state: HostState = 'Starting';
  #running: Running | undefined;
  #reusable: StartedApp | undefined;
  #crashedAt = -Infinity;

  constructor(options: HostOptions) {
    severDeadCalls();
    this.#base = completeOptions(options);
    this.keys = this.#base.keys;
    this.hostJson = this.#base.hostJson;
  }

  async start(): Promise<{ readonly port: number }> {
    if (this.#running) throw new Error('the host is running already');
    this.#state = 'Starting';
    const base = this.#base;
    const wantedPort = base.port ?? DEFAULT_PORT;
    const ports = await this.#doors.open(base.listen === false ? undefined : wantedPort);
    const timersWaitMs = Math.max(0, this.#crashedAt + DEAD_TIMER_LOCK_MS - base.clock.now());
    this.#running = await startRunning(base, { ...ports, timersWaitMs }, this.#reusable);
    this.#state = 'Running';
    this.#doors.admit(answerersOf(base, this.#running, () => this.#state));
    return { port: ports.publicPort ?? wantedPort };
  }

  async stop(): Promise<void> {
    this.#state = 'Stopping';
    if (this.#running) await endRunning(this.#base, this.#running, () => this.#doors.closePublic());
    this.#leave();
    await this.#doors.closePublic();
    await this.#doors.closeRpc();
  }

  crash(): void {
    const left = this.#leave();
    if (left) {
      this.#crashedAt = this.#base.clock.now();
      left.session.crash();
      this.#reusable = left.app.reloadable ? undefined : left.app;
    }
    this.#doors.cutOff();
  }

  request(call: HostCall): Promise<HostReply> {
    const { advertisedPort, port } = this.#base;
    return this.#doors.request(call, `localhost:${advertisedPort ?? port ?? DEFAULT_PORT}`);
  }

  functions(): readonly ListedFunction[] {
    const { app, session } = this.#current();
    return listFunctions(app.registry.list(), session.placeOf);
  }

  registry(): FunctionRegistry {
    return this.#current().app.registry;
  }

  invoke(): Invoke {
    return this.#current().session.invoke;
  }

  durable(): DurableExtension | undefined {
    return this.#current().session.durable;
  }

  urls(): DurableUrls {
    return this.#current().urls;
  }

  settings(): Settings {
    return this.#current().settings;
  }

  #current(): Running {
    if (!this.#running) throw new Error('the host is not running');
    return this.#running;
  }

  #leave(): Running | undefined {
    const left = this.#running;
    this.#doors.hold();
    this.#running = undefined;
    left?.restoreEnvironment();
    return left;
  }
}

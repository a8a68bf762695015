import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Clock } from './clock/clock.ts';
import { defer } from './deferred.ts';
import { openFrontDoor, type FrontDoor } from './frontDoor.ts';
import type { ListedFunction } from './functionListing.ts';
import { WORKER_EXIT, type WorkerMessage, type WorkerOrders } from './workerMessage.ts';

/** How a supervised host is set up. */
export interface SupervisorOptions extends Omit<WorkerOrders, 'advertisedPort'> {
  /** Public port, 0 for a free one. */
  readonly port: number;
  readonly clock: Clock;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Told of each worker that is ready, the first included. */
  readonly ready?: (worker: ReadyWorker) => void;
  /** File descriptor that takes the worker's log, or `ignore`; standard error when absent. */
  readonly log?: number | 'ignore';
  /** The worker's program, for tests. */
  readonly workerFile?: string;
}

/** A worker that answers. */
export interface ReadyWorker {
  readonly pid: number;
  readonly publicPort: number;
  readonly functions: readonly ListedFunction[];
}

/** Keeps one worker process running: module caches and crashes make the process the unit of a restart. */
export interface Supervisor {
  /** Resolves with the first ready worker; rejects when the app does not start. */
  start(): Promise<ReadyWorker>;
  /** Ends the worker gracefully, then closes the port. */
  stop(): Promise<void>;
  /** Kills the worker as a crash would; it is started again. */
  killWorker(signal?: NodeJS.Signals): void;
  /** The exit code of the supervisor's own process, once there is nothing more to supervise. */
  readonly ended: Promise<number>;
}

const WORKER_FILE = fileURLToPath(new URL('./hostProcess.ts', import.meta.url));
const FIRST_RESTART_MS = 500;
const LONGEST_RESTART_MS = 10_000;

/** A supervisor that has started nothing yet. */
export const createSupervisor = (options: SupervisorOptions): Supervisor => new WorkerSupervisor(options);

class WorkerSupervisor implements Supervisor {
  readonly ended: Promise<number>;
  readonly #options: SupervisorOptions;
  readonly #first = defer<ReadyWorker>();
  readonly #end = defer<number>();
  #door: FrontDoor | undefined;
  #worker: ChildProcess | undefined;
  #stopping = false;
  #everReady = false;
  #failures = 0;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.ended = this.#end.promise;
  }

  async start(): Promise<ReadyWorker> {
    this.#door = await openFrontDoor(this.#options.port);
    this.#launch(this.#door);
    return this.#first.promise;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#worker) this.#worker.kill('SIGTERM');
    else this.#end.resolve(0);
    await this.ended;
    await this.#door?.close();
  }

  killWorker(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.#worker?.kill(signal);
  }

  #launch(door: FrontDoor): void {
    let reason = 'the worker ended before it was ready';
    const worker = spawnWorker(this.#options, door.port);
    this.#worker = worker;
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'ready') this.#lead(door, worker.pid ?? 0, message);
      else reason = message.reason;
    });
    worker.on('exit', (code) => this.#afterExit(door, code, reason));
  }

  #lead(door: FrontDoor, pid: number, { port, functions }: WorkerMessage & { kind: 'ready' }): void {
    this.#everReady = true;
    this.#failures = 0;
    const ready = { pid, publicPort: door.port, functions };
    door.lead(port);
    this.#options.ready?.(ready);
    this.#first.resolve(ready);
  }

  #afterExit(door: FrontDoor, code: number | null, reason: string): void {
    this.#worker = undefined;
    door.lead(undefined);
    if (this.#stopping) this.#end.resolve(0);
    else if (code === WORKER_EXIT.strictWarning) this.#giveUp(code, 'a warning fails a strict run');
    else if (!this.#everReady) this.#giveUp(code ?? 1, reason);
    else this.#launchLater(door);
  }

  #launchLater(door: FrontDoor): void {
    const delayMs = Math.min(FIRST_RESTART_MS * 2 ** this.#failures, LONGEST_RESTART_MS);
    this.#failures += 1;
    this.#options.clock.after(delayMs, () => {
      if (!this.#stopping) this.#launch(door);
    });
  }

  #giveUp(code: number, reason: string): void {
    this.#first.reject(new Error(reason));
    this.#end.resolve(code);
    void this.#door?.close();
  }
}

function spawnWorker(options: SupervisorOptions, advertisedPort: number): ChildProcess {
  const { appFolder, dataFolder, enableAuth, strict } = options;
  const orders: WorkerOrders = { appFolder, dataFolder, enableAuth, strict, advertisedPort };
  const file = options.workerFile ?? WORKER_FILE;
  // The worker's output joins the error stream: the standard output carries machine-readable lines only.
  const log = options.log ?? process.stderr.fd;
  return spawn(process.execPath, [...process.execArgv, file, JSON.stringify(orders)], {
    stdio: ['ignore', log, log, 'ipc'],
    env: { ...(options.environment ?? process.env) },
  });
}

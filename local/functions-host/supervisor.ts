import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Clock } from './clock/clock.ts';
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
export function createSupervisor(options: SupervisorOptions): Supervisor {
  let door: FrontDoor | undefined;
  let worker: ChildProcess | undefined;
  let stopping = false;
  let everReady = false;
  let failures = 0;
  let end: (code: number) => void = () => undefined;
  const ended = new Promise<number>((resolve) => (end = resolve));
  let settleStart: { resolve: (worker: ReadyWorker) => void; reject: (error: Error) => void } | undefined;

  const onReady = (front: FrontDoor, pid: number, message: WorkerMessage & { kind: 'ready' }): void => {
    everReady = true;
    failures = 0;
    const ready = { pid, publicPort: front.port, functions: message.functions };
    front.lead(message.port);
    options.ready?.(ready);
    settleStart?.resolve(ready);
  };

  const giveUp = (code: number, reason: string): void => {
    settleStart?.reject(new Error(reason));
    end(code);
    void door?.close();
  };

  const onExit = (front: FrontDoor, code: number | null, reason: string): void => {
    worker = undefined;
    front.lead(undefined);
    if (stopping) return end(0);
    if (code === WORKER_EXIT.strictWarning) return giveUp(code, 'a warning fails a strict run');
    if (!everReady) return giveUp(code ?? 1, reason);
    const delay = Math.min(FIRST_RESTART_MS * 2 ** failures, LONGEST_RESTART_MS);
    failures += 1;
    options.clock.after(delay, () => {
      if (!stopping) launch(front);
    });
  };

  const launch = (front: FrontDoor): void => {
    let reason = 'the worker ended before it was ready';
    const child = spawnWorker(options, front.port);
    worker = child;
    child.on('message', (message: WorkerMessage) => {
      if (message.kind === 'ready') onReady(front, child.pid ?? 0, message);
      else reason = message.reason;
    });
    child.on('exit', (code) => onExit(front, code, reason));
  };

  return {
    ended,
    async start() {
      const front = await openFrontDoor(options.port);
      door = front;
      return new Promise((resolve, reject) => {
        settleStart = { resolve, reject };
        launch(front);
      });
    },
    async stop() {
      stopping = true;
      if (worker) worker.kill('SIGTERM');
      else end(0);
      await ended;
      await door?.close();
    },
    killWorker: (signal = 'SIGKILL') => void worker?.kill(signal),
  };
}

function spawnWorker(options: SupervisorOptions, advertisedPort: number): ChildProcess {
  const { appFolder, dataFolder, enableAuth, strict } = options;
  const orders: WorkerOrders = { appFolder, dataFolder, enableAuth, strict, advertisedPort };
  const file = options.workerFile ?? WORKER_FILE;
  // The worker's output joins the error stream: the standard output carries machine-readable lines only.
  return spawn(process.execPath, [...process.execArgv, file, JSON.stringify(orders)], {
    stdio: ['ignore', process.stderr.fd, process.stderr.fd, 'ipc'],
    env: { ...(options.environment ?? process.env) },
  });
}

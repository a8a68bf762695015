import { createRealClock } from './clock/realClock.ts';
import { createDurableExtension } from './durable/extension.ts';
import type { HostLog } from './hostLog.ts';
import { createHost, type Host } from './host.ts';
import { createWarnings, type Warnings } from './warnings.ts';
import { WORKER_EXIT, type WorkerMessage, type WorkerOrders } from './workerMessage.ts';

/** The process that runs one app on the real clock; a supervisor starts it and reads its messages. */
const orders = JSON.parse(process.argv[2] ?? '{}') as WorkerOrders;

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const tell = (message: WorkerMessage, then: () => void): void => {
  if (process.send) process.send(message, then);
  else then();
};

const log: HostLog = ({ level, functionName, message }) => {
  if (level === 'trace' || level === 'debug' || level === 'none') return;
  say(`[${level}] ${functionName === undefined ? '' : `${functionName}: `}${message}`);
};

const warnings: Warnings = createWarnings({
  print: say,
  fail: () => {
    if (orders.strict) process.exit(WORKER_EXIT.strictWarning);
  },
});

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

// As on Azure, an error nobody handles ends the process together with every call that runs in it.
process.on('unhandledRejection', (error) => {
  warnings.warn('H22', reasonOf(error), 'unhandled rejection: the worker ends, running calls fail');
  process.exit(1);
});
process.on('uncaughtException', (error) => {
  say(`uncaught exception: ${error.stack ?? error.message}`);
  process.exit(1);
});

let host: Host | undefined;
let stopping = false;

async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await host?.stop();
  process.exit(WORKER_EXIT.stopped);
}

async function start(): Promise<void> {
  host = createHost({
    ...orders,
    clock: createRealClock(),
    warnings,
    log,
    port: 0,
    createDurable: createDurableExtension,
  });
  const { port } = await host.start();
  tell({ kind: 'ready', port, functions: host.functions() }, () => undefined);
}

process.on('SIGTERM', () => void stop());
process.on('SIGINT', () => void stop());
// A supervisor that has been killed must not leave a worker behind that goes on with its storage.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

start().catch((error: unknown) => {
  say(`the app does not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  tell({ kind: 'failed', reason: reasonOf(error) }, () => process.exit(WORKER_EXIT.startFailed));
});

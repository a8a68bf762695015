import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const preload = new URL('./endWithParent.ts', import.meta.url).href;

/** A process of the local environment. */
export interface Child {
  readonly name: string;
  /** Calls back with every line of standard output, those that came before included. */
  onLine(listener: (line: string) => void): void;
  /** What a line means to a reader; resolves with the first that means something, rejects when the process ends before. */
  firstLine<T>(read: (line: string) => T | undefined): Promise<T>;
  /** Ends it with SIGTERM, and with SIGKILL after ten seconds; resolves when it has ended. */
  stop(): Promise<void>;
}

/** How a process is started. */
export interface ChildOptions {
  readonly name: string;
  /** Script, as a file URL. */
  readonly script: URL;
  readonly arguments: readonly string[];
  /** Variables besides this process's own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Told of every line on standard error; they are dropped otherwise. */
  readonly onError?: (line: string) => void;
}

/** Lines kept for a listener that comes late, and for the message of a failed start. */
const firstLines = 200;
const lastLines = 20;
const graceMilliseconds = 10_000;

async function stopProcess(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), graceMilliseconds);
  await ended;
  clearTimeout(kill);
}

/** Starts a Node script that ends with this process. */
export function startChild(options: ChildOptions): Child {
  const { name, script } = options;
  const child = spawn(process.execPath, ['--import', preload, fileURLToPath(script), ...options.arguments], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A group of its own: Ctrl-C reaches this process alone, which then ends them in order.
    detached: true,
    env: { ...process.env, ...options.environment },
  });
  const lines: string[] = [];
  const errors: string[] = [];
  const listeners: ((line: string) => void)[] = [];
  createInterface({ input: child.stdout as Readable }).on('line', (line) => {
    if (lines.length < firstLines) lines.push(line);
    for (const listener of listeners) listener(line);
  });
  createInterface({ input: child.stderr as Readable }).on('line', (line) => {
    errors.push(line);
    if (errors.length > lastLines) errors.shift();
    options.onError?.(line);
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const onLine = (listener: (line: string) => void): void => {
    lines.forEach((line) => listener(line));
    listeners.push(listener);
  };
  return {
    name,
    onLine,
    firstLine: (read) =>
      new Promise((resolve, reject) => {
        onLine((line) => {
          const meaning = read(line);
          if (meaning !== undefined) resolve(meaning);
        });
        void ended.then(() => reject(new Error(`${name} ended before it was ready:\n${errors.join('\n')}`)));
      }),
    stop: () => stopProcess(child, ended),
  };
}

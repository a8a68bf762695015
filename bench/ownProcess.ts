import { fork } from 'node:child_process';

/** Megabytes of heap for a process that holds a whole fleet with host, simulator and tables. */
const fleetHeap = 6144;

/**
 * Runs a program in a process of its own, with one plain value as its argument; ends it once it has answered.
 *
 * @param flags of Node.
 * @returns what the program sends with {@link answer}.
 * @throws Error when it ends without an answer.
 */
export function inOwnProcess<T>(
  program: URL,
  argument: unknown,
  flags: readonly string[] = [`--max-old-space-size=${fleetHeap}`],
): Promise<T> {
  return new Promise((resolve, reject) => {
    const child = fork(program, [JSON.stringify(argument)], {
      execArgv: [...flags],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.once('message', (message) => resolve(message as T));
    child.once('exit', (code) => reject(new Error(`The process ended with ${code} before it answered.`)));
  });
}

/** The argument that this process was started with. */
export const argument = <T>(): T => JSON.parse(process.argv[2] ?? 'null') as T;

/** Sends the answer to the process that waits for it, and ends this one. */
export const answer = (value: unknown): void => void process.send?.(value, () => process.exit(0));

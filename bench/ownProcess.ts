import { fork } from 'node:child_process';

/** Megabytes that a process of a benchmark may use for what it keeps. */
const heapMegabytes = 6144;

/**
 * Runs a program of this folder in a process of its own, with one plain value as its argument; ends it once it has answered.
 *
 * @returns what the program sends with {@link answer}.
 * @throws Error when it ends without an answer.
 */
export function inOwnProcess<T>(program: `./${string}.ts`, argument: unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL(program, import.meta.url), [JSON.stringify(argument)], {
      execArgv: [`--max-old-space-size=${heapMegabytes}`],
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

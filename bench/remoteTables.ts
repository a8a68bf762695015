import { fork } from 'node:child_process';
import type { Table } from '../src/storage/table.ts';

/** One operation on its way to the other process. */
export interface TableCall {
  readonly id: number;
  readonly table: string;
  readonly operation: keyof Table;
  readonly values: readonly unknown[];
}

/** Tables that lie in another process. */
export interface RemoteTables {
  table(name: string): Table;
  stop(): void;
}

/**
 * Starts the process that keeps the rows; only what is asked for and answered passes through this one.
 *
 * @param program path of `rowServer.ts`.
 */
export function startRemoteTables(program: string): RemoteTables {
  const child = fork(program, { serialization: 'advanced', execArgv: [] });
  const waiting = new Map<number, (value: unknown) => void>();
  let lastId = 0;
  child.on('message', (message) => {
    const { id, value } = message as { readonly id: number; readonly value: unknown };
    waiting.get(id)?.(value);
    waiting.delete(id);
  });
  const ask = (table: string, operation: keyof Table, values: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve) => {
      const id = ++lastId;
      waiting.set(id, resolve);
      child.send({ id, table, operation, values } satisfies TableCall);
    });
  const remote = (name: string): object =>
    new Proxy(
      {},
      {
        get:
          (_, operation) =>
          (...values: unknown[]) =>
            ask(name, operation as keyof Table, values),
      },
    );
  return { table: (name) => remote(name) as Table, stop: () => child.disconnect() };
}

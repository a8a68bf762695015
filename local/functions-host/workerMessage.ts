import type { ListedFunction } from './functionListing.ts';

/** What a worker is told on its command line, as one JSON text. */
export interface WorkerOrders {
  readonly appFolder: string;
  readonly dataFolder: string;
  /** The supervisor's public port; the worker listens on a free one. */
  readonly advertisedPort: number;
  readonly enableAuth: boolean;
  readonly strict: boolean;
}

/** What a worker says to its supervisor. */
export type WorkerMessage =
  | { readonly kind: 'ready'; readonly port: number; readonly functions: readonly ListedFunction[] }
  | { readonly kind: 'failed'; readonly reason: string };

/** Exit codes of a worker; any other end is a crash, after which it is started again. */
export const WORKER_EXIT = { stopped: 0, startFailed: 2, strictWarning: 3 } as const;

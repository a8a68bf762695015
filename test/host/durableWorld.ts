import { app } from '@azure/functions';
import * as df from 'durable-functions';
import { createVirtualClock, type VirtualClock } from '../../local/functions-host/clock/virtualClock.ts';
import {
  createDurableExtension,
  type EngineExtras,
  type LocalDurableExtension,
} from '../../local/functions-host/durable/extension.ts';
import { createMemoryStore, type InstanceStore } from '../../local/functions-host/durable/instanceStore.ts';
import type { HostReply } from '../../local/functions-host/durableExtension.ts';
import { createHostJson } from '../../local/functions-host/hostJson.ts';
import { createInvoker } from '../../local/functions-host/invoke.ts';
import { captureFunctions } from '../../local/functions-host/registry.ts';
import { createWarnings, type Warnings } from '../../local/functions-host/warnings.ts';

/** A durable engine with one small app on a virtual clock. */
export interface DurableWorld extends LocalDurableExtension {
  readonly clock: VirtualClock;
  readonly warnings: Warnings;
  readonly store: InstanceStore;
  /** Codes of the warnings so far, in order. */
  codes(): string[];
  /** Runs until the instance has finished; its status. Fails after a virtual year. */
  finish(id: string): Promise<ReturnType<LocalDurableExtension['client']['status']>>;
  /** A call of the management API without key. @param path below the mount, with query. */
  http(method: string, path: string, body?: string, contentType?: string): Promise<HostReply>;
}

/** What a world may be given. */
export interface WorldOptions extends EngineExtras {
  readonly seed?: number;
  readonly hostJson?: object;
  readonly store?: InstanceStore;
}

/** What an app registers itself with. */
export type Register = (durable: typeof df.app, http: typeof app) => void;

const ONE_YEAR_MS = 365 * 86_400_000;

/** Starts a world at 2026-08-22T02:00:00Z; `register` is the app. */
export async function durableWorld(register: Register, options: WorldOptions = {}): Promise<DurableWorld> {
  const clock = createVirtualClock({ startAt: '2026-08-22T02:00:00Z', seed: options.seed ?? 1 });
  const registry = captureFunctions();
  register(df.app, app);
  const warnings = createWarnings();
  const store = options.store ?? createMemoryStore();
  const invoke = createInvoker({ registry, clock, warnings, log: () => undefined });
  const hostJson = createHostJson(options.hostJson ?? {});
  const urls = {
    publicBase: 'http://localhost:7071',
    rpcBase: 'http://127.0.0.1:17071/durabletask/',
    systemKey: 'KEY',
  };
  const settings = { get: () => undefined, all: () => ({}) };
  const extension = createDurableExtension(
    { registry, invoke, clock, hostJson, settings, warnings, urls, store },
    options,
  );
  await extension.start();
  return {
    ...extension,
    clock,
    warnings,
    store,
    codes: () => warnings.list().map((warning) => warning.code),
    async finish(id) {
      const isDone = (): boolean =>
        /Completed|Failed|Terminated/.test(extension.client.status(id)?.runtimeStatus ?? '');
      if (!(await clock.runUntil(isDone, ONE_YEAR_MS))) throw new Error(`${id} does not end`);
      return extension.client.status(id);
    },
    http: (method, path, body, contentType) =>
      extension.handleHttp(request(method, path, body, contentType), 'rpc'),
  };
}

function request(method: string, path: string, body = '', contentType = 'application/json') {
  const url = new URL(`http://127.0.0.1:17071/durabletask/${path}`);
  return {
    method,
    url: url.href,
    path: `/durabletask/${path.split('?')[0] ?? ''}`,
    query: url.searchParams,
    headers: { 'content-type': contentType },
    body: Buffer.from(body),
  };
}

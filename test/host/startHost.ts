import { onTestFinished } from 'vitest';
import { createRealClock } from '../../local/functions-host/clock/realClock.ts';
import { createHost, type Host } from '../../local/functions-host/host.ts';
import type { LogLine } from '../../local/functions-host/hostLog.ts';
import type { HostOptions } from '../../local/functions-host/hostOptions.ts';
import {
  createMemoryQueueStore,
  type MemoryQueueStore,
} from '../../local/functions-host/queue/memoryQueueStore.ts';
import { createWarnings, type Warnings } from '../../local/functions-host/warnings.ts';
import { sampleApp } from './sampleApp.ts';

/** A started host with what a test wants to look at. */
export interface StartedHost {
  readonly host: Host;
  readonly queues: MemoryQueueStore;
  readonly warnings: Warnings;
  readonly log: readonly LogLine[];
  /** Status and body of a GET made inside the process. */
  get(path: string, headers?: Record<string, string>): Promise<[number, string]>;
}

/** Keys of every host in these tests. */
const TEST_KEYS = {
  master: 'master-key',
  host: 'host-key',
  function: 'function-key',
  system: { durabletask_extension: 'durable-key', eventgrid_extension: 'grid-key' },
};

/** A host for an app made of `files`, without a public port, stopped when the test ends. */
export async function startHost(
  files: Readonly<Record<string, string>>,
  change: Partial<HostOptions> = {},
): Promise<StartedHost> {
  const clock = change.clock ?? createRealClock();
  const queues = createMemoryQueueStore(clock);
  const warnings = createWarnings();
  const log: LogLine[] = [];
  const host = createHost({
    appFolder: sampleApp(files),
    clock,
    warnings,
    log: (line) => log.push(line),
    listen: false,
    keys: TEST_KEYS,
    environment: { AzureWebJobsStorage: 'UseDevelopmentStorage=true' },
    storeFor: () => queues,
    ...change,
  });
  await host.start();
  onTestFinished(() => host.stop());
  const get = async (path: string, headers: Record<string, string> = {}): Promise<[number, string]> => {
    const reply = await host.request({ method: 'GET', path, headers });
    return [reply.status, String(reply.body ?? '')];
  };
  return { host, queues, warnings, log, get };
}

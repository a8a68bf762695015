import { createVirtualClock, type VirtualClock } from '../../../local/functions-host/clock/virtualClock.ts';
import type { HostReply } from '../../../local/functions-host/durableExtension.ts';
import { createDurableExtension } from '../../../local/functions-host/durable/extension.ts';
import { createMemoryStore } from '../../../local/functions-host/durable/instanceStore.ts';
import { createHost, type Host } from '../../../local/functions-host/host.ts';
import {
  createMemoryQueueStore,
  type MemoryQueueStore,
} from '../../../local/functions-host/queue/memoryQueueStore.ts';
import { createWarnings } from '../../../local/functions-host/warnings.ts';
import { createCallRecorder, type CallRecorder } from './callRecorder.ts';

/** The recorded sample app on the local host and a virtual clock. */
export interface OfficialWorld {
  readonly clock: VirtualClock;
  readonly recorder: CallRecorder;
  readonly queues: MemoryQueueStore;
  /** @param path with query. */
  call(call: {
    method: string;
    path: string;
    headers?: Record<string, string>;
    body?: string;
  }): Promise<HostReply>;
  /** The management API's word on an instance; undefined when there is none. */
  status(id: string): Promise<Record<string, unknown> | undefined>;
  kill(): void;
  /** Graceful stop. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Puts everything back, so that the next world can begin. */
  end(): Promise<void>;
}

/** Keys a recording shows as `KEY`; the master key as `KEY (master)`. */
export const keys = { function: 'KEY', host: 'HOSTKEY', master: 'MASTERKEY' } as const;

const LIMIT_MS = 3_600_000;

/** Starts the app in `appFolder`; `seed` chooses delays and ids. */
export async function startOfficialWorld(appFolder: string, seed: number): Promise<OfficialWorld> {
  const clock = createVirtualClock({ startAt: '2026-11-21T11:50:30Z', seed, watchHttp: true });
  const restoreGlobals = clock.replaceGlobals();
  const recorder = createCallRecorder();
  const queues = createMemoryQueueStore(clock);
  const store = createMemoryStore();
  const host: Host = createHost({
    appFolder,
    clock,
    warnings: createWarnings(),
    listen: false,
    enableAuth: true,
    keys: { ...keys, system: { durabletask_extension: 'KEY', eventgrid_extension: 'KEY' } },
    storeFor: () => queues,
    createDurable: (options) => createDurableExtension({ ...options, store }, { legs: 'azure' }),
  });

  async function settle<T>(work: Promise<T>): Promise<T> {
    let isSettled = false;
    void work.then(
      () => (isSettled = true),
      () => (isSettled = true),
    );
    if (!(await clock.runUntil(() => isSettled, LIMIT_MS))) throw new Error('a call does not end');
    return work;
  }

  const call: OfficialWorld['call'] = (each) => settle(host.request(each));
  const start = async (): Promise<void> => {
    await settle(host.start());
    recorder.attach(host.registry());
  };
  try {
    await start();
  } catch (error) {
    restoreGlobals();
    clock.close();
    throw error;
  }
  return {
    clock,
    recorder,
    queues,
    call,
    async status(id) {
      const path = `/runtime/webhooks/durabletask/instances/${encodeURIComponent(id)}?code=KEY`;
      const reply = await call({ method: 'GET', path });
      return reply.status === 404 ? undefined : (JSON.parse(String(reply.body)) as Record<string, unknown>);
    },
    kill() {
      recorder.cut();
      host.crash();
    },
    stop: () => settle(host.stop()),
    start,
    async end() {
      host.crash();
      restoreGlobals();
      await clock.whenIdle();
      clock.close();
    },
  };
}

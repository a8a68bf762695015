import type { ProcessLife } from '../processLife.ts';
import type { QueueStore } from './queueStore.ts';

/**
 * A queue store as one life of the process sees it: once the life is killed no call reaches the service and no answer
 * comes back, so that messages it held return after their invisibility.
 */
export function mortalQueueStore(store: QueueStore, life: ProcessLife): QueueStore {
  const whileAlive = <T>(call: () => Promise<T>): Promise<T> => {
    return new Promise((resolve, reject) => {
      if (!life.alive) return;
      call().then(
        (value) => life.alive && resolve(value),
        (error: unknown) => life.alive && reject(error as Error),
      );
    });
  };
  return {
    receive: (...parameters) => whileAlive(() => store.receive(...parameters)),
    update: (...parameters) => whileAlive(() => store.update(...parameters)),
    delete: (...parameters) => whileAlive(() => store.delete(...parameters)),
    put: (...parameters) => whileAlive(() => store.put(...parameters)),
    ...(store.nextVisibleAt && { nextVisibleAt: store.nextVisibleAt }),
    ...(store.subscribe && { subscribe: store.subscribe }),
  };
}

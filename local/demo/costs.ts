import type { LoggedRequest } from '../simulatorControl.ts';

const kindOf = ({ method }: LoggedRequest): string =>
  ({ GET: 'reads', DELETE: 'deletes' })[method] ?? 'writes';

function count(kinds: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** Requests to Azure Resource Manager, in words: `23 ARM requests: 18 reads, 5 writes (1 throttled, 1 failed)`. */
export function armCost(log: readonly LoggedRequest[]): string {
  const asked = log.filter(({ path }) => !path.startsWith('/simulator/'));
  const kinds = [...count(asked.map(kindOf))].map(([kind, number]) => `${number} ${kind}`).join(', ');
  const throttled = asked.filter(({ status }) => status === 429).length;
  const failed = asked.filter(({ status }) => status >= 500).length;
  return `${asked.length} ARM requests: ${kinds} (${throttled} throttled, ${failed} failed on the service's side)`;
}

/** Counts requests to storage by what they are for. */
export interface StorageMeter {
  onRequest(method: string, path: string): void;
  /** What was counted since the last call, in words. */
  read(): string;
}

/** A message is put, taken and deleted; an empty look at a queue costs a transaction on Azure too, but is the host's. */
const storageKind = (method: string, path: string): string =>
  /\/messages/i.test(path)
    ? method === 'GET'
      ? 'looks at queues'
      : 'queue writes'
    : method === 'GET'
      ? 'table reads'
      : 'table writes';

/** A meter that has counted nothing. */
export function storageMeter(): StorageMeter {
  let kinds: string[] = [];
  return {
    onRequest: (method, path) => void kinds.push(storageKind(method, path)),
    read: () => {
      const counts = [...count(kinds)].map(([kind, number]) => `${number} ${kind}`).join(', ');
      const total = kinds.length;
      kinds = [];
      return `${total} storage operations, the demo's own looks included: ${counts}`;
    },
  };
}

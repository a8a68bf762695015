import type { LoggedRequest } from '../simulatorControl.ts';

const kindOf = ({ method }: LoggedRequest): string =>
  ({ GET: 'reads', DELETE: 'deletes' })[method] ?? 'writes';

function count(kinds: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** Requests to Azure Resource Manager, in words: `23 ARM requests (18 reads, 5 writes; 1 throttled, 1 failed)`. */
export function armCost(log: readonly LoggedRequest[]): string {
  const asked = log.filter(({ path }) => !path.startsWith('/simulator/'));
  const kinds = [...count(asked.map(kindOf))].map(([kind, number]) => `${number} ${kind}`).join(', ');
  const throttled = asked.filter(({ status }) => status === 429).length;
  const failed = asked.filter(({ status }) => status >= 500).length;
  return `${asked.length} ARM requests (${kinds}; ${throttled} throttled, ${failed} failed)`;
}

/** Counts requests to storage. */
export interface StorageMeter {
  onRequest(method: string, path: string): void;
  /** What was counted since the last call, in words. */
  read(): string;
}

/** A meter that has counted nothing. */
export function storageMeter(): StorageMeter {
  let asked = 0;
  return {
    onRequest: () => void (asked += 1),
    read: () => {
      const words = `${asked} storage operations, the demo's own looks among them`;
      asked = 0;
      return words;
    },
  };
}

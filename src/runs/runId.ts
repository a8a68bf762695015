import { createHash } from 'node:crypto';
import type { RequestedBy } from './run.ts';

/** Id of the run for one occurrence: the first 40 hex digits of SHA-256 over source, caller, key and, in a batch, the item. */
export function runIdOf({ source, caller, key }: RequestedBy, item?: string): string {
  const occurrence = JSON.stringify([source, caller ?? '', key, item ?? '']);
  return createHash('sha256').update(occurrence, 'utf8').digest('hex').slice(0, 40);
}

/** Id of the flow that carries a generation of a run. Never reused: starting an ended id would run it again. */
export const instanceIdOf = (runId: string, generation: number): string => `${runId}-${generation}`;

import { createHash } from 'node:crypto';
import type { Json } from '../arm/call.ts';
import type { RequestedBy } from './run.ts';

function inOrder(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((entry: Json) => inOrder(entry) ?? null);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, inOrder(member as Json | undefined)]));
}

/** SHA-256 of a request in hex, whatever the order of its members. */
export const digestOf = (request: Json): string =>
  createHash('sha256')
    .update(JSON.stringify(inOrder(request)), 'utf8')
    .digest('hex');

/**
 * Id of the run for one occurrence: the first 40 hex digits of SHA-256 over source, caller, key and, in a batch, the item.
 *
 * @param round how many runs of the same occurrence have had their records removed.
 */
export function runIdOf({ source, caller, key }: RequestedBy, item?: string, round = 0): string {
  const occurrence = JSON.stringify([source, caller ?? '', key, item ?? '', ...(round > 0 ? [round] : [])]);
  return createHash('sha256').update(occurrence, 'utf8').digest('hex').slice(0, 40);
}

/** Id of the flow that carries a generation of a run. Never reused: starting an ended id would run it again. */
export const instanceIdOf = (runId: string, generation: number): string => `${runId}-${generation}`;

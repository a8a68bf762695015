import { createHash } from 'node:crypto';
import type { Json } from '../arm/call.ts';

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

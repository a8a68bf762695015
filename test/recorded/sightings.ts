import type { Json } from '../../src/arm/call.ts';
import { objectsIn, textIn } from '../../src/arm/replyFields.ts';
import { addressOf, pathKey } from './address.ts';
import { member, textAt } from './looseFields.ts';
import type { Exchange } from './readExchanges.ts';

/** A resource as some reply showed it: the body of a GET, or a row of a list. */
export interface Sighting {
  /** Position of the exchange in the recording. */
  readonly index: number;
  readonly path: string;
  readonly body: Json;
}

/** Every resource that the replies of a recording show, in their order. */
export function sightingsIn(exchanges: readonly Exchange[]): readonly Sighting[] {
  return exchanges.flatMap(({ method, url, reply }, index) => {
    if (method !== 'GET' || reply.status !== 200) return [];
    const { path, operation } = addressOf(url);
    const rows = member(reply.body, 'value');
    if (Array.isArray(rows)) {
      return objectsIn(rows).flatMap((row) => {
        const id = textIn(row['id']);
        return id ? [{ index, path: pathKey(id), body: row }] : [];
      });
    }
    return operation || reply.body === undefined ? [] : [{ index, path, body: reply.body }];
  });
}

/** How a protected item or instance was last seen before a position, at or after another. */
export const lastSeen = (
  sightings: readonly Sighting[],
  path: string,
  from: number,
  before: number,
): Sighting | undefined =>
  sightings.findLast((one) => one.path === path && one.index >= from && one.index < before);

/** The state of an item or instance in the service's word; `SoftDeleted` for an item that only soft delete keeps. */
export function stateOf(body: Json | undefined): string | undefined {
  if (member(body, 'properties', 'isScheduledForDeferredDelete') === true) return 'SoftDeleted';
  return (
    textAt(body, 'properties', 'currentProtectionState') ?? textAt(body, 'properties', 'protectionState')
  );
}

import type { ArmReply, Json, JsonObject } from '../arm/call.ts';
import { objectIn, textIn } from '../arm/jsonFields.ts';

/** A row of a list reply, or the resource of a single one: id and name as the service spells them, never rebuilt. */
export interface Resource {
  readonly id: string;
  readonly name: string;
  readonly properties: JsonObject;
}

/** A resource out of a body; missing parts read as empty. */
export function resourceIn(body: Json | undefined): Resource {
  const { id, name, properties } = objectIn(body);
  return { id: textIn(id) ?? '', name: textIn(name) ?? '', properties: objectIn(properties) };
}

/** All rows of a list reply. */
export function rowsIn(reply: ArmReply): readonly Resource[] {
  const { value } = objectIn(reply.body);
  return Array.isArray(value) ? value.map(resourceIn) : [];
}

/** Equal without case, as the service compares names. */
export const sameName = (a: string | undefined, b: string | undefined): boolean =>
  a !== undefined && b !== undefined && a.toLowerCase() === b.toLowerCase();

/** At most 20 names for a person to read, in order, without doubles. */
export const namesSeen = (names: readonly (string | undefined)[]): string[] =>
  [...new Set(names.filter((name) => name !== undefined))].sort().slice(0, 20);

import type { ArmReply, Json, JsonObject } from '../arm/call.ts';

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value as an object; anything else reads as an object without members. */
export const objectIn = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

/** The value as a list of objects; anything else, and members that are no objects, are left out. */
export const objectsIn = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : [];

/** The value as a text; undefined when it is none or empty. Numbers are taken: error codes come as both. */
export function textIn(value: Json | undefined): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The texts of a list, or nothing. */
export const textsIn = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string' && one !== '') : [];

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
export const rowsIn = (reply: ArmReply): readonly Resource[] =>
  objectsIn(objectIn(reply.body)['value']).map(resourceIn);

/** Equal without case, as the service compares names. */
export const sameName = (a: string | undefined, b: string | undefined): boolean =>
  a !== undefined && b !== undefined && a.toLowerCase() === b.toLowerCase();

/** At most 20 names for a person to read, in order, without doubles. */
export const namesSeen = (names: readonly (string | undefined)[]): string[] =>
  [...new Set(names.filter((name) => name !== undefined))].sort().slice(0, 20);

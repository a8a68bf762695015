import type { Json, JsonObject } from '../arm/call.ts';

/** The member of nested objects, names compared exactly; undefined as soon as one is missing or no object. */
export function within(value: Json | undefined, ...names: readonly string[]): Json | undefined {
  let at: Json | undefined = value;
  for (const name of names) {
    if (typeof at !== 'object' || at === null || Array.isArray(at)) return undefined;
    at = (at as JsonObject)[name];
  }
  return at;
}

/** A string that is not empty. */
export const text = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** The objects of a list; empty for anything else. */
export const rows = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value)
    ? value.filter((row): row is JsonObject => typeof row === 'object' && row !== null && !Array.isArray(row))
    : [];

/** Whether two words are one, case aside: the service spells types and states in several ways. */
export const sameWord = (a: string | undefined, b: string): boolean => a?.toLowerCase() === b.toLowerCase();

import type { Json, JsonObject } from './call.ts';

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value as an object; anything else reads as one without members. Only own members are seen. */
export const objectIn = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

/** The value as an object, or undefined when it is none or has no members. */
export const filledObjectIn = (value: Json | undefined): JsonObject | undefined =>
  isObject(value) && Object.keys(value).length > 0 ? value : undefined;

/** The objects of a list; of a single object that one; else nothing. */
export const objectsIn = (value: Json | undefined): readonly JsonObject[] =>
  (Array.isArray(value) ? (value as readonly Json[]) : [value]).filter(isObject);

/** A text that is not blank; numbers are taken, since job errors carry codes as numbers. */
export function textIn(value: Json | undefined): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** The texts of a list, or of a single text. */
export const textsIn = (value: Json | undefined): readonly string[] =>
  (Array.isArray(value) ? (value as readonly Json[]) : [value]).flatMap((one) => textIn(one) ?? []);

/** A member of nested objects, names compared exactly; undefined as soon as one is missing or lies in no object. */
export const memberIn = (value: Json | undefined, ...names: readonly string[]): Json | undefined =>
  names.reduce((at: Json | undefined, name) => objectIn(at)[name], value);

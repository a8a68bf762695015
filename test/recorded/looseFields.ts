import type { Json } from '../../src/arm/call.ts';
import { objectIn, textIn } from '../../src/arm/jsonFields.ts';
import { parseBody } from '../../src/arm/replyBody.ts';

/** The JSON of a body; undefined for none, or for one that is no JSON. */
export function jsonOf(text: string | undefined): Json | undefined {
  const parsed = parseBody(text ?? '');
  return parsed.kind === 'json' ? parsed.body : undefined;
}

/** A member by names without case: clients spell `resourceId` and `resourceID`. */
export function member(value: Json | undefined, ...names: readonly string[]): Json | undefined {
  return names.reduce((at: Json | undefined, name) => {
    const found = Object.entries(objectIn(at)).find(([key]) => key.toLowerCase() === name.toLowerCase());
    return found?.[1];
  }, value);
}

/** A text by names without case. */
export const textAt = (value: Json | undefined, ...names: readonly string[]): string | undefined =>
  textIn(member(value, ...names));

/** The first member of that name at any depth. */
export function anywhere(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const direct = Array.isArray(value) ? undefined : member(value, name);
  if (direct !== undefined) return direct;
  for (const inner of Object.values(value) as Json[]) {
    const found = anywhere(inner, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

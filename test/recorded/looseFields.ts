import type { Json } from '../../src/arm/call.ts';

/** A body as JSON; undefined for an empty one. @throws SyntaxError for one that is no JSON. */
export function parsedJson(text: string): Json | undefined {
  const plain = text.replace(/^\uFEFF/, '');
  return plain.trim() === '' ? undefined : (JSON.parse(plain) as Json);
}

/** The JSON of a body; undefined for none, or for one that is no JSON. */
export function jsonOf(text: string | undefined): Json | undefined {
  try {
    return parsedJson(text ?? '');
  } catch {
    return undefined;
  }
}

/** A member by names without case: clients spell `resourceId` and `resourceID`. */
export function member(value: Json | undefined, ...names: readonly string[]): Json | undefined {
  return names.reduce((at: Json | undefined, name) => {
    const members = typeof at === 'object' && at !== null && !Array.isArray(at) ? at : {};
    const found = Object.entries(members).find(([key]) => key.toLowerCase() === name.toLowerCase());
    return found?.[1];
  }, value);
}

/** A text by names without case; a number is taken as one, a blank text as none. */
export function textAt(value: Json | undefined, ...names: readonly string[]): string | undefined {
  const found = member(value, ...names);
  if (typeof found === 'number') return String(found);
  return typeof found === 'string' && found.trim() !== '' ? found : undefined;
}

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

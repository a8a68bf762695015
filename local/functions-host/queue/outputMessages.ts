import type { TypedData } from '../typedData.ts';

/** One item of an output as the official host writes it: objects indented, booleans `True` and `False`. */
function messageText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value);
}

/** The messages a queue output stands for: one per element of an array, none for null, else one. */
export function outputMessages(data: TypedData): readonly string[] {
  if (data.string !== undefined) return [data.string];
  if (data.bytes !== undefined) return [Buffer.from(data.bytes).toString('utf8')];
  const value = data.json === undefined ? (data.int ?? data.double) : (JSON.parse(data.json) as unknown);
  const items = Array.isArray(value) ? (value as unknown[]) : [value];
  return items.filter((item) => item !== null && item !== undefined).map(messageText);
}

/**
 * A value as it crosses between host and app: at most one of the fields is set, none means undefined.
 *
 * `json` is JSON text, `http` the request or response record of the Node library.
 */
export interface TypedData {
  readonly string?: string;
  readonly json?: string;
  readonly bytes?: Uint8Array;
  readonly stream?: Uint8Array;
  readonly http?: Readonly<Record<string, unknown>>;
  readonly int?: number;
  readonly double?: number;
  readonly collectionBytes?: { readonly bytes: readonly Uint8Array[] };
  readonly collectionString?: { readonly string: readonly string[] };
  readonly collectionDouble?: { readonly double: readonly number[] };
  readonly collectionSint64?: { readonly sint64: readonly number[] };
  /** The value itself, for calls that no library reads: `shortModel`. */
  readonly live?: unknown;
}

/** A typed value under the key of a binding. */
export interface NamedTypedData {
  readonly name: string;
  readonly data: TypedData;
}

/** JSON if the text is JSON, else the text itself. */
export function parseJsonOrKeep(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Levels of nesting that the official host's JSON reader goes down (Newtonsoft.Json 13). */
const DEEPEST = 64;

/** Whether the official host can read a value; writing a much deeper one would exhaust the stack here. */
export function isShallow(value: unknown, levels = DEEPEST): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isShallow(inner, levels - 1));
}

/** The value a function would see; a string that holds JSON is parsed, `{}` is undefined. Throws on broken `json`. */
export function decodeTypedData(data: TypedData | null | undefined): unknown {
  if (!data) return undefined;
  if (data.live !== undefined) return data.live;
  if (data.string !== undefined) return parseJsonOrKeep(data.string);
  if (data.json !== undefined) return JSON.parse(data.json) as unknown;
  const bytes = data.bytes ?? data.stream;
  if (bytes !== undefined) return Buffer.from(bytes);
  return data.http ?? data.int ?? data.double ?? decodeCollection(data);
}

function decodeCollection(data: TypedData): unknown {
  return (
    data.collectionBytes?.bytes.map((each) => Buffer.from(each)) ??
    data.collectionString?.string.map(parseJsonOrKeep) ??
    data.collectionDouble?.double ??
    data.collectionSint64?.sint64
  );
}

/** The wire form of a value a function returned; undefined for null and undefined, `json` for booleans and arrays. */
export function encodeTypedData(value: unknown): TypedData | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string') return { string: value };
  if (typeof value === 'number') return Number.isInteger(value) ? { int: value } : { double: value };
  const bytes = asBytes(value);
  return bytes ? { bytes } : { json: JSON.stringify(value) };
}

function asBytes(value: unknown): Uint8Array | undefined {
  if (Buffer.isBuffer(value)) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return value instanceof ArrayBuffer ? new Uint8Array(value) : undefined;
}

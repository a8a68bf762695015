import { timeSpanMilliseconds } from './timeSpan.ts';

/** `host.json` with the environment's overrides applied. Paths are dotted and compared without case. */
export interface HostJson {
  /** The value at a path as JSON has it (an override is text), or undefined. */
  value(path: string): unknown;
  /** Text at a path; numbers and booleans are written out. */
  text(path: string, otherwise: string): string;
  /** Number at a path; what is no number counts as absent. */
  number(path: string, otherwise: number): number;
  /** True or false at a path; the words are read without case. */
  flag(path: string, otherwise: boolean): boolean;
  /** Milliseconds of the TimeSpan at a path (`00:00:02`). */
  durationMs(path: string, otherwise: number): number;
}

const OVERRIDE = 'azurefunctionsjobhost__';

/**
 * Reads `host.json`.
 *
 * @param tree the parsed file; anything but an object counts as empty.
 * @param environment variables named `AzureFunctionsJobHost__a__b` replace the value at `a.b`.
 */
export function createHostJson(
  tree: unknown,
  environment: Readonly<Record<string, string | undefined>> = {},
): HostJson {
  const flat = new Map<string, unknown>();
  flatten(tree, '', flat);
  for (const [name, text] of Object.entries(environment)) {
    if (text === undefined || !name.toLowerCase().startsWith(OVERRIDE)) continue;
    flat.set(name.toLowerCase().slice(OVERRIDE.length).replaceAll('__', '.'), text);
  }
  const value = (path: string): unknown => flat.get(path.toLowerCase());
  const text = (path: string): string | undefined => {
    const found = value(path);
    return found === undefined || found === null || typeof found === 'object'
      ? undefined
      : String(found as string);
  };
  return {
    value,
    text: (path, otherwise) => text(path) ?? otherwise,
    number: (path, otherwise) => readNumber(text(path)) ?? otherwise,
    flag: (path, otherwise) => readFlag(text(path)) ?? otherwise,
    durationMs: (path, otherwise) => timeSpanMilliseconds(text(path) ?? '') ?? otherwise,
  };
}

function flatten(node: unknown, path: string, flat: Map<string, unknown>): void {
  if (path !== '') flat.set(path, node);
  if (typeof node !== 'object' || node === null) return;
  for (const [key, child] of Object.entries(node)) {
    flatten(child, path === '' ? key.toLowerCase() : `${path}.${key.toLowerCase()}`, flat);
  }
}

const readNumber = (text: string | undefined): number | undefined =>
  text === undefined || text.trim() === '' || Number.isNaN(Number(text)) ? undefined : Number(text);

const readFlag = (text: string | undefined): boolean | undefined =>
  text === undefined || !/^(true|false)$/i.test(text) ? undefined : text.toLowerCase() === 'true';

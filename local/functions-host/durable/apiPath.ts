/** A management path taken apart. */
export interface ApiPath {
  readonly collection: string;
  /** Everything below the collection, decoded; an empty last segment is dropped. */
  readonly segments: readonly string[];
}

/**
 * Reads a management path below its mount.
 *
 * The official host decodes a path twice, the second time as a form, so `%2525` is `%` and `%2B` a blank.
 *
 * @param rest the path after the mount, as sent.
 * @returns undefined for a path that holds an encoded slash: no route matches it.
 */
export function readApiPath(rest: string): ApiPath | undefined {
  if (/%2f/i.test(rest)) return undefined;
  const [collection = '', ...segments] = rest.split('/');
  while (segments.at(-1) === '') segments.pop();
  return { collection: collection.toLowerCase(), segments: segments.map(decodeTwice) };
}

const decodeTwice = (segment: string): string => decode(decode(segment).replaceAll('+', ' '));

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

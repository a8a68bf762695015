import type { Json } from './call.ts';

const longestText = 2000;

/** What stands before a secret: a name with `=`, `:` or their encoded forms, quoted or not. */
const named =
  /\b(sig|signature|AccountKey|SharedAccessSignature|SharedAccessKey|client_secret|client_assertion|access_token|refresh_token|id_token|Password|pwd)(["']?\s*(?:=|:|%3D|%3A)\s*["']?)[^\s&;'"<>,}]+/gi;

/** Query members that carry signatures, of poll URLs and SAS alike, and keys of functions. */
const inQuery = /([?&](?:s|h|sig|code)=)[^\s&;'"<>]+/gi;

/** Credentials by their scheme: `Bearer …`, `SharedKey account:…`. A word without digit or sign is prose. */
const afterScheme = /\b(Bearer|SharedKey(?:Lite)?|SharedAccessSignature)\s+(?=\S*[\d=+/:])[^\s'"<>,;]+/gi;

/** A signed token, and the key of a storage account, by their looks. */
const bare = /\beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?|[A-Za-z0-9+/]{86}==/g;

/** What a cut has left of a key: by its end alone the whole one is known. */
const halfKey = /(?<=[^A-Za-z0-9+/])[A-Za-z0-9+/]{8,86}=?$/;

/** Control characters, line and paragraph separators, marks that turn the direction of text. */
const unseen = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

const withoutSecrets = (text: string): string =>
  text
    .replace(bare, '…')
    .replace(named, '$1$2…')
    .replace(inQuery, '$1…')
    .replace(afterScheme, '$1 …')
    .replace(unseen, ' ');

/** The part of a text that is looked at for so many characters that are told. */
const lookedAt = (text: string, longest: number): string =>
  text.length > longest * 2 ? text.slice(0, longest * 2).replace(halfKey, '…') : text;

/** At most so many characters, the last of them an ellipsis where more follow; no character is halved. */
export function capped(text: string, longest: number): string {
  if (text.length <= longest) return text.toWellFormed();
  const kept = text.slice(0, longest - 1);
  return `${/[\ud800-\udbff]$/.test(kept) ? kept.slice(0, -1) : kept}…`.toWellFormed();
}

/**
 * A text of the service made safe for logs and records: control characters become blanks, secrets an ellipsis, length
 * capped in characters.
 */
export const plainText = (text: string, longest = longestText): string =>
  capped(withoutSecrets(lookedAt(text, longest)).trim(), longest);

/** URLs in messages of the transport lose their query, which may be signed, and the user they name. */
export const withoutQueries = (text: string): string =>
  text.replace(/\?[^\s'"]*/g, '?…').replace(/:\/\/[^\s/'"@]*@/g, '://…@');

/**
 * Everything that was read from a reply, with every text in it made safe as {@link plainText} does, except that blanks at
 * its ends stay: names are compared. What a step tells passes here once, before it is written or told.
 */
export function plainWords<T extends Json>(value: T, longest = longestText): T {
  return plain(value, longest) as T;
}

const mostSentences = 5;
const longestSentence = 400;

/** What a job warns of, five sentences at most of 400 characters each: an ending must fit into an event. */
export function fewSentences(sentences: readonly string[]): readonly string[] {
  const left = sentences.length - mostSentences;
  const few = sentences.slice(0, mostSentences).map((one) => plainText(one, longestSentence));
  return left > 0 ? [...few, `${left} more of the kind.`] : few;
}

function plain(value: Json | undefined, longest: number): Json | undefined {
  if (typeof value === 'string') return capped(withoutSecrets(lookedAt(value, longest)), longest);
  if (Array.isArray(value)) return (value as readonly Json[]).map((one) => plain(one, longest) as Json);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, plain(member, longest) as Json]),
  );
}

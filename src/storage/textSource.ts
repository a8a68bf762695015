// Not `node:fs/promises`: naming that loads Node's line editor when the app starts.

import { promises } from 'node:fs';
import { resolve } from 'node:path';
import type { TokenCredential } from '@azure/identity';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Table } from './table.ts';

/** A text as a file or a blob has it; `unchanged` when it still has the version that was named. */
export type VersionedText =
  | { readonly kind: 'text'; readonly text: string; readonly version?: string }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'absent' };

/** A text at some place. Reading may throw when the place cannot be reached. */
export interface TextSource {
  /** Shown to people: a file name, or a URL without its query. */
  readonly name: string;
  /** @param version the version known already, as an earlier reading gave it. */
  readonly read: (version?: string) => Promise<VersionedText>;
}

const blobScope = 'https://storage.azure.com/.default';
const blobHost =
  /^[a-z0-9-]+\.(?:z\d+\.)?blob\.(?:storage\.azure\.net|core\.(?:windows\.net|usgovcloudapi\.net|chinacloudapi\.cn))$/;
const longestReadMs = 20_000;
const largestText = 4 * 1024 * 1024;

const isMissing = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';

/** A file in the app, or anywhere when the path is absolute. */
function textFile(location: string): TextSource {
  const file = resolve(location);
  const read = async (): Promise<VersionedText> => {
    try {
      return { kind: 'text', text: await promises.readFile(file, 'utf8') };
    } catch (error) {
      if (isMissing(error)) return { kind: 'absent' };
      throw error;
    }
  };
  return { name: location, read };
}

async function textOf(reply: Response): Promise<VersionedText> {
  if (reply.status === 304) return { kind: 'unchanged' };
  if (reply.status === 404) return { kind: 'absent' };
  if (reply.status !== 200) throw new Error(`The blob answered ${reply.status}.`);
  const text = await reply.text();
  if (text.length > largestText) throw new Error('The text is larger than 4 MiB.');
  const version = reply.headers.get('etag');
  return { kind: 'text', text, ...(version === null ? {} : { version }) };
}

/** A blob read with the app's identity; the token goes to hosts of blob storage alone. */
function textBlob(url: URL, credential: TokenCredential): TextSource {
  const headersFor = async (version: string | undefined): Promise<Record<string, string>> => {
    const token = url.searchParams.has('sig') ? undefined : await credential.getToken(blobScope);
    return {
      'x-ms-version': '2021-12-02',
      ...(token ? { authorization: `Bearer ${token.token}` } : {}),
      ...(version === undefined ? {} : { 'if-none-match': version }),
    };
  };
  const read = async (version?: string): Promise<VersionedText> => {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), longestReadMs);
    try {
      const headers = await headersFor(version);
      return await textOf(await fetch(url, { headers, redirect: 'error', signal: abort.signal }));
    } finally {
      clearTimeout(timer);
    }
  };
  return { name: `${url.origin}${url.pathname}`, read };
}

/**
 * A place as a setting names it: a file in the app, or the https URL of a blob.
 *
 * @throws Error for a URL that is no https URL of blob storage: the app's token must not go anywhere else.
 */
export function textSource(location: string, credential: TokenCredential): TextSource {
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(location)) return textFile(location);
  const url = URL.canParse(location) ? new URL(location) : undefined;
  // `fetch` refuses such a URL with a message that names it, password and all.
  if (!url || url.username !== '' || url.password !== '')
    throw new Error('The place is no URL, or one with a user name or password in it.');
  if (url.protocol === 'https:' && blobHost.test(url.hostname)) return textBlob(url, credential);
  throw new Error('The place is neither a file nor the https URL of a blob.');
}

/** A text that outlives the process that has read it. */
export interface KeptText {
  /** The text that was kept last; undefined when there is none. */
  readonly read: () => Promise<string | undefined>;
  /** Keeps a text in place of the one before; the same text again writes nothing. @throws RowRefused for one that does not fit a row. */
  readonly keep: (text: string) => Promise<void>;
}

/** Characters of one column. */
const chunk = 30_000;
const zip = promisify(gzip);
const unzip = promisify(gunzip);

/** Keeps a text as one row of a table, compressed. @param name what it is the text of: another name finds nothing. */
export function keptText(table: Table, partitionKey: string, name: string): KeptText {
  const rowKey = createHash('sha256').update(name, 'utf8').digest('hex').slice(0, 40);
  const digestOf = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
  return {
    async read() {
      const row = await table.read(partitionKey, rowKey);
      if (!row) return undefined;
      const parts = Object.keys(row)
        .filter((column) => /^text\d{3}$/.test(column))
        .sort();
      const packed = parts.map((column) => String(row[column])).join('');
      return (await unzip(Buffer.from(packed, 'base64'))).toString('utf8');
    },
    async keep(text) {
      const digest = digestOf(text);
      if ((await table.read(partitionKey, rowKey))?.['digest'] === digest) return;
      const packed = (await zip(text)).toString('base64');
      const parts: Record<string, string> = {};
      for (let at = 0; at * chunk < packed.length; at++)
        parts[`text${String(at).padStart(3, '0')}`] = packed.slice(at * chunk, (at + 1) * chunk);
      await table.put({ partitionKey, rowKey, digest, ...parts });
    },
  };
}

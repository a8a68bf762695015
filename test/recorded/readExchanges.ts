import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderFrom, Refused } from '../../local/commandLine.ts';
import type { ArmReply, Json } from '../../src/arm/call.ts';
import { jsonOf, parsedJson } from './looseFields.ts';

/** One recorded request and its reply. */
export interface Exchange {
  /** File and position for a person: `rsv-vm.jsonl:17`. */
  readonly where: string;
  readonly method: string;
  /** As sent. */
  readonly url: string;
  /** As sent; undefined for none. */
  readonly requestBody: string | undefined;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly reply: ArmReply;
  /** A body that is not JSON; `reply.body` is undefined then. */
  readonly unreadableBody: string | undefined;
  /** False where the recorder kept no body: its absence says nothing. */
  readonly isBodyRecorded: boolean;
}

/** One file of a folder: the exchanges of one test, in the order they were recorded. */
export interface Recording {
  /** File name. */
  readonly name: string;
  readonly exchanges: readonly Exchange[];
  /** Lines that are no recorded exchange, with the reason. */
  readonly unreadableLines: readonly string[];
}

type Line = Readonly<Record<string, unknown>>;

/**
 * Reads every `*.jsonl` file of a folder, in the order of names; blank lines are left out.
 *
 * @throws Refused for a folder that is missing, or in which no line is recorded.
 */
export function readExchanges(folder: string): readonly Recording[] {
  const recordings = readdirSync(folderFrom(folder))
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .map((name) => readRecording(name, readFileSync(join(folder, name), 'utf8')));
  const isEmpty = ({ exchanges, unreadableLines }: Recording) =>
    exchanges.length + unreadableLines.length === 0;
  if (recordings.every(isEmpty)) throw new Refused(`${folder} holds no recorded exchanges (*.jsonl)`);
  return recordings;
}

/** Reads the text of one file. */
export function readRecording(name: string, text: string): Recording {
  const read = text
    .split('\n')
    .map((line, index) => ({ line, where: `${name}:${index + 1}` }))
    .filter(({ line }) => line.trim() !== '')
    .map(({ line, where }) => readLine(line, where));
  return {
    name,
    exchanges: read.filter((one): one is Exchange => typeof one !== 'string'),
    unreadableLines: read.filter((one) => typeof one === 'string'),
  };
}

function readLine(text: string, where: string): Exchange | string {
  const line = jsonOf(text) as Line | null | undefined;
  if (typeof line !== 'object' || line === null) return `${where}: not a JSON object`;
  const { method, url, status } = line;
  if (typeof method !== 'string' || typeof url !== 'string' || !URL.canParse(url)) {
    return `${where}: no method, or no absolute url`;
  }
  if (typeof status !== 'number') return `${where}: no status`;
  const body = textOf(line['responseBody']);
  const parsedBody = readable(body ?? '');
  const requestBody = textOf(line['requestBody']);
  return {
    where,
    method: method.toUpperCase(),
    url,
    requestBody: requestBody === '' ? undefined : requestBody,
    requestHeaders: headersOf(line['requestHeaders']),
    reply: {
      status,
      headers: headersOf(line['responseHeaders']),
      body: parsedBody?.json,
    },
    unreadableBody: parsedBody ? undefined : body,
    isBodyRecorded: body !== undefined,
  };
}

function readable(text: string): { readonly json: Json | undefined } | undefined {
  try {
    return { json: parsedJson(text) };
  } catch {
    return undefined;
  }
}

/** Bodies are texts; recorders that parsed them, or wrote down how Python prints their bytes, are met half-way. */
function textOf(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  return typeof value === 'string' ? unwrapped(value) : JSON.stringify(value);
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** `b'{"a": 1}'` as the text that it stands for; any other text as it is. */
function unwrapped(text: string): string {
  const printed = /^b(['"])([\s\S]*)\1$/.exec(text.trim())?.[2];
  if (printed === undefined) return text;
  const bytes = printed.replace(/\\(?:x([0-9a-f]{2})|([\s\S]))/gi, (_all, code: string, plain: string) =>
    code === undefined ? (escapes[plain] ?? plain) : String.fromCharCode(parseInt(code, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** Names in lower case; a list of values is joined as the client joins them. */
function headersOf(value: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries((value ?? {}) as Line);
  return Object.fromEntries(
    entries.map(([name, one]) => [name.toLowerCase(), Array.isArray(one) ? one.join(', ') : String(one)]),
  );
}

import type * as z from 'zod';
import type { HttpRequest } from '@azure/functions';
import { valueProblems, type ValueProblem } from '../plan/valueProblems.ts';
import { HttpRefusal, badRequest } from './refusal.ts';

/** `target.vaultId`, `targets[2].share`; empty for the body as a whole. */
function pathText(path: ValueProblem['path']): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

/** Bytes of a body as sent. */
export const largestBodyBytes = 65_536;

/** Longest hold of an answer in seconds: the platform cuts connections at 230. */
export const longestWaitSeconds = 200;

const tooLarge = (): HttpRefusal =>
  new HttpRefusal(413, { code: 'BodyTooLarge', message: `A body has at most ${largestBodyBytes} bytes.` });

async function readText(request: HttpRequest): Promise<string> {
  // The announced length refuses early; the real one counts.
  if (Number(request.headers.get('content-length') ?? 0) > largestBodyBytes) throw tooLarge();
  const bytes = await request.arrayBuffer();
  if (bytes.byteLength > largestBodyBytes) throw tooLarge();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw badRequest('BodyNotJson', 'The body is not UTF-8 text.');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw badRequest('BodyNotJson', text.trim() === '' ? 'A JSON body is needed.' : 'The body is not JSON.');
  }
}

/** What of a request is checked. */
type Part = 'body' | 'query' | 'arguments';

/** 400 with every problem, each with its path. */
function invalidRequest({ issues }: z.ZodError, given: unknown, where: Part): HttpRefusal {
  const details = valueProblems(issues, given).map(({ path, message }) => ({
    code: 'InvalidValue',
    message,
    target: pathText(path) || where,
  }));
  const list = details.map(({ target, message }) => `${target}: ${message}`).join('; ');
  return new HttpRefusal(400, { code: 'InvalidRequest', message: list, target: where, details });
}

/** A part of a request as its schema gives it. @throws HttpRefusal 400 with every problem, each with its path. */
export function checkedPart<T>(given: unknown, schema: z.ZodType<T>, where: Part): T {
  const read = schema.safeParse(given);
  if (!read.success) throw invalidRequest(read.error, given, where);
  return read.data;
}

/** Reads a JSON body whatever it says. @throws HttpRefusal 413 over 64 KiB, 400 for anything that is not JSON. */
export const readJson = async (request: HttpRequest): Promise<unknown> => parse(await readText(request));

/**
 * Reads and checks a JSON body; none at all is `ifEmpty` where that is given. Content types are not looked at: what counts is that the text is JSON.
 *
 * @throws HttpRefusal 413 over 64 KiB, 400 for anything that is not JSON or breaks the schema.
 */
export async function readBody<T>(request: HttpRequest, schema: z.ZodType<T>, ifEmpty?: T): Promise<T> {
  const text = await readText(request);
  if (ifEmpty !== undefined && text.trim() === '') return ifEmpty;
  return checkedPart(parse(text), schema, 'body');
}

/** Checks a request that needs no body: none, blank or `{}`. @throws HttpRefusal for any other. */
export async function readNoBody(request: HttpRequest): Promise<void> {
  const text = (await readText(request)).trim();
  if (text === '' || /^\{\s*\}$/.test(text)) return;
  parse(text);
  throw badRequest('InvalidRequest', 'This request takes no body.', 'body');
}

/** Header that makes a request the same request when it is sent again. */
export const idempotencyHeader = 'Idempotency-Key';

/** What such a key may be. */
export const keyGrammar = /^[A-Za-z0-9._:-]{1,128}$/;
/** The same in words. */
export const keyWords = 'An Idempotency-Key has 1 to 128 characters of A-Z a-z 0-9 . _ : -';

/**
 * The caller's key, or one made for it.
 *
 * @throws HttpRefusal 400 for a key that is not 1–128 characters of `[A-Za-z0-9._:-]`.
 */
export function readIdempotencyKey(headers: Headers, newId: () => string): string {
  const given = headers.get(idempotencyHeader);
  if (given === null) return newId();
  if (keyGrammar.test(given)) return given;
  throw badRequest('InvalidIdempotencyKey', keyWords, idempotencyHeader);
}

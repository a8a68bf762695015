import type { HttpRequest } from '@azure/functions';
import type * as z from 'zod';
import { requestProblems } from '../../runs/requestProblems.ts';
import { badRequest, HttpRefusal } from './refusal.ts';

/** Bytes of a body as sent. */
export const largestBodyBytes = 65_536;

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

/** 400 with every problem, each with its path. */
export function invalidRequest(error: z.ZodError, where: 'body' | 'query'): HttpRefusal {
  const details = requestProblems(error).map(({ path, message }) => ({
    code: 'InvalidValue',
    message,
    target: path === '' ? where : path,
  }));
  const list = details.map(({ target, message }) => `${target}: ${message}`).join('; ');
  return new HttpRefusal(400, { code: 'InvalidRequest', message: list, target: where, details });
}

/**
 * Reads and checks a JSON body. Content types are not looked at: what counts is that the text is JSON.
 *
 * @throws HttpRefusal 413 over 64 KiB, 400 for anything that is not JSON or breaks the schema.
 */
export async function readBody<T>(request: HttpRequest, schema: z.ZodType<T>): Promise<T> {
  const read = schema.safeParse(parse(await readText(request)));
  if (!read.success) throw invalidRequest(read.error, 'body');
  return read.data;
}

/** Checks a request that needs no body: none, blank or `{}`. @throws HttpRefusal for any other. */
export async function readNoBody(request: HttpRequest): Promise<void> {
  const text = (await readText(request)).trim();
  if (text === '' || /^\{\s*\}$/.test(text)) return;
  parse(text);
  throw badRequest('InvalidRequest', 'This request takes no body.', 'body');
}

import type { HttpRequest } from '@azure/functions';
import * as z from 'zod';
import { invalidRequest } from './body.ts';
import { badRequest } from './refusal.ts';

/**
 * Reads the query by a schema; an empty value counts as absent.
 *
 * @throws HttpRefusal 400 with every problem, a parameter that is given twice among them.
 */
export function readQuery<T>({ query }: HttpRequest, schema: z.ZodType<T>): T {
  const given = [...query].filter(([, value]) => value !== '');
  const names = given.map(([name]) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw badRequest('InvalidRequest', `${twice}: given twice`, twice);
  const read = schema.safeParse(Object.fromEntries(given));
  if (!read.success) throw invalidRequest(read.error, 'query');
  return read.data;
}

/** The same request, one page on. */
export function nextLink({ url }: HttpRequest, continuation: string): string {
  const next = new URL(url);
  next.searchParams.set('continuation', continuation);
  return next.href;
}

/** For a request that takes no parameters. */
const nothing = z.strictObject({});

/** @throws HttpRefusal 400 for any parameter. */
export const readNoQuery = (request: HttpRequest): object => readQuery(request, nothing);

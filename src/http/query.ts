import type { HttpRequest } from '@azure/functions';
import type * as z from 'zod';
import { invalidRequest } from './body.ts';

/** Reads the query by a schema; an empty value counts as absent. @throws HttpRefusal 400 with every problem. */
export function readQuery<T>({ query }: HttpRequest, schema: z.ZodType<T>): T {
  const given = [...query].filter(([, value]) => value !== '');
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

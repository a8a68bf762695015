import type { HttpRequest } from '@azure/functions';
import * as z from 'zod';
import type { Json, JsonObject } from '../arm/call.ts';
import { checkedPart } from './body.ts';
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
  return checkedPart(Object.fromEntries(given), schema, 'query');
}

const asInQuery = (value: Json | undefined): Json | undefined =>
  typeof value === 'number' ? String(value) : value;

/**
 * Reads the arguments of a tool by the schema of the query that they stand for: numbers may be given as such.
 *
 * @throws HttpRefusal 400 with every problem.
 */
export const readArguments = <T>(given: JsonObject, schema: z.ZodType<T>): T =>
  checkedPart(
    Object.fromEntries(
      Object.entries(given).flatMap(([name, value]) => (value === '' ? [] : [[name, asInQuery(value)]])),
    ),
    schema,
    'arguments',
  );

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

import { app, type HttpRequest } from '@azure/functions';
import type * as z from 'zod';
import { listQuerySchema } from '../runs/listQuery.ts';
import { listRuns, type RunPaging } from '../runs/listRuns.ts';
import type { RunFilter } from '../runs/runIndex.ts';
import { answer } from './http/answer.ts';
import { invalidRequest } from './http/body.ts';

type Query = z.infer<typeof listQuerySchema>;

function readQuery({ query }: HttpRequest): Query {
  const given = [...query].filter(([, value]) => value !== '');
  const read = listQuerySchema.safeParse(Object.fromEntries(given));
  if (!read.success) throw invalidRequest(read.error, 'query');
  return read.data;
}

/** The same request, one page on. */
function nextLink({ url }: HttpRequest, continuation: string): string {
  const next = new URL(url);
  next.searchParams.set('continuation', continuation);
  return next.href;
}

app.http('listRuns', {
  route: 'runs',
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: answer(async ({ request, runs }) => {
    const { top, continuation, ...filter } = readQuery(request);
    const page = await listRuns(runs, filter as RunFilter, { top, continuation } as RunPaging);
    const next = page.continuation === undefined ? {} : { nextLink: nextLink(request, page.continuation) };
    return { status: 200, jsonBody: { value: page.runs, ...next } };
  }),
});

import { app } from '@azure/functions';
import { listQuerySchema, listRuns, type RunPaging } from '../runs/listRuns.ts';
import type { RunFilter } from '../runs/runIndex.ts';
import { answer } from '../http/answer.ts';
import { nextLink, readQuery } from '../http/query.ts';

app.http('listRuns', {
  route: 'api/runs',
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: answer('listRuns', async ({ request, runs }) => {
    const { top, continuation, ...filter } = readQuery(request, listQuerySchema);
    const page = await listRuns(runs, filter as RunFilter, { top, continuation } as RunPaging);
    const next = page.continuation === undefined ? {} : { nextLink: nextLink(request, page.continuation) };
    return { status: 200, jsonBody: { value: page.runs, ...next } };
  }),
});

import { app } from '@azure/functions';
import { coverageCsv } from '../coverage/csv.ts';
import { coverageQuerySchema } from '../coverage/schema.ts';
import { readPage } from '../coverage/readCoverage.ts';
import { answer } from '../http/answer.ts';
import { nextLink, readQuery } from '../http/query.ts';

/** Rows of one answer unless `top` says otherwise; a file of comma-separated values has as many as fit. */
const usualRows = { json: 100, csv: 1000 } as const;

app.http('getCoverage', {
  route: 'api/coverage',
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: answer('getCoverage', async ({ request, services }) => {
    const { top, continuation, ...filter } = readQuery(request, coverageQuerySchema);
    const form = /\btext\/csv\b/i.test(request.headers.get('accept') ?? '') ? 'csv' : 'json';
    const paging = { top: top ?? usualRows[form], continuation };
    const { continuation: after, ...page } = await readPage(services.tables.coverage, filter, paging);
    const next = after === undefined ? undefined : nextLink(request, after);
    return form === 'csv'
      ? coverageCsv(page, next)
      : { status: 200, jsonBody: { ...page, ...(next === undefined ? {} : { nextLink: next }) } };
  }),
});

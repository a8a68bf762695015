import { app } from '@azure/functions';
import { itemQuerySchema, readItemPage } from '../batches/itemPage.ts';
import { answer } from '../http/answer.ts';
import { nextLink, readQuery } from '../http/query.ts';
import { runNotFound } from '../http/refusal.ts';
import { readRunId } from '../http/runAnswer.ts';
import { findRun } from '../runs/runRow.ts';

app.http('listItems', {
  route: 'api/runs/{id}/items',
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: answer('listItems', async (call) => {
    const paging = readQuery(call.request, itemQuerySchema);
    const stored = await findRun(call.runs, readRunId(call));
    if (!stored) throw runNotFound();
    const { items, continuation } = await readItemPage(call.services.tables.batchItems, stored.run, paging);
    const next = continuation === undefined ? {} : { nextLink: nextLink(call.request, continuation) };
    return { status: 200, jsonBody: { value: items, ...next } };
  }),
});

import { app } from '@azure/functions';
import { historyQuerySchema } from '../coverage/schema.ts';
import { readHistory } from '../coverage/readCoverage.ts';
import { answer } from '../http/answer.ts';
import { readQuery } from '../http/query.ts';

app.http('getCoverageHistory', {
  route: 'api/coverage/history',
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: answer('getCoverageHistory', async ({ request, services }) => {
    const { days = 14 } = readQuery(request, historyQuerySchema);
    return { status: 200, jsonBody: await readHistory(services.tables.coverage, days, services.clock()) };
  }),
});

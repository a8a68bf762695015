import { app } from '@azure/functions';
import { resourceQuerySchema } from '../coverage/coverageQuery.ts';
import { readResource } from '../coverage/readCoverage.ts';
import { resourceKindSchema } from '../plan/schema.ts';
import { answer } from '../http/answer.ts';
import { withNewestRun } from '../http/runAnswer.ts';
import { readQuery } from '../http/query.ts';
import { HttpRefusal } from '../http/refusal.ts';

app.http('getCoverageResource', {
  route: 'api/coverage/resource',
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: answer('getCoverageResource', async ({ request, services, runs }) => {
    const { id } = readQuery(request, resourceQuerySchema);
    const { tables, clock } = services;
    const found = await readResource(tables.coverage, id, resourceKindSchema.options, clock());
    if (found) return { status: 200, jsonBody: await withNewestRun(runs, found) };
    const message = 'No read of the estate has seen this resource.';
    throw new HttpRefusal(404, { code: 'ResourceNotSeen', message, target: 'id' });
  }),
});

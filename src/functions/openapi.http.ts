import { app } from '@azure/functions';
import { answer } from '../http/answer.ts';
import { describeApi } from '../http/openapi.ts';
import { readNoQuery } from '../http/query.ts';

app.http('openapi', {
  route: 'api/openapi.json',
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: answer('openapi', async ({ request }) => {
    readNoQuery(request);
    return { status: 200, jsonBody: describeApi() };
  }),
});

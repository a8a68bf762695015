import { app } from '@azure/functions';
import { answer } from '../http/answer.ts';
import { describeApi } from '../http/openapi.ts';

app.http('openapi', {
  route: 'api/openapi.json',
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: answer('openapi', async () => ({ status: 200, jsonBody: describeApi() })),
});

import { app } from '@azure/functions';
import { resourceQuerySchema } from '../coverage/schema.ts';
import { answer } from '../http/answer.ts';
import { resourceAnswer } from '../http/runAnswer.ts';
import { readQuery } from '../http/query.ts';

app.http('getCoverageResource', {
  route: 'api/coverage/resource',
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: answer('getCoverageResource', async (call) => {
    const { id } = readQuery(call.request, resourceQuerySchema);
    return { status: 200, jsonBody: await resourceAnswer(call, id) };
  }),
});

import { app } from '@azure/functions';
import { answer } from '../http/answer.ts';
import { planAnswer } from '../http/planAnswer.ts';
import { readNoQuery } from '../http/query.ts';

app.http('getPlan', {
  route: 'api/plan',
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: answer('getPlan', async ({ request, services }) => {
    readNoQuery(request);
    return { status: 200, jsonBody: await planAnswer(services) };
  }),
});

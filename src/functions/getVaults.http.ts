import { app } from '@azure/functions';
import { answer } from '../http/answer.ts';
import { readNoQuery } from '../http/query.ts';
import { vaultsAnswer } from '../http/vaultsAnswer.ts';

app.http('getVaults', {
  route: 'api/vaults',
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: answer('getVaults', async ({ request, services }) => {
    readNoQuery(request);
    return { status: 200, jsonBody: await vaultsAnswer(services) };
  }),
});

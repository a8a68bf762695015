import { app } from '@azure/functions';
import { readVaults } from '../coverage/readCoverage.ts';
import { answer } from '../http/answer.ts';

app.http('getVaults', {
  route: 'api/vaults',
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: answer('getVaults', async ({ services }) => ({
    status: 200,
    jsonBody: await readVaults(services.tables.coverage),
  })),
});

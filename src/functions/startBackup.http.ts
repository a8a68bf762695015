import { app } from '@azure/functions';
import { input } from 'durable-functions';
import { backupRequest, checkRule, keepTargets } from '../http/backupRequest.ts';
import { acceptingRuns } from '../http/runRequest.ts';
import { backupSchema } from '../runs/request.ts';

app.http('startBackup', {
  route: 'api/backups',
  methods: ['POST'],
  authLevel: 'anonymous',
  extraInputs: [input.durableClient()],
  handler: acceptingRuns('startBackup', () => backupSchema, backupRequest, {
    before: keepTargets,
    check: checkRule,
  }),
});

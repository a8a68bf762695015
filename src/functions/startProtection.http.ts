import { app } from '@azure/functions';
import { input } from 'durable-functions';
import { protectionSchema } from '../runs/request.ts';
import { acceptingRuns } from '../http/runRequest.ts';

app.http('startProtection', {
  route: 'api/protections',
  methods: ['POST'],
  authLevel: 'anonymous',
  extraInputs: [input.durableClient()],
  handler: acceptingRuns(
    'startProtection',
    () => protectionSchema,
    (body) => ({ kind: 'protect', ...body }),
  ),
});

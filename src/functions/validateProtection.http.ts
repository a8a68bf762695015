import { app } from '@azure/functions';
import { input } from 'durable-functions';
import { protectionSchema } from '../runs/request.ts';
import { acceptingRuns } from '../http/runRequest.ts';

app.http('validateProtection', {
  route: 'api/protections/validate',
  methods: ['POST'],
  authLevel: 'anonymous',
  extraInputs: [input.durableClient()],
  handler: acceptingRuns(
    'validateProtection',
    () => protectionSchema,
    (body) => ({ kind: 'validate', ...body }),
  ),
});

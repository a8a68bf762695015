import { app } from '@azure/functions';
import { input } from 'durable-functions';
import { stopSchema } from '../runs/request.ts';
import { acceptingRuns } from '../http/runRequest.ts';

app.http('stopProtection', {
  route: 'api/protections/stop',
  methods: ['POST'],
  authLevel: 'anonymous',
  extraInputs: [input.durableClient()],
  handler: acceptingRuns(
    () => stopSchema,
    (body) => ({ kind: 'stop', ...body }),
  ),
});

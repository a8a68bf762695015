import { app } from '@azure/functions';
import { input } from 'durable-functions';
import { resumeSchema } from '../runs/request.ts';
import { acceptingRuns } from '../http/runRequest.ts';

app.http('resumeProtection', {
  route: 'api/protections/resume',
  methods: ['POST'],
  authLevel: 'anonymous',
  extraInputs: [input.durableClient()],
  handler: acceptingRuns(
    'resumeProtection',
    () => resumeSchema,
    (body) => ({ kind: 'resume', ...body }),
  ),
});

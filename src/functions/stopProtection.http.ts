import { app } from '@azure/functions';
import { input } from 'durable-functions';
import { stopSchema } from '../runs/request.ts';
import { requireRole } from '../http/access.ts';
import { acceptingRuns } from '../http/runRequest.ts';

app.http('stopProtection', {
  route: 'api/protections/stop',
  methods: ['POST'],
  authLevel: 'anonymous',
  extraInputs: [input.durableClient()],
  handler: acceptingRuns(
    'stopProtection',
    () => stopSchema,
    (body, { caller }) => {
      if (body.mode === 'deleteData') requireRole(caller, 'Protections.Delete');
      return { kind: 'stop', ...body };
    },
  ),
});

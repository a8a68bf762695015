import { app } from '@azure/functions';
import { input } from 'durable-functions';
import { sweepSchema } from '../runs/request.ts';
import { acceptingRuns } from '../http/runRequest.ts';

app.http('startSweep', {
  route: 'api/sweeps',
  methods: ['POST'],
  authLevel: 'anonymous',
  extraInputs: [input.durableClient()],
  handler: acceptingRuns(
    'startSweep',
    () => sweepSchema,
    ({ dryRun = true }) => ({ kind: 'sweep', dryRun }),
    { ifEmpty: { dryRun: true } },
  ),
});

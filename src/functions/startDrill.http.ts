import { app } from '@azure/functions';
import { input } from 'durable-functions';
import { checkDrill, drillRequest } from '../http/drillRequest.ts';
import { acceptingRuns } from '../http/runRequest.ts';
import { drillSchema } from '../runs/request.ts';

app.http('startDrill', {
  route: 'api/drills',
  methods: ['POST'],
  authLevel: 'anonymous',
  extraInputs: [input.durableClient()],
  handler: acceptingRuns('startDrill', () => drillSchema, drillRequest, { check: checkDrill }),
});

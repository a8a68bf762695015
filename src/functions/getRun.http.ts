import { app } from '@azure/functions';
import { answer } from '../http/answer.ts';
import { answerOfRecord, existingRecord, readRunId, readWaitSeconds } from '../http/runAnswer.ts';

app.http('getRun', {
  route: 'api/runs/{id}',
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: answer('getRun', async (call) => {
    const waitSeconds = readWaitSeconds(call.request) ?? 0;
    return answerOfRecord(call, await existingRecord(call, readRunId(call), waitSeconds));
  }),
});

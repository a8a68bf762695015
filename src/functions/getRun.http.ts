import { app } from '@azure/functions';
import { answer } from '../http/answer.ts';
import { runNotFound } from '../http/refusal.ts';
import { answerOfRecord, readRunId, readWaitSeconds, recordAfter } from '../http/runAnswer.ts';

app.http('getRun', {
  route: 'api/runs/{id}',
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: answer('getRun', async (call) => {
    const waitSeconds = readWaitSeconds(call.request) ?? 0;
    const record = await recordAfter(call, readRunId(call), waitSeconds);
    if (!record) throw runNotFound();
    return answerOfRecord(call, record);
  }),
});

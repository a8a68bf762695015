import { app } from '@azure/functions';
import { input } from 'durable-functions';
import { stopRun } from '../composition/invocationServices.ts';
import { answer } from '../http/answer.ts';
import { readNoBody } from '../http/body.ts';
import { runHasEnded, runNotFound } from '../http/refusal.ts';
import { answerOfRun, readRunId, readWaitSeconds, recordAfter } from '../http/runAnswer.ts';

app.http('cancelRun', {
  route: 'api/runs/{id}/cancel',
  methods: ['POST'],
  authLevel: 'anonymous',
  extraInputs: [input.durableClient()],
  handler: answer('cancelRun', async (call) => {
    const waitSeconds = readWaitSeconds(call.request) ?? 0;
    const runId = readRunId(call);
    await readNoBody(call.request);
    const asked = await stopRun(call.services, call.context, runId, call.caller.name);
    const record = asked === 'missing' ? undefined : await recordAfter(call, runId, waitSeconds);
    if (!record) throw runNotFound();
    if (asked === 'ended' && record.status !== 'cancelled') throw runHasEnded(record.status);
    return answerOfRun(call, record);
  }),
});

import { app } from '@azure/functions';
import { input } from 'durable-functions';
import type { RunRecord } from '../runs/run.ts';
import { stopRun } from '../composition/invocationServices.ts';
import { answer } from '../http/answer.ts';
import { readNoBody } from '../http/body.ts';
import { HttpRefusal, runNotFound } from '../http/refusal.ts';
import { answerOfRun, readRunId, readWaitSeconds, recordAfter } from '../http/runAnswer.ts';

const tooLate = ({ status }: RunRecord): HttpRefusal =>
  new HttpRefusal(409, { code: 'RunEnded', message: `The run has ended: ${status}.`, target: 'id' });

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
    if (asked === 'ended' && record.status !== 'cancelled') throw tooLate(record);
    return answerOfRun(call, record);
  }),
});

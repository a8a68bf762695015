import { app } from '@azure/functions';
import { requestCancel } from '../runs/requestCancel.ts';
import type { RunRecord } from '../runs/run.ts';
import { answer } from './http/answer.ts';
import { readNoBody } from './http/body.ts';
import { HttpRefusal, runNotFound } from './http/refusal.ts';
import { answerOfRun, readRunId } from './http/runAnswer.ts';
import { readWaitSeconds, recordAfter } from './http/waiting.ts';

const tooLate = ({ status }: RunRecord): HttpRefusal =>
  new HttpRefusal(409, { code: 'RunEnded', message: `The run has ended: ${status}.`, target: 'id' });

app.http('cancelRun', {
  route: 'runs/{id}/cancel',
  methods: ['POST'],
  authLevel: 'anonymous',
  handler: answer(async (call) => {
    const waitSeconds = readWaitSeconds(call.request.query) ?? 0;
    const runId = readRunId(call);
    await readNoBody(call.request);
    const asked = await requestCancel(call.runs, runId);
    const record = asked === 'missing' ? undefined : await recordAfter(call, runId, waitSeconds);
    if (!record) throw runNotFound();
    if (asked === 'ended' && record.status !== 'cancelled') throw tooLate(record);
    return answerOfRun(call, record);
  }),
});

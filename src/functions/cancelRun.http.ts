import { app } from '@azure/functions';
import { input } from 'durable-functions';
import { requestCancel } from '../runs/changeRun.ts';
import { cancelWatch } from '../jobs/watchJob.ts';
import { vaultOfBackup } from '../jobs/watch.ts';
import type { RunRecord } from '../runs/run.ts';
import { trackerServices } from '../composition/invocationServices.ts';
import { answer, type HttpCall } from '../http/answer.ts';
import { readNoBody } from '../http/body.ts';
import { HttpRefusal, runNotFound } from '../http/refusal.ts';
import { answerOfRun, readRunId, readWaitSeconds, recordAfter } from '../http/runAnswer.ts';

const tooLate = ({ status }: RunRecord): HttpRefusal =>
  new HttpRefusal(409, { code: 'RunEnded', message: `The run has ended: ${status}.`, target: 'id' });

/** A run that waits for its job learns of the request through the job's tracker. */
async function wakeForCancel({ services, context, runs }: HttpCall, runId: string): Promise<void> {
  const vaultId = vaultOfBackup(await runs.listSteps(runId));
  if (vaultId !== undefined) await cancelWatch(trackerServices(services, context), vaultId, runId);
}

app.http('cancelRun', {
  route: 'api/runs/{id}/cancel',
  methods: ['POST'],
  authLevel: 'anonymous',
  extraInputs: [input.durableClient()],
  handler: answer(async (call) => {
    const waitSeconds = readWaitSeconds(call.request.query) ?? 0;
    const runId = readRunId(call);
    await readNoBody(call.request);
    const asked = await requestCancel(call.runs, runId);
    if (asked === 'requested') await wakeForCancel(call, runId);
    const record = asked === 'missing' ? undefined : await recordAfter(call, runId, waitSeconds);
    if (!record) throw runNotFound();
    if (asked === 'ended' && record.status !== 'cancelled') throw tooLate(record);
    return answerOfRun(call, record);
  }),
});

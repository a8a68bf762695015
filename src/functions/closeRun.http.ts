import { app } from '@azure/functions';
import { plainText } from '../arm/words.ts';
import { writeAlert } from '../notifications/alert.ts';
import { closeRun } from '../runs/changeRun.ts';
import { getRunRecord } from '../runs/runRecord.ts';
import { closeSchema } from '../runs/request.ts';
import { answer } from '../http/answer.ts';
import { readBody } from '../http/body.ts';
import { readNoQuery } from '../http/query.ts';
import { HttpRefusal, runNotFound } from '../http/refusal.ts';
import { answerOfRun, readRunId } from '../http/runAnswer.ts';

const notUnknown = (status: string): HttpRefusal =>
  new HttpRefusal(409, {
    code: 'RunNotUnknown',
    message: `Only a run that ended unknown is closed by a person; this one is ${status}.`,
    target: 'id',
  });

app.http('closeRun', {
  route: 'api/runs/{id}/close',
  methods: ['POST'],
  authLevel: 'anonymous',
  handler: answer('closeRun', async (call) => {
    const runId = readRunId(call);
    readNoQuery(call.request);
    const { reason } = await readBody(call.request, closeSchema);
    const closed = await closeRun(call.runs, runId, reason, call.caller.name);
    const record = closed === 'missing' ? undefined : await getRunRecord(call.runs, runId);
    if (!record) throw runNotFound();
    // Closing twice is the same wish: the answer to the first may have been lost.
    if (closed === 'closed')
      writeAlert(call.context, 'closedRun', `${call.caller.name} has closed it: ${plainText(reason)}`, {
        runId,
      });
    if (closed === 'notUnknown' && record.error?.code !== 'ClosedByPerson') throw notUnknown(record.status);
    return answerOfRun(call, record);
  }),
});

import type { HttpResponseInit } from '@azure/functions';
import { plainText } from '../arm/words.ts';
import { writeAlert } from '../notifications/alert.ts';
import { closeRun } from '../runs/changeRun.ts';
import { closeSchema } from '../runs/request.ts';
import { getRunRecord } from '../runs/runRecord.ts';
import type { HttpCall } from './access.ts';
import { readBody } from './body.ts';
import { readNoQuery } from './query.ts';
import { runNotFound, runNotUnknown } from './refusal.ts';
import { answerOfRun, readRunId } from './runAnswer.ts';

/** A person closes a run that ended `unknown`: the record says so, and whoever watches the log hears of it. */
export async function answerOfClosing(call: HttpCall): Promise<HttpResponseInit> {
  const runId = readRunId(call);
  readNoQuery(call.request);
  const { reason } = await readBody(call.request, closeSchema);
  const closed = await closeRun(call.runs, runId, reason, call.caller.name);
  const record = closed === 'missing' ? undefined : await getRunRecord(call.runs, runId);
  if (!record) throw runNotFound();
  const what = `${call.caller.name} has closed it: ${plainText(reason)}`;
  if (closed === 'closed') writeAlert(call.context, 'closedRun', what, { runId });
  // Closing twice is the same wish: the answer to the first may have been lost.
  if (closed === 'notUnknown' && record.error?.code !== 'ClosedByPerson') throw runNotUnknown(record.status);
  return answerOfRun(call, record);
}

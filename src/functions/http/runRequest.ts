import type { HttpResponseInit } from '@azure/functions';
import type * as z from 'zod';
import { acceptRun } from '../../runs/acceptRun.ts';
import type { RunRequest } from '../../runs/request.ts';
import type { RequestedBy, RunRecord } from '../../runs/run.ts';
import { startRun } from '../../runs/startRun.ts';
import { answer, type HttpCall } from './answer.ts';
import { readBody } from './body.ts';
import { idempotencyHeader, readIdempotencyKey } from './idempotencyKey.ts';
import { HttpRefusal } from './refusal.ts';
import { answerOfRun } from './runAnswer.ts';
import { readWaitSeconds, recordAfter } from './waiting.ts';

/** Who asks, as long as there is no access control. */
const localCaller = 'local';

const keyReused = (run: RunRecord): HttpRefusal =>
  new HttpRefusal(409, {
    code: 'IdempotencyKeyReused',
    message: `The key belongs to run ${run.id}, which was asked for with another body.`,
    target: idempotencyHeader,
  });

/** The run is safe once its row is written: a flow that cannot be started now is started by the watchdog. */
async function start({ runs, context }: HttpCall, runId: string): Promise<void> {
  try {
    await startRun(runs, runId);
  } catch (error) {
    context.warn(`The flow of run ${runId} was not started, the watchdog will try again.`, error);
  }
}

async function accept(call: HttpCall, request: RunRequest, requestedBy: RequestedBy): Promise<RunRecord> {
  const { kind, run } = await acceptRun(call.runs, request, requestedBy);
  if (kind === 'keyReused') throw keyReused(run);
  await start(call, run.id);
  return run;
}

/** An HTTP handler that turns a body into a run: accepted once per idempotency key, started, held for `?wait=`. */
export const acceptingRuns = <T>(schema: z.ZodType<T>, requestOf: (body: T) => RunRequest) =>
  answer(async (call): Promise<HttpResponseInit> => {
    const { request, services } = call;
    const waitSeconds = readWaitSeconds(request.query) ?? 0;
    const key = readIdempotencyKey(request.headers, services.newId);
    const wanted = requestOf(await readBody(request, schema));
    const run = await accept(call, wanted, { source: 'http', caller: localCaller, key });
    const record = (await recordAfter(call, run.id, waitSeconds)) ?? run;
    return answerOfRun(call, record, { [idempotencyHeader]: key });
  });

import type { RunRecord } from '../../runs/run.ts';
import { getRunRecord } from '../../runs/getRunRecord.ts';
import type { HttpCall } from './answer.ts';
import { badRequest } from './refusal.ts';

/** Longest hold of an answer in seconds: the platform cuts connections at 230. */
export const longestWaitSeconds = 200;
const lookEveryMilliseconds = 1000;

/** `?wait=`: whole seconds; undefined when it is not given. @throws HttpRefusal 400 outside 0–200. */
export function readWaitSeconds(query: URLSearchParams): number | undefined {
  const text = query.get('wait');
  if (text === null) return undefined;
  if (/^\d{1,3}$/.test(text) && Number(text) <= longestWaitSeconds) return Number(text);
  throw badRequest('InvalidWait', `wait is whole seconds from 0 to ${longestWaitSeconds}.`, 'wait');
}

/** Whether a run has an ending, also one that may still turn into another (`timedOut`). */
export const hasEnded = ({ status }: Pick<RunRecord, 'status'>): boolean =>
  status !== 'accepted' && status !== 'running';

/** The record as soon as the run has ended, or as it stands after the given seconds; undefined when there is no run. */
export async function recordAfter(
  { services, runs }: HttpCall,
  runId: string,
  waitSeconds: number,
): Promise<RunRecord | undefined> {
  const until = services.clock().getTime() + waitSeconds * 1000;
  for (;;) {
    const record = await getRunRecord(runs, runId);
    const left = until - services.clock().getTime();
    if (!record || hasEnded(record) || left <= 0) return record;
    await services.pause(Math.min(lookEveryMilliseconds, left));
  }
}
